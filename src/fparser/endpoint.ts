/** Addresses and ports as callers write them. */
import ipaddr from 'ipaddr.js';

/**
 * The bytes of source and destination, 4 or 16 each, in network order. Any valid spelling will do; a zone id is
 * ignored.
 * @throws {RangeError} naming the text
 */
export function addressPair(source: string, destination: string): Uint8Array {
  const from = addressBytes(source);
  const to = addressBytes(destination);
  if (from.length !== to.length) {
    throw new RangeError(`${source} and ${destination} are of different families; a flow has addresses of one`);
  }
  return Uint8Array.from([...from, ...to]);
}

function addressBytes(text: string): number[] {
  const valid = typeof text === 'string' && (ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text));
  if (!valid) throw new RangeError(`${String(text)} is not an IPv4 or IPv6 address`);
  return ipaddr.parse(text).toByteArray();
}

/** @throws {RangeError} */
export function checkPort(name: string, port: number): number {
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(`${name} is ${String(port)}; it must be a whole number from 0 to 65535`);
  }
  return port;
}
