/** Addresses of another network namespace, which Node's list of interfaces does not have. */
import { readFileSync } from 'node:fs';
import { bytesToAddress, isValidIpv4 } from '../host/address/address.ts';
import type { HostOptions } from '../host/options.ts';

/** Own and broadcast addresses of the network namespace of a process, in canonical text; none when it has ended. */
export function namespaceAddresses(pid: number, { procRoot = '/proc' }: HostOptions = {}): string[] {
  const net = `${procRoot}/${pid}/net`;
  return [...new Set([...parseFibTrie(text(`${net}/fib_trie`)), ...parseIfInet6(text(`${net}/if_inet6`))])];
}

/**
 * IPv4 addresses of the local routing table, each before the line with its kind:
 * `           |-- 10.0.0.1`, `              /32 host LOCAL`.
 */
export function parseFibTrie(text: string): string[] {
  const addresses: string[] = [];
  let address = '';
  for (const line of text.split('\n')) {
    const leaf = line.indexOf('|-- ');
    if (leaf >= 0) address = line.slice(leaf + 4).trim();
    else if (/\/32 (?:host LOCAL|link BROADCAST)$/.test(line) && isValidIpv4(address)) addresses.push(address);
  }
  return addresses;
}

/** `fe80000000000000000000fffe000001 02 40 20 80     eth0`: if_inet6 of proc_net(5). */
export function parseIfInet6(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line) => /^[0-9a-f]{32}(?= )/.exec(line) ?? [])
    .map((digits) => bytesToAddress(Buffer.from(digits, 'hex')));
}

function text(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
