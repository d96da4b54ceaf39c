/**
 * Names that DNS answers of this capture gave to addresses. An answer is used only if its question was seen in the same
 * flow (id and name). Bounded: 65,536 addresses, 4 names each; the least recently used address is dropped first.
 */

import { isLocalAddress, type AddressKey } from './address_key.ts';
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
    for (const { key, ttl } of response.addresses) cache.add(key, name, timeNs, Math.max(ttl, VALID_MIN_S));
  }

  /** Names of the responder that were valid at the flow's first packet, newest first; empty without one. */
  namesOf(flow: { readonly responderKey: AddressKey; readonly firstNs: bigint }): string[] {
    if (this.size === 0) return [];
    const key = flow.responderKey;
    const names = this.#unicast.names(key, flow);
    if (this.#link.size === 0 || !isLocalAddress(key)) return names;
    const more = this.#link.names(key, flow).filter((name) => !names.includes(name));
    return [...names, ...more].slice(0, NAMES_MAX);
  }

  /** Addresses in both caches. */
  get size(): number {
    return this.#unicast.size + this.#link.size;
  }
}

class NameCache {
  /** The address used last is the last one of the map. */
  readonly #entries = new Map<AddressKey, Entry[]>();

  get size(): number {
    return this.#entries.size;
  }

  add(address: AddressKey, name: string, timeNs: bigint, validS: number): void {
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

  names(address: AddressKey, { firstNs: timeNs }: { readonly firstNs: bigint }): string[] {
    const entries = this.#entries.get(address);
    if (entries === undefined) return [];
    this.#touch(address, entries);
    return entries.filter(({ fromNs, untilNs }) => fromNs <= timeNs && timeNs <= untilNs).map(({ name }) => name);
  }

  #touch(address: AddressKey, entries: Entry[]): void {
    this.#entries.delete(address);
    this.#entries.set(address, entries);
  }
}
