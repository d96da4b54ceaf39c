/**
 * Which recognisers look at a flow: chosen by the first byte of either side, TCP and UDP apart. Rank 1 is fixed magic,
 * 2 is structure that its own lengths confirm, 3 is text; on equal confidence the lower rank wins.
 */

import { recogniseBittorrent, recogniseBittorrentUdp } from './bittorrent.ts';
import { recogniseIrc, recogniseNntp, recogniseXmpp } from './chat.ts';
import { recogniseMssql, recogniseMysql, recognisePostgresql } from './databases.ts';
import { recogniseCoap, recogniseRadius, recogniseSyslog, recogniseTftp } from './datagrams.ts';
import { recogniseDhcp, recogniseDhcpv6 } from './dhcp.ts';
import { recogniseKerberos, recogniseLdap, recogniseSnmp } from './directory.ts';
import { recogniseDnsTcp, recogniseDnsUdp } from './dns/dns.ts';
import { recogniseFlowExport } from './flow_export.ts';
import { recogniseFtp } from './ftp.ts';
import { recogniseHttp } from './http/http1.ts';
import { recogniseHttp2 } from './http/http2.ts';
import { recogniseSsdp } from './http/ssdp.ts';
import {
  recogniseBacnet,
  recogniseDnp3,
  recogniseEthernetIp,
  recogniseIec104,
  recogniseModbus,
  recogniseOpcua,
} from './industrial.ts';
import { recogniseImap, recognisePop3, recogniseSmtp } from './mail.ts';
import { recogniseMqtt } from './mqtt.ts';
import { recogniseNtp } from './ntp.ts';
import { recogniseQuic } from './quic/quic.ts';
import { recogniseRtcp, recogniseRtp } from './rtp.ts';
import { recogniseRtsp, recogniseSip } from './sip.ts';
import { recogniseSmb } from './smb.ts';
import { recogniseSocks } from './socks.ts';
import { recogniseSsh } from './ssh.ts';
import { recogniseMemcached, recogniseMongodb, recogniseRedis } from './stores.ts';
import { recogniseStun } from './stun.ts';
import { recogniseDtls, recogniseTls } from './tls/tls.ts';
import { recogniseRdp, recogniseS7 } from './tpkt.ts';
import { recogniseGtp, recogniseTeredo, recogniseVxlan } from './tunnels.ts';
import { recogniseIpsec, recogniseL2tp, recogniseOpenvpn, recogniseWireguard } from './vpn.ts';
import type { Recognise } from './conversation.ts';

export interface Recogniser {
  /** Protocols that it can answer with. */
  readonly apps: readonly string[];
  readonly rank: 1 | 2 | 3;
  /** Ports that settle a tie. */
  readonly ports: readonly number[];
  /** First bytes of either side that it may match; undefined for all. */
  readonly first: ReadonlySet<number> | undefined;
  readonly recognise: Recognise;
}

/** Text stands for its characters, a pair for a range. */
type ByteSpec = string | readonly [from: number, to: number];

const bytesOf = (specs: readonly ByteSpec[]): ReadonlySet<number> | undefined => {
  if (specs.length === 0) return undefined;
  const bytes = new Set<number>();
  for (const spec of specs) {
    if (typeof spec === 'string') for (const letter of spec) bytes.add(letter.charCodeAt(0));
    else for (let byte = spec[0]; byte <= spec[1]; byte++) bytes.add(byte);
  }
  return bytes;
};

const entry = (
  apps: string,
  rank: 1 | 2 | 3,
  ports: readonly number[],
  recognise: Recognise,
  ...first: readonly ByteSpec[]
): Recogniser => ({ apps: apps.split(' '), rank, ports, first: bytesOf(first), recognise });

const CAPITALS: ByteSpec = [0x41, 0x5a];
const LETTERS: ByteSpec = [0x41, 0x7a];

const TCP: readonly Recogniser[] = [
  entry('tls', 1, [443], recogniseTls, [0x14, 0x18], [0x80, 0xff]),
  entry('http2', 1, [80], recogniseHttp2, 'P'),
  entry('ssh', 1, [22], recogniseSsh),
  entry('bittorrent', 1, [6881], recogniseBittorrent, '\x13'),
  entry('mqtt', 1, [1883], recogniseMqtt, '\x10'),
  entry('rdp', 1, [3389], recogniseRdp, '\x03'),
  entry('s7', 1, [102], recogniseS7, '\x03'),
  entry('smb', 1, [139, 445], recogniseSmb, '\x00\x81'),
  entry('dnp3', 1, [20_000], recogniseDnp3, '\x05'),
  entry('opcua', 1, [4840], recogniseOpcua, 'HAOER'),
  entry('postgresql', 1, [5432], recognisePostgresql, '\x00'),
  entry('mysql', 1, [3306], recogniseMysql),
  entry('stun rtp', 1, [3478], recogniseStun, [0x00, 0x3f]),
  entry('socks', 2, [1080], recogniseSocks, '\x04\x05'),
  entry('dns', 2, [53], recogniseDnsTcp, [0x00, 0x20]),
  entry('kerberos', 2, [88], recogniseKerberos, '\x00'),
  entry('ldap', 2, [389], recogniseLdap, '0'),
  entry('modbus', 2, [502], recogniseModbus),
  entry('iec104', 2, [2404], recogniseIec104, 'h'),
  entry('ethernet-ip', 2, [44_818], recogniseEthernetIp, [0x01, 0x70]),
  entry('mongodb', 2, [27_017], recogniseMongodb),
  entry('mssql', 2, [1433], recogniseMssql, '\x10\x12'),
  entry('openvpn', 2, [1194], recogniseOpenvpn, [0x00, 0x05]),
  entry('memcached', 3, [11_211], recogniseMemcached, 'gsadivm', [0x80, 0x81]),
  entry('redis', 3, [6379], recogniseRedis, '*'),
  entry('http websocket', 3, [80, 8080], recogniseHttp, CAPITALS),
  entry('rtsp', 3, [554], recogniseRtsp, CAPITALS),
  entry('sip', 3, [5060], recogniseSip, CAPITALS),
  entry('smtp', 3, [25, 587], recogniseSmtp, '245', LETTERS),
  entry('ftp', 3, [21], recogniseFtp, '2', LETTERS),
  entry('pop3', 3, [110], recognisePop3, '+'),
  entry('imap', 3, [143], recogniseImap, '*'),
  entry('irc', 3, [6667], recogniseIrc, ':', LETTERS),
  entry('nntp', 3, [119], recogniseNntp, '2'),
  entry('xmpp', 3, [5222], recogniseXmpp, '<'),
];

const UDP: readonly Recogniser[] = [
  entry('quic', 1, [443], recogniseQuic, [0x01, 0x7f], [0x80, 0xff]),
  entry('dtls', 1, [], recogniseDtls, [0x14, 0x17]),
  entry('dhcp', 1, [67, 68], recogniseDhcp, '\x01\x02'),
  entry('stun rtp', 1, [3478], recogniseStun, [0x00, 0x3f]),
  entry('bittorrent', 1, [6881], recogniseBittorrentUdp, 'd', [0x01, 0x41]),
  entry('bacnet', 1, [47_808], recogniseBacnet, '\x81'),
  entry('dnp3', 1, [20_000], recogniseDnp3, '\x05'),
  entry('wireguard', 2, [51_820], recogniseWireguard, [0x01, 0x04]),
  entry('dns mdns llmnr nbns', 2, [53, 5353, 5355, 137], recogniseDnsUdp),
  entry('ipsec', 2, [500, 4500], recogniseIpsec),
  entry('openvpn', 2, [1194], recogniseOpenvpn, [0x38, 0x57]),
  entry('kerberos', 2, [88], recogniseKerberos, [0x6a, 0x7e]),
  entry('snmp', 2, [161, 162], recogniseSnmp, '0'),
  entry('ntp', 2, [123], recogniseNtp),
  entry('dhcpv6', 2, [546, 547], recogniseDhcpv6, [0x01, 0x0d]),
  entry('radius', 2, [1812, 1813], recogniseRadius, [0x01, 0x2d]),
  entry('l2tp', 2, [1701], recogniseL2tp, [0xc0, 0xff]),
  entry('gtp', 2, [2123, 2152], recogniseGtp, [0x20, 0x5f]),
  entry('netflow ipfix', 2, [2055, 4739], recogniseFlowExport, '\x00'),
  entry('teredo', 2, [3544], recogniseTeredo, '\x00', [0x60, 0x6f]),
  entry('vxlan', 2, [4789], recogniseVxlan, '\x08'),
  entry('tftp', 2, [69], recogniseTftp, '\x00'),
  entry('ethernet-ip', 2, [44_818], recogniseEthernetIp, [0x01, 0x70]),
  entry('rtp', 2, [], recogniseRtp, [0x80, 0xbf]),
  entry('rtcp', 2, [], recogniseRtcp, [0x80, 0xbf]),
  entry('coap', 2, [5683], recogniseCoap, [0x40, 0x7f]),
  entry('ssdp', 3, [1900], recogniseSsdp, 'MNH'),
  entry('sip', 3, [5060], recogniseSip, CAPITALS),
  entry('syslog', 3, [514], recogniseSyslog, '<'),
];

const byFirstByte = (recognisers: readonly Recogniser[]): readonly (readonly Recogniser[])[] =>
  Array.from({ length: 256 }, (_, byte) => recognisers.filter(({ first }) => first?.has(byte) ?? true));

const TABLES = { tcp: byFirstByte(TCP), udp: byFirstByte(UDP) };

const NONE: readonly Recogniser[] = [];

/** Recognisers for the first bytes of two sides, either of which may have sent nothing. */
export function recognisersFor(
  transport: 'tcp' | 'udp',
  first: number | undefined,
  second: number | undefined,
): readonly Recogniser[] {
  const table = TABLES[transport];
  const a = first === undefined ? NONE : (table[first] ?? NONE);
  const b = second === undefined ? NONE : (table[second] ?? NONE);
  if (a.length === 0 || first === second) return b.length === 0 ? a : b;
  return b.length === 0 ? a : [...a, ...b.filter((recogniser) => !a.includes(recogniser))];
}

/** Every protocol that content can name, in the order of the alphabet. */
export const CONTENT_APPS: readonly string[] = [...new Set([...TCP, ...UDP].flatMap(({ apps }) => apps))].sort();
