/** What the group zeek knows of a site: ports that servers have, and its own networks. */
import {
  LOCAL_NET_ADDRESS,
  LOCAL_NET_MASK,
  LOCAL_NET_SIZE,
  LOCAL_NET_VERSION,
  SERVER_PORTS_SIZE,
} from '../../assembly/layout.ts';
import { maskBytes, parsePrefix } from '../flow/prefix.ts';

/** What Zeek's default scripts register, in Zeek's notation. */
const zeekPorts = (): readonly string[] => [
  ...(
    '21 22 25 53 79 80 81 88 135 139 143 389 443 445 465 502 514 563 585 587 614 631 636 989 990 992 993 995 1080 ' +
    '1434 1883 2811 3128 3268 3306 3389 5222 5223 5269 5432 6379 6666-6669 8000 8080 8888 20000'
  )
    .split(' ')
    .map((port) => `${port}/tcp`),
  ...'53 67 88 123 137 161 162 389 443 514 1812 2123 2152 3389 3544 4011 4754 4789 5060 5072 5353 5355 6081 20000'
    .split(' ')
    .map((port) => `${port}/udp`),
];

const PORT = /^(\d{1,5})(?:-(\d{1,5}))?\/(tcp|udp)$/;
const PORT_MAX = 65_535;

/** A bit for each port, TCP's first. @throws {RangeError} naming the part that is not a port */
export function serverPortBits(ports: readonly string[] = zeekPorts()): Uint8Array {
  const bits = new Uint8Array(SERVER_PORTS_SIZE);
  for (const text of ports) {
    const [, first, last = first, protocol] = PORT.exec(text) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (!(from <= to && to <= PORT_MAX)) {
      throw new RangeError(`'${text}' is not a server port; write 80/tcp, 53/udp or 6666-6669/tcp`);
    }
    const base = protocol === 'udp' ? SERVER_PORTS_SIZE / 2 : 0;
    for (let port = from; port <= to; port++)
      bits[base + (port >> 3)] = (bits[base + (port >> 3)] ?? 0) | (1 << (port & 7));
  }
  return bits;
}

/** LOCAL_NET records. @throws {RangeError} naming the part that is not a network */
export function localNetRecords(networks: readonly string[] = []): Uint8Array {
  const records = new Uint8Array(networks.length * LOCAL_NET_SIZE);
  networks.forEach((text, n) => {
    const prefix = parsePrefix(text);
    if (prefix === undefined) {
      throw new RangeError(`'${text}' is not a network; write 10.0.0.0/8 or 2001:db8::/32`);
    }
    const record = records.subarray(n * LOCAL_NET_SIZE);
    record.set(prefix.address, LOCAL_NET_ADDRESS);
    // Of an IPv4 address the bytes behind it are 0 in both.
    record.set(maskBytes(prefix.length, prefix.address.length), LOCAL_NET_MASK);
    record[LOCAL_NET_VERSION] = prefix.version;
  });
  return records;
}
