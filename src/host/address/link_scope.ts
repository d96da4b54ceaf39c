/**
 * Interfaces of link-local IPv6 addresses (scope ids, RFC 4007 §11): the socket tables do not have them, but the table
 * of this host's addresses does. `/proc/net/if_inet6` has lines such as
 *
 * fe8000000000000000fc00fffe000001 04 40 20 80     eth0
 */
import { readFileSync } from 'node:fs';
import type { HostOptions } from '../options.ts';
import { bytesToAddress } from './address.ts';

/** Whether a canonical address is in fe80::/10: it says where it is only together with an interface. */
export function isLinkLocal(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/.test(address);
}

/** `fe80::1%eth0` is `fe80::1` and `eth0`. */
export function splitScope(text: string): { readonly address: string; readonly scope: string | undefined } {
  const at = text.indexOf('%');
  return at < 0 ? { address: text, scope: undefined } : { address: text.slice(0, at), scope: text.slice(at + 1) };
}

/** The address, with its interface if it is link-local and that is known. */
export function withScope(address: string, scope: string | undefined): string {
  return scope !== undefined && isLinkLocal(address) ? `${address}%${scope}` : address;
}

/**
 * The interface that has a link-local address of this host; undefined: none has it, or several.
 * @param options.pid a process in the network namespace that is meant; default: the present one
 */
export function linkScopes(
  options: HostOptions & { readonly pid?: number } = {},
): (address: string) => string | undefined {
  let interfaces: ReadonlyMap<string, string | undefined> | undefined;
  return (address) => {
    if (!isLinkLocal(address)) return undefined;
    interfaces ??= readInterfaces(options);
    return interfaces.get(address);
  };
}

function readInterfaces({ procRoot = '/proc', pid }: HostOptions & { readonly pid?: number }) {
  const interfaces = new Map<string, string | undefined>();
  for (const line of linesOf(`${procRoot}/${pid === undefined ? '' : `${pid}/`}net/if_inet6`)) {
    const [, digits = '', name] = /^([0-9a-f]{32})(?: [0-9a-f]+){4} +(\S+)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const address = bytesToAddress(Buffer.from(digits, 'hex'));
    interfaces.set(address, interfaces.has(address) ? undefined : name);
  }
  return interfaces;
}

/** None where there is no IPv6. */
function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'latin1').split('\n');
  } catch {
    return [];
  }
}
