/** Prefixes (RFC 4632, RFC 4291 §2.3) as numbers, for comparing and for longest prefix match. */
import { addressFamily, addressToInt, intToAddress } from '../host/address/address.ts';

export interface Prefix {
  readonly family: 4 | 6;
  /** The network's bits, those after the length 0. */
  readonly network: bigint;
  /** 0..32 or 0..128. */
  readonly length: number;
}

/** An address as a number. */
export interface AddressNumber {
  readonly family: 4 | 6;
  readonly value: bigint;
}

const LENGTH = /^(?:0|[1-9]\d{0,2})$/;

export function bitsOf(family: 4 | 6): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** Undefined for what is not an address. */
export function addressNumber(text: string): AddressNumber | undefined {
  const family = addressFamily(text);
  return family === undefined ? undefined : { family, value: addressToInt(text) };
}

/** The bits of an address that a prefix of this length keeps, the others 0. */
export function networkBits({ family, value }: AddressNumber, length: number): bigint {
  const rest = BigInt(bitsOf(family) - length);
  return (value >> rest) << rest;
}

/** Undefined for what is not a prefix, and for one with bits after its length. Example: `8.8.8.0/24` */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  const lengthText = text.slice(slash + 1);
  const address = slash < 0 ? undefined : addressNumber(text.slice(0, slash));
  if (address === undefined || !LENGTH.test(lengthText)) return undefined;
  const length = Number(lengthText);
  if (length > bitsOf(address.family) || networkBits(address, length) !== address.value) return undefined;
  return { family: address.family, network: address.value, length };
}

export function prefixText({ family, network, length }: Prefix): string {
  return `${intToAddress(network, family)}/${length}`;
}

/** The prefix of this length that holds the address. */
export function prefixOf(address: AddressNumber, length: number): Prefix {
  return { family: address.family, network: networkBits(address, length), length };
}

export function contains({ family, network, length }: Prefix, address: AddressNumber): boolean {
  return family === address.family && networkBits(address, length) === network;
}
