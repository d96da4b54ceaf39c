/** Values by prefix, found by longest prefix match. */
import { bitsOf, networkBits } from './prefix.ts';
import type { AddressNumber, Prefix } from './prefix.ts';

export class PrefixTable<T> {
  readonly #families: Readonly<Record<4 | 6, (Map<bigint, T> | undefined)[]>> = { 4: [], 6: [] };
  #size = 0;

  /** Number of prefixes. */
  get size(): number {
    return this.#size;
  }

  set({ family, network, length }: Prefix, value: T): void {
    const networks = (this.#families[family][length] ??= new Map<bigint, T>());
    const before = networks.size;
    networks.set(network, value);
    this.#size += networks.size - before;
  }

  delete({ family, network, length }: Prefix): void {
    if (this.#families[family][length]?.delete(network) === true) this.#size--;
  }

  /** The value of the longest prefix that holds the address and whose value is accepted. */
  match(address: AddressNumber, accept: (value: T) => boolean): T | undefined {
    const lengths = this.#families[address.family];
    for (let length = bitsOf(address.family); length >= 0; length--) {
      const networks = lengths[length];
      if (networks === undefined || networks.size === 0) continue;
      const value = networks.get(networkBits(address, length));
      if (value !== undefined && accept(value)) return value;
    }
    return undefined;
  }

  *values(): Generator<T, void, undefined> {
    for (const networks of [...this.#families[4], ...this.#families[6]]) {
      if (networks !== undefined) yield* networks.values();
    }
  }
}
