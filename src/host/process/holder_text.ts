/** Who has a socket, in one line of text. */
import type { SocketOwner } from './socket_owners.ts';

/** `nginx/812:6 nginx/815:6,9`: name, pid and descriptors of each process. Raw. */
export function holdersText(owners: readonly SocketOwner[]): string {
  return owners.map(({ name, pid, descriptors }) => `${name}/${pid}:${descriptors.join(',')}`).join(' ');
}
