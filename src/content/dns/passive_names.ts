/**
 * Names that DNS answers of this capture gave to addresses. An answer is used only if its question was seen in the same
 * flow (id and name). Bounded: 65,536 addresses, 4 names each; the least recently used address is dropped first.
 */

import type { DnsMessage } from './message.ts';

const ADDRESSES_MAX = 65_536;
const NAMES_MAX = 4;
const VALID_MIN_S = 300;
const NS_PER_S = 1_000_000_000n;

interface Entry {
  readonly name: string;
  readonly fromNs: bigint;
  readonly untilNs: bigint;
}

/** One cache of unicast DNS, and one of mDNS and LLMNR that answers for link-local and private addresses only. */
export class PassiveNames {
  readonly #unicast = new NameCache();
  readonly #link = new NameCache();

  /**
   * Takes the addresses of a response whose question is among `queries` of the same flow. @param timeNs of the
   * response
   */
  learn(app: string, response: DnsMessage, queries: readonly DnsMessage[], timeNs: bigint): void {
    const { question } = response;
    if (!response.response || response.rcode !== 0 || question === undefined) return;
    const name = question.name.toLowerCase();
    const asked = queries.some(
      (query) => !query.response && query.id === response.id && query.question?.name.toLowerCase() === name,
    );
    if (!asked) return;
    const cache = app === 'mdns' || app === 'llmnr' ? this.#link : this.#unicast;
    for (const { address, ttl } of response.addresses) cache.add(address, name, timeNs, Math.max(ttl, VALID_MIN_S));
  }

  /**
   * Names of an address that are valid at a time, newest first; empty without one. @param timeNs of the flow's first
   * packet
   */
  namesOf(address: string, timeNs: bigint): string[] {
    const names = this.#unicast.names(address, timeNs);
    if (!isLocalAddress(address)) return names;
    const more = this.#link.names(address, timeNs).filter((name) => !names.includes(name));
    return [...names, ...more].slice(0, NAMES_MAX);
  }

  /** Addresses in both caches. */
  get size(): number {
    return this.#unicast.size + this.#link.size;
  }
}

class NameCache {
  /** The address used last is the last one of the map. */
  readonly #entries = new Map<string, Entry[]>();

  get size(): number {
    return this.#entries.size;
  }

  add(address: string, name: string, timeNs: bigint, validS: number): void {
    const known = this.#entries.get(address) ?? [];
    const earlier = known.find((entry) => entry.name === name && entry.untilNs >= timeNs);
    const others = known.filter((entry) => entry.name !== name);
    // A name that is queried again was valid in between.
    const fromNs = earlier !== undefined && earlier.fromNs < timeNs ? earlier.fromNs : timeNs;
    const entry = { name, fromNs, untilNs: timeNs + BigInt(validS) * NS_PER_S };
    this.#touch(address, [entry, ...others].slice(0, NAMES_MAX));
    if (this.#entries.size <= ADDRESSES_MAX) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      break;
    }
  }

  names(address: string, timeNs: bigint): string[] {
    const entries = this.#entries.get(address);
    if (entries === undefined) return [];
    this.#touch(address, entries);
    return entries.filter(({ fromNs, untilNs }) => fromNs <= timeNs && timeNs <= untilNs).map(({ name }) => name);
  }

  #touch(address: string, entries: Entry[]): void {
    this.#entries.delete(address);
    this.#entries.set(address, entries);
  }
}

/** RFC 1918, 3927, 4193 and 4291 §2.5.6: addresses of a link or of a private network. */
export function isLocalAddress(address: string): boolean {
  const [first = '', second = ''] = address.split(/[.:]/, 2);
  if (address.includes(':')) return /^f(?:[cd]|e[89ab])/.test(first) && first.length === 4;
  const next = Number(second);
  if (first === '10') return true;
  if (first === '172') return next >= 16 && next <= 31;
  return (first === '192' && next === 168) || (first === '169' && next === 254);
}
