/** Sums over flows by application, and by the names that they ask for. */
import type { RowBytes } from '../../src/engine/row_bytes.ts';
import type { KnownIdentity } from '../../src/flow/identity.ts';
import { escapeHostile } from '../../src/text/sanitize.ts';
import type { Share } from '../protocol.ts';
import { largestOf } from './sums.ts';

const SHOWN = 50;
/** Further names are left out: those of a scan may be as many as its packets. */
const NAMES_MAX = 2 ** 18;

interface Sum {
  flows: number;
  packets: number;
  bytes: number;
}

export class IdentitySums {
  readonly #identityOf: (bytes: RowBytes, row: number) => KnownIdentity;
  readonly #applications = new Map<string, Sum>();
  readonly #names = new Map<string, Sum>();

  constructor(identityOf: (bytes: RowBytes, row: number) => KnownIdentity) {
    this.#identityOf = identityOf;
  }

  /** @param rows offsets of `count` rows @param packetsOf and bytesOf of each */
  add(chunk: RowBytes, rows: Uint32Array, count: number, packetsOf: Float64Array, bytesOf: Float64Array): void {
    for (let n = 0; n < count; n++) {
      const { app, serverName, dnsQuery } = this.#identityOf(chunk, rows[n]!);
      const [packets, bytes] = [packetsOf[n]!, bytesOf[n]!];
      if (app !== undefined) addTo(this.#applications, app, packets, bytes);
      if (serverName !== undefined) addTo(this.#names, serverName, packets, bytes);
      if (dnsQuery !== undefined && dnsQuery !== serverName) addTo(this.#names, dnsQuery, packets, bytes);
    }
  }

  shares(): { readonly applications: readonly Share[]; readonly names: readonly Share[] } {
    return {
      applications: largest(this.#applications, (app) => `identify.app = ${quoted(app)}`),
      names: largest(
        this.#names,
        (name) => `identify.serverName = ${quoted(name)} or identify.dnsQuery = ${quoted(name)}`,
      ),
    };
  }
}

function addTo(sums: Map<string, Sum>, key: string, packets: number, bytes: number): void {
  let sum = sums.get(key);
  if (sum === undefined) {
    if (sums.size === NAMES_MAX) return;
    sums.set(key, (sum = { flows: 0, packets: 0, bytes: 0 }));
  }
  sum.flows++;
  sum.packets += packets;
  sum.bytes += bytes;
}

/** The most bytes first, then those that came first. */
function largest(sums: ReadonlyMap<string, Sum>, where: (key: string) => string): Share[] {
  const all = [...sums];
  const bytesOf = (n: number): number => all[n]![1].bytes;
  return largestOf(all.keys(), SHOWN, bytesOf).map((n) => {
    const [key, sum] = all[n]!;
    return { label: escapeHostile(key), where: where(key), ...sum };
  });
}

/** A text of an expression. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
