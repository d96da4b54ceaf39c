/** Which addresses are this host's own. */
import { networkInterfaces } from 'node:os';
import { canonicalAddress } from '../host/address/address.ts';
import { addressScope } from '../host/address/address_scope.ts';

/** Interfaces are listed at most this often. Milliseconds. */
const RENEW_MS = 1_000;

export class LocalAddresses {
  readonly #list: () => Iterable<string>;
  readonly #now: () => number;
  #addresses: ReadonlySet<string> = new Set();
  #listedAt = Number.NEGATIVE_INFINITY;

  constructor(now: () => number, list: () => Iterable<string> = interfaceAddresses) {
    this.#list = list;
    this.#now = now;
  }

  /** @param address canonical text, IPv4 for mapped addresses */
  has(address: string): boolean {
    const now = this.#now();
    if (Math.abs(now - this.#listedAt) >= RENEW_MS) {
      this.#addresses = new Set(this.#list());
      this.#listedAt = now;
    }
    return this.#addresses.has(address) || addressScope(address) === 'hostLocal';
  }
}

function interfaceAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).map(({ address }) => canonicalAddress(address)),
  );
}
