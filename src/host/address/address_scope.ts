/** How far an address reaches. IPv4 special ranges of RFC 6890 and RFC 5771, IPv6 of RFC 4291, RFC 3849 and RFC 9637. */
import { addressFamily, addressToBytes, unmapAddress } from './address.ts';

export type AddressScope =
  | 'invalid'
  | 'hostLocal'
  | 'linkLocal'
  | 'siteLocal'
  | 'global'
  | 'localMulticast'
  | 'globalMulticast';

/** An IPv4-mapped address is seen as the IPv4 address. Text that is not an address is `invalid`. */
export function addressScope(address: string): AddressScope {
  if (addressFamily(address) === undefined) return 'invalid';
  const bytes = addressToBytes(unmapAddress(address));
  return bytes.length === 4 ? ipv4Scope(bytes) : ipv6Scope(bytes);
}

/** A packet that came in and was sent to a multicast or broadcast address. @param local its local address */
export function isInboundMulticast(inbound: boolean, local: string): boolean {
  return inbound && addressScope(local) === 'localMulticast';
}

function ipv4Scope(bytes: Uint8Array): AddressScope {
  const [a = 0, b = 0, c = 0] = bytes;
  if (bytes.every((byte) => byte === 0) || bytes.every((byte) => byte === 255)) return 'localMulticast';
  if (a === 0 || isDocumentation(a, b, c)) return 'invalid';
  if (a === 10 || (a === 100 && (b & 0xc0) === 64) || (a === 172 && (b & 0xf0) === 16)) return 'siteLocal';
  if (a === 192 && b === 168) return 'siteLocal';
  if (a === 127) return 'hostLocal';
  if (a === 169 && b === 254) return 'linkLocal';
  if (a === 224 || a === 239) return 'localMulticast';
  if (a >= 240) return 'invalid';
  return a > 224 ? 'globalMulticast' : 'global';
}

/** TEST-NET-1 to 3 (RFC 5737) and MCAST-TEST-NET (RFC 6676). */
function isDocumentation(a: number, b: number, c: number): boolean {
  switch (a) {
    case 192:
      return b === 0 && c === 2;
    case 198:
      return b === 51 && c === 100;
    case 203:
      return b === 0 && c === 113;
    case 233:
      return b === 252 && c === 0;
    default:
      return false;
  }
}

function ipv6Scope(bytes: Uint8Array): AddressScope {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  if (bytes.subarray(0, 15).every((byte) => byte === 0)) {
    if (bytes[15] === 0) return 'invalid';
    if (bytes[15] === 1) return 'hostLocal';
  }
  if ((a & 0xfe) === 0xfc) return 'siteLocal';
  if (a === 0xfe && (b & 0xc0) === 0x80) return 'linkLocal';
  if (a === 0xff) return b <= 0x05 ? 'localMulticast' : 'globalMulticast';
  if (a === 0x20 && b === 0x01 && c === 0x0d && d === 0xb8) return 'invalid';
  if (a === 0x3f && b === 0xff && c <= 0x0f) return 'invalid';
  return 'global';
}
