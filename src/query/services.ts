/**
 * Names of services by port: those of the services file that filters use, and of further ports that are
 * often seen.
 */
import { serviceNames } from '../filter/language/services.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../assembly/wire/numbers.ts';
import type { RowBytes } from '../engine/row_bytes.ts';
import { ROW_DESTINATION_PORT, ROW_PROTOCOL } from '../../assembly/layout.ts';

/** As registered with IANA, but not in the services file of Debian. */
const FURTHER_TCP = `
  1723 pptp; 1883 mqtt; 2404 iec-104; 3268 msft-gc; 4840 opcua-tcp; 5985 wsman; 5986 wsmans; 6443 sun-sr-https;
  8443 pcsync-https; 8883 secure-mqtt; 11211 memcache; 20000 dnp; 27017 mongodb; 44818 EtherNet-IP-2`;
const FURTHER_UDP = `
  1900 ssdp; 2055 iop; 2123 gtp-control; 2152 gtp-user; 3478 stun; 3544 teredo; 4739 ipfix; 4789 vxlan; 5246 capwap-control;
  5247 capwap-data; 5355 llmnr; 5683 coap; 5684 coaps; 6081 geneve; 6343 sflow; 47808 bacnet`;

/** A port of TCP at its number, one of UDP behind all of them. */
const UDP = 65_536;
const NAMES = new Map<number, string>();

const SERVICES = [...serviceNames()];

/** A name of one transport comes before one of both: port 514 of TCP is shell, of UDP syslog. */
for (const { name, port, transport } of [
  ...SERVICES.filter((one) => one.transport !== 'both'),
  ...SERVICES.filter((one) => one.transport === 'both'),
]) {
  if (transport !== 'udp' && !NAMES.has(port)) NAMES.set(port, name);
  if (transport !== 'tcp' && !NAMES.has(UDP + port)) NAMES.set(UDP + port, name);
}
for (const [first, table] of [
  [0, FURTHER_TCP],
  [UDP, FURTHER_UDP],
] as const) {
  for (const entry of table.split(';')) {
    const [port, name = ''] = entry.trim().split(/\s+/);
    NAMES.set(first + Number(port), name);
  }
}

/** The name of a well-known port of TCP or UDP; null: it has none. */
export function serviceName(protocol: number, port: number): string | null {
  if (protocol === PROTOCOL_TCP) return NAMES.get(port) ?? null;
  return protocol === PROTOCOL_UDP ? (NAMES.get(UDP + port) ?? null) : null;
}

/** The service of the flow in a row, by the responder's port. */
export function rowService({ u8, data }: RowBytes, row: number): string | null {
  return serviceName(u8[row + ROW_PROTOCOL] as number, data.getUint16(row + ROW_DESTINATION_PORT, true));
}
