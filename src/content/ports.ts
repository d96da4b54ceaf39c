/**
 * Names by the responder's port, for flows whose content said nothing. `text` protocols speak printable ASCII first and
 * `binary` ones do not: content of the other kind contradicts the port, and then there is no name.
 */

import { isPlainText } from './text.ts';
import type { FirstBytes, FirstPayload } from '../flow/first_payload.ts';

type Kind = 'text' | 'binary';

interface PortEntry {
  readonly app: string;
  readonly kind: Kind;
}

const table = (kind: Kind, entries: Readonly<Record<string, readonly number[]>>) =>
  Object.entries(entries).flatMap(([app, ports]) => ports.map((port): [number, PortEntry] => [port, { app, kind }]));

const TCP_PORTS: ReadonlyMap<number, PortEntry> = new Map([
  ...table('text', {
    ftp: [21],
    smtp: [25, 587],
    http: [80, 8080, 8000],
    pop3: [110],
    nntp: [119],
    imap: [143],
    irc: [6667],
    rtsp: [554],
    sip: [5060],
    xmpp: [5222, 5269],
    redis: [6379],
    memcached: [11_211],
  }),
  ...table('binary', {
    ssh: [22],
    dns: [53],
    kerberos: [88],
    s7: [102],
    ldap: [389, 3268],
    tls: [443, 465, 563, 636, 853, 989, 990, 993, 995, 5061, 8443, 8883],
    smb: [139, 445],
    modbus: [502],
    socks: [1080],
    mssql: [1433],
    mqtt: [1883],
    iec104: [2404],
    mysql: [3306],
    rdp: [3389],
    opcua: [4840],
    postgresql: [5432],
    dnp3: [20_000],
    mongodb: [27_017],
    'ethernet-ip': [44_818],
  }),
]);

const UDP_PORTS: ReadonlyMap<number, PortEntry> = new Map([
  ...table('text', { syslog: [514], ssdp: [1900], sip: [5060] }),
  ...table('binary', {
    dns: [53],
    dhcp: [67, 68],
    tftp: [69],
    kerberos: [88],
    ntp: [123],
    nbns: [137],
    snmp: [161, 162],
    quic: [443],
    ipsec: [500, 4500],
    dhcpv6: [546, 547],
    openvpn: [1194],
    l2tp: [1701],
    radius: [1812, 1813],
    gtp: [2123, 2152],
    netflow: [2055],
    stun: [3478],
    teredo: [3544],
    ipfix: [4739],
    vxlan: [4789],
    mdns: [5353],
    llmnr: [5355],
    coap: [5683],
    bacnet: [47_808],
    wireguard: [51_820],
  }),
]);

const PORTS = { tcp: TCP_PORTS, udp: UDP_PORTS };

/** The ports that name a protocol. */
export const namedPorts = (transport: 'tcp' | 'udp'): readonly number[] => [...PORTS[transport].keys()];

/** The name of the responder's port; undefined without payload, without an entry, or when content contradicts it. */
export function appOfPort({ transport, originator, responder }: FirstPayload): string | undefined {
  const kinds = [kindOf(originator), kindOf(responder)];
  return appOfPortWith(transport, responder.port, kinds.includes('text'), kinds.includes('binary'));
}

/** Undefined: the side has sent nothing. */
function kindOf({ first, unlike }: FirstBytes): Kind | undefined {
  if (first.length === 0) return undefined;
  return unlike ?? (isPlainText(first, 0, 64) ? 'text' : 'binary');
}

/** The same by what the sides have sent: text, something else, both, or nothing. */
export function appOfPortWith(
  transport: 'tcp' | 'udp',
  port: number,
  hasText: boolean,
  hasBinary: boolean,
): string | undefined {
  if (hasText === hasBinary) return undefined;
  const entry = PORTS[transport].get(port);
  return entry !== undefined && (entry.kind === 'text') === hasText ? entry.app : undefined;
}
