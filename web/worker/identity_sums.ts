/** Sums over flows by application, and by the names that they ask for or that others have asked for them. */
import type { RowBytes } from '../../src/engine/row_bytes.ts';
import type { KnownIdentity } from '../../src/flow/identity.ts';
import type { Share } from '../protocol.ts';
import { NamedSums, quoted } from './named_sums.ts';
import type { FurtherSums } from './totals.ts';

const NAME_FIELDS = ['serverName', 'dnsQuery', 'peerNames'] as const;

export class IdentitySums implements FurtherSums {
  readonly #identityOf: (bytes: RowBytes, row: number) => KnownIdentity;
  readonly #applications = new NamedSums();
  readonly #names = new NamedSums();

  constructor(identityOf: (bytes: RowBytes, row: number) => KnownIdentity) {
    this.#identityOf = identityOf;
  }

  add(chunk: RowBytes, rows: Uint32Array, count: number, packetsOf: Float64Array, bytesOf: Float64Array): void {
    for (let n = 0; n < count; n++) {
      const identity = this.#identityOf(chunk, rows[n]!);
      const [packets, bytes] = [packetsOf[n]!, bytesOf[n]!];
      if (identity.app !== undefined) this.#applications.add(identity.app, packets, bytes);
      for (const name of namesOf(identity)) this.#names.add(name, packets, bytes);
    }
  }

  shares(): { readonly applications: readonly Share[]; readonly names: readonly Share[] } {
    return {
      applications: this.#applications.largest((app) => `identify.app = ${quoted(app)}`),
      names: this.#names.largest((name) =>
        NAME_FIELDS.map((field) => `identify.${field} = ${quoted(name)}`).join(' or '),
      ),
    };
  }
}

/** Each once. `peerNames` are those that DNS answers of other flows gave the destination. */
function namesOf({ serverName, dnsQuery, peerNames }: KnownIdentity): Iterable<string> {
  if (peerNames === undefined && dnsQuery === undefined) return serverName === undefined ? [] : [serverName];
  const names = new Set(peerNames);
  for (const name of [serverName, dnsQuery]) if (name !== undefined) names.add(name);
  return names;
}
