/** Which addresses are this host's own: those of its interfaces, and the broadcast addresses of their IPv4 networks. */
import { networkInterfaces } from 'node:os';
import { addressToBytes, canonicalAddress } from '../host/address/address.ts';
import { addressScope } from '../host/address/address_scope.ts';
import { isLinkLocal, linkScopes } from '../host/address/link_scope.ts';

/** Interfaces are listed at most this often. Milliseconds. */
const RENEW_MS = 1_000;

/** Interfaces of link-local addresses, in the namespace that is meant. */
export class LocalScopes {
  readonly #options: Parameters<typeof linkScopes>[0];
  readonly #now: () => number;
  #scopeOf = linkScopes();
  #listedAt = Number.NEGATIVE_INFINITY;

  constructor(now: () => number, options: Parameters<typeof linkScopes>[0]) {
    this.#options = options;
    this.#now = now;
  }

  /** @param address canonical text @returns null: it is not link-local, or not known */
  of(address: string): string | null {
    if (!isLinkLocal(address)) return null;
    const now = this.#now();
    if (Math.abs(now - this.#listedAt) >= RENEW_MS) {
      this.#scopeOf = linkScopes(this.#options);
      this.#listedAt = now;
    }
    return this.#scopeOf(address) ?? null;
  }
}

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
    (all ?? []).flatMap(({ address, netmask, family }) =>
      family === 'IPv4' ? [address, broadcastAddress(address, netmask)] : canonicalAddress(address),
    ),
  );
}

/** All bits of the host are 1 (RFC 919). A network of two hosts has none (RFC 3021): it is the other's address. */
function broadcastAddress(address: string, netmask: string): string {
  const mask = addressToBytes(netmask);
  if ((mask[3] ?? 0xff) >= 0xfe) return address;
  return addressToBytes(address)
    .map((byte, n) => byte | (~(mask[n] ?? 0xff) & 0xff))
    .join('.');
}
