/** Addresses of this host's network interfaces. */
import { networkInterfaces } from 'node:os';
import type { NetworkInterfaceInfo } from 'node:os';

import type { AddressFamily } from './address.ts';
import { addressScope } from './address_scope.ts';
import { refuseUnknown } from '../../options/check.ts';

/** Which address of an interface is meant, and where interfaces come from. */
export interface InterfaceOptions {
  /** Default 4. */
  readonly family?: AddressFamily;
  /** Default `os.networkInterfaces`. */
  readonly interfaces?: () => NodeJS.Dict<NetworkInterfaceInfo[]>;
}

/** The first address of the family that is not link-local; null for an interface that is unknown or has none. */
export function interfaceAddress(name: string, options: InterfaceOptions = {}): string | null {
  return find(name, options)?.address ?? null;
}

/** The mask of that address: a dotted quad, or an IPv6 mask as the system gives it (`ffff:ffff::`). */
export function interfaceNetmask(name: string, options: InterfaceOptions = {}): string | null {
  return find(name, options)?.netmask ?? null;
}

function find(name: string, options: InterfaceOptions): NetworkInterfaceInfo | undefined {
  refuseUnknown('interfaceAddress', options);
  const { family = 4, interfaces = networkInterfaces } = options;
  const all = interfaces();
  // Names are not properties of Object: an interface may be called anything.
  if (!Object.hasOwn(all, name)) return undefined;
  return all[name]?.find((entry) => entry.family === `IPv${family}` && addressScope(entry.address) !== 'linkLocal');
}
