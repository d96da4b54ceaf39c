/** Answers in memory, by prefix: one answer serves the whole announced prefix until it is too old. */
import { NOT_ANNOUNCED, ORIGINS_MAX, ownerOf } from './owner.ts';
import type { Origin, Owner } from './owner.ts';
import type { CacheEntry } from './cache_entry.ts';
import { bitsOf, contains, parsePrefix, prefixOf, prefixText } from './prefix.ts';
import type { AddressNumber, Prefix } from './prefix.ts';
import { PrefixTable } from './prefix_table.ts';

/** Age at which an answer is looked up again, milliseconds. */
export const OWNER_TTL_MS = 7 * 86_400_000;
/** The same for an address that was not announced. */
export const NOT_ANNOUNCED_TTL_MS = 86_400_000;
/** Origins that are kept; the oldest go first. */
export const CACHE_ENTRIES_MAX = 50_000;
/** Real announcements are not wider than this. A cached wider answer would cover a large part of the Internet. */
const SHORTEST_LENGTH: Readonly<Record<4 | 6, number>> = { 4: 8, 6: 16 };

interface Kept {
  readonly prefix: Prefix;
  readonly owner: Owner;
  readonly fetchedAt: number;
}

export class OwnerCache {
  readonly #now: () => number;
  readonly #table = new PrefixTable<Kept>();
  /** By the text of the prefix, oldest answer first. */
  readonly #byAge = new Map<string, Kept>();
  /** Kept across removals: a new iterator would have to skip all removed entries. */
  #oldest = this.#byAge.keys();
  #origins = 0;
  #changed = false;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number, entries: readonly CacheEntry[] = []) {
    this.#now = now;
    for (const [prefix, kept] of groups(entries)) this.#keep(prefix, kept);
  }

  /** Whether there are entries that were not given to the constructor. `entries()` resets it. */
  get changed(): boolean {
    return this.#changed;
  }

  /** That of the longest prefix; undefined when it is too old, whatever a shorter one says. */
  get(address: AddressNumber): Owner | undefined {
    const kept = this.#table.match(address, () => true);
    return kept !== undefined && isFresh(kept, this.#now()) ? kept.owner : undefined;
  }

  /**
   * Keeps the answer for an address: its longest prefix only, because others may be more specific elsewhere.
   * @returns false when it cannot be kept by prefix: one that is wider than any that is announced, or that does not hold
   *   the address
   */
  add(address: AddressNumber, origins: readonly Origin[]): boolean {
    const owner = ownerOf(origins);
    const prefix = owner.prefix === null ? prefixOf(address, bitsOf(address.family)) : parsePrefix(owner.prefix);
    if (prefix === undefined || !contains(prefix, address) || prefix.length < SHORTEST_LENGTH[prefix.family])
      return false;
    this.#keep(prefixText(prefix), { prefix, owner, fetchedAt: this.#now() });
    this.#changed = true;
    return true;
  }

  /** Fresh entries, for the file. */
  entries(): CacheEntry[] {
    const now = this.#now();
    this.#changed = false;
    return [...this.#byAge]
      .filter(([, kept]) => isFresh(kept, now))
      .flatMap(([prefix, { owner, fetchedAt }]) =>
        owner.origins.map(({ asn, name, country, registry, allocated }) => ({
          prefix,
          asn,
          asName: name,
          country,
          registry,
          allocated,
          fetchedAt,
        })),
      );
  }

  #keep(text: string, kept: Kept): void {
    this.#remove(text);
    this.#byAge.set(text, kept);
    this.#table.set(kept.prefix, kept);
    this.#origins += kept.owner.origins.length;
    while (this.#origins > CACHE_ENTRIES_MAX) {
      const { done, value } = this.#oldest.next();
      if (done === true) this.#oldest = this.#byAge.keys();
      else this.#remove(value);
    }
  }

  #remove(text: string): void {
    const kept = this.#byAge.get(text);
    if (kept === undefined) return;
    this.#byAge.delete(text);
    this.#table.delete(kept.prefix);
    this.#origins -= kept.owner.origins.length;
  }
}

/** An answer from the future is ignored: the clock was set back, and the answer would never expire. */
function isFresh({ owner, fetchedAt }: Kept, now: number): boolean {
  const age = now - fetchedAt;
  return age >= 0 && age < (owner.asn === null ? NOT_ANNOUNCED_TTL_MS : OWNER_TTL_MS);
}

/** Entries of one prefix together, oldest prefix first. */
function groups(entries: readonly CacheEntry[]): readonly (readonly [string, Kept])[] {
  const byPrefix = new Map<string, CacheEntry[]>();
  for (const entry of entries) {
    const group = byPrefix.get(entry.prefix);
    if (group === undefined) byPrefix.set(entry.prefix, [entry]);
    else if (group.length < ORIGINS_MAX) group.push(entry);
  }
  const kept: (readonly [string, Kept])[] = [];
  for (const [text, group] of byPrefix) {
    const prefix = parsePrefix(text);
    if (prefix === undefined) continue;
    const fetchedAt = Math.min(...group.map((entry) => entry.fetchedAt));
    kept.push([prefixText(prefix), { prefix, owner: ownerOf(Object.freeze(group.map(originOf))), fetchedAt }]);
  }
  return kept.sort(([, a], [, b]) => a.fetchedAt - b.fetchedAt);
}

/** An address that is not announced has no prefix: its entry uses the address itself. */
function originOf({ prefix, asn, asName, country, registry, allocated }: CacheEntry): Origin {
  return Object.freeze({
    ...NOT_ANNOUNCED,
    asn,
    name: asName,
    country,
    prefix: asn === null ? null : prefix,
    registry,
    allocated,
  });
}
