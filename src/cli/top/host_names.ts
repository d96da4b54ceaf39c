/** Names of the hosts on the screen, from this host's resolver: its hosts file, DNS and what else it is set up to ask. */
import { lookupService } from 'node:dns/promises';

/** Names of an address that is not known are asked for again after this time; milliseconds. */
const KEPT_MS = 3_600_000;
const UNKNOWN_KEPT_MS = 300_000;
/** Addresses that are remembered; more replace the oldest. */
const KEPT_MAX = 10_000;
/** Questions at a time: each takes one of the four threads that files are read with, too. */
const ASKED_MAX = 2;
/** Addresses that wait for their turn; more are asked for when they are seen again. */
const WAITING_MAX = 200;

/** Resolves with the name of an address; rejects when it has none. */
export type ReverseLookup = (address: string) => Promise<string>;

interface Known {
  /** Undefined: there is none, or it is being asked for. */
  readonly name: string | undefined;
  readonly untilMs: number;
}

export class HostNames {
  readonly #lookup: ReverseLookup;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();
  readonly #waiting: string[] = [];
  #asked = 0;

  constructor(lookup: ReverseLookup = resolverName, now: () => number = Date.now) {
    this.#lookup = lookup;
    this.#now = now;
  }

  /** The name, if it is known; if not, it is asked for. */
  of(address: string): string | undefined {
    const known = this.#known.get(address);
    if (known !== undefined && known.untilMs > this.#now()) return known.name;
    if (this.#waiting.length < WAITING_MAX) {
      this.#keep(address, known?.name, Number.POSITIVE_INFINITY);
      this.#waiting.push(address);
      this.#askNext();
    }
    return known?.name;
  }

  #askNext(): void {
    while (this.#asked < ASKED_MAX) {
      const address = this.#waiting.shift();
      if (address === undefined) return;
      this.#asked++;
      void this.#ask(address);
    }
  }

  async #ask(address: string): Promise<void> {
    const name = await this.#lookup(address).catch(() => undefined);
    this.#keep(address, name, this.#now() + (name === undefined ? UNKNOWN_KEPT_MS : KEPT_MS));
    this.#asked--;
    this.#askNext();
  }

  #keep(address: string, name: string | undefined, untilMs: number): void {
    this.#known.delete(address);
    this.#known.set(address, { name, untilMs });
    if (this.#known.size <= KEPT_MAX) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}

async function resolverName(address: string): Promise<string> {
  return (await lookupService(address, 0)).hostname;
}
