/** The address that this host would send from. */
import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import type { NetworkInterfaceInfo } from 'node:os';
import { canonicalAddress } from '../host/address/address.ts';
import { refuseUnknown } from '../options/check.ts';

/** Well-known global addresses; the documentation networks have a route on few hosts. */
const DESTINATIONS: Readonly<Record<4 | 6, string>> = { 4: '1.1.1.1', 6: '2606:4700:4700::1111' };
const LOOPBACK: Readonly<Record<4 | 6, string>> = { 4: '127.0.0.1', 6: '::1' };
/** Any but 0; nothing is sent to it. */
const PORT = 53;

export interface LocalAddress {
  readonly address: string;
  /** `route`: the system chose it; `interface`: there is no route, it is the first that is not loopback. */
  readonly source: 'route' | 'interface' | 'loopback';
}

export interface LocalAddressOptions {
  /** Default 4. */
  readonly family?: 4 | 6;
  /** Address to which a route is looked for. Default `1.1.1.1` or `2606:4700:4700::1111`. */
  readonly destination?: string;
  /** For tests. Default `os.networkInterfaces`. */
  readonly interfaces?: () => Readonly<NodeJS.Dict<NetworkInterfaceInfo[]>>;
}

/** Connects a UDP socket, which sends no packet. */
export async function localAddress(options: LocalAddressOptions = {}): Promise<LocalAddress> {
  refuseUnknown('localAddress', options);
  const { family = 4, interfaces = networkInterfaces } = options;
  const routed = await addressTowards(family, options.destination ?? DESTINATIONS[family]);
  if (routed !== undefined) return { address: routed, source: 'route' };
  const all = Object.values(interfaces()).flatMap((addresses) => addresses ?? []);
  const own = all.find((info) => !info.internal && info.family === `IPv${family}`);
  if (own !== undefined) return { address: canonicalAddress(own.address), source: 'interface' };
  return { address: LOOPBACK[family], source: 'loopback' };
}

/** Undefined when there is no route, or no such family. */
function addressTowards(family: 4 | 6, destination: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
    const end = (address?: string): void => {
      socket.close();
      resolve(address);
    };
    socket.on('error', () => end());
    // The callback of connect would get an error in place of the event.
    socket.on('connect', () => end(canonicalAddress(socket.address().address)));
    socket.connect(PORT, destination);
  });
}
