import { addressKey, type AddressKey } from '../../src/content/index.ts';

/** The key of an address as text. */
export const keyOfAddress = (address: string): AddressKey =>
  address.includes(':') ? address : addressKey(new Uint8Array(address.split('.').map(Number)), 0, 4);
