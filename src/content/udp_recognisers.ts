/** Recognisers of datagrams, strongest first. */

import { recogniseBittorrentUdp } from './bittorrent.ts';
import { RADIUS_PORTS, recogniseCoap, recogniseRadius, recogniseSyslog, recogniseTftp } from './datagrams.ts';
import { recogniseDhcp, recogniseDhcpv6 } from './dhcp.ts';
import { recogniseKerberos, recogniseLdap, recogniseSnmp } from './directory.ts';
import { recogniseDnsUdp } from './dns/dns.ts';
import { recogniseFlowExport } from './flow_export.ts';
import { recogniseSsdp } from './http/ssdp.ts';
import { recogniseBacnet, recogniseDnp3, recogniseEthernetIp } from './industrial.ts';
import { recogniseNtp } from './ntp.ts';
import { recogniseQuic } from './quic/quic.ts';
import { recogniseRtcp, recogniseRtp } from './rtp.ts';
import { recogniseSip } from './sip.ts';
import { recogniseMemcachedUdp } from './stores.ts';
import { recogniseStun } from './stun.ts';
import { recogniseDtls } from './tls/tls.ts';
import { recogniseGtp, recogniseTeredo, recogniseVxlan } from './tunnels.ts';
import { recogniseIpsec, recogniseL2tp, recogniseOpenvpn, recogniseWireguard } from './vpn.ts';
import {
  entry,
  oneOf,
  below,
  DIGIT,
  DNS_FLAGS,
  DNS_COUNTS,
  STUN,
  KERBEROS,
  DNP3,
  LONG_HEADER,
  RESERVED_VERSION,
  ANY_EIGHT,
  ENCAPSULATION,
  NEXT_HEADER,
  OPENVPN,
  RADIUS,
  derStarts,
  START_LINE,
  type Recogniser,
} from './recogniser.ts';
import type { Start } from './starts.ts';

export const UDP_RECOGNISERS: readonly Recogniser[] = [
  entry(
    'quic',
    1,
    [443],
    recogniseQuic,
    [LONG_HEADER, 0, 0, 0, 1],
    [LONG_HEADER, 0x6b, 0x33, 0x43, 0xcf],
    [LONG_HEADER, 0xff, 0, 0],
    [LONG_HEADER, RESERVED_VERSION, RESERVED_VERSION, RESERVED_VERSION, RESERVED_VERSION],
    [LONG_HEADER, oneOf('QT'), '0', DIGIT, DIGIT],
    [LONG_HEADER, 0xfa, 0xce, 0xb0, below(16)],
    [(byte) => (byte & 0x89) === 1, 'Q0'],
    [(byte) => (byte & 0x89) === 9, ...ANY_EIGHT, 'Q0'],
  ),
  entry('dtls', 1, [], recogniseDtls, {
    bytes: [[0x14, 0x17], oneOf([0xfe, 1]), oneOf([0xff, 0xfd, 0xfc, 0]), 0, below(3)],
    least: 13,
  }),
  entry('dhcp', 1, [67, 68], recogniseDhcp, {
    // Hardware, length of its addresses, hops (RFC 951, RFC 1542).
    bytes: [[1, 2], null, below(17), below(17)],
    least: 240,
  }),
  entry('stun rtp', 1, [3478], recogniseStun, { bytes: STUN, least: 20 }),
  entry('bittorrent', 1, [6881], recogniseBittorrentUdp, ['d', oneOf('12'), ':', oneOf('arie')], {
    bytes: [(byte) => (byte & 15) === 1 && byte < 0x50, below(3)],
    least: 20,
  }),
  entry('bacnet', 1, [47_808], recogniseBacnet, [0x81, below(12)]),
  entry('dnp3', 1, [20_000], recogniseDnp3, DNP3),
  entry('wireguard', 2, [51_820], recogniseWireguard, { bytes: [[1, 4], 0, 0, 0], least: 32 }),
  entry('dns mdns llmnr nbns', 2, [53, 5353, 5355, 137], recogniseDnsUdp, {
    bytes: [null, null, ...DNS_FLAGS, ...DNS_COUNTS],
    least: 12,
  }),
  entry('ipsec', 2, [500, 4500], recogniseIpsec, { bytes: [], ports: [500, 4500], least: 28 }),
  entry(
    'openvpn',
    2,
    [1194],
    recogniseOpenvpn,
    { bytes: [OPENVPN], ports: [1194], least: 14 },
    // Only a client's reset with a wrapped key is long.
    { bytes: [oneOf([0x38, 0x40])], least: 14, most: 128, weak: true },
    { bytes: [0x50], least: 14, weak: true },
  ),
  entry(
    'kerberos',
    2,
    [88],
    recogniseKerberos,
    [KERBEROS, below(0x80), 0x30],
    [KERBEROS, 0x81, null, 0x30],
    [KERBEROS, 0x82, null, null, 0x30],
  ),
  // Without a connection: RFC 3352, and domain controllers today.
  entry(
    'ldap',
    2,
    [389],
    recogniseLdap,
    ...derStarts(0x30, [2, [1, 4]]).map((bytes): Start => ({ bytes, ports: [389], least: 7 })),
  ),
  entry('memcached', 3, [11_211], recogniseMemcachedUdp, {
    bytes: [null, null, 0, 0, null, null, 0, 0],
    ports: [11_211],
    least: 10,
  }),
  entry('snmp', 2, [161, 162], recogniseSnmp, ...derStarts(0x30, [2, 1, below(4)])),
  entry('ntp', 2, [123], recogniseNtp, {
    bytes: [(byte) => (byte & 7) !== 0 && (byte & 0x38) !== 0 && (byte & 0x38) <= 0x20],
    ports: [123],
    least: 8,
  }),
  entry('dhcpv6', 2, [546, 547], recogniseDhcpv6, { bytes: [[1, 13]], ports: [546, 547], least: 4 }),
  entry(
    'radius',
    2,
    RADIUS_PORTS,
    recogniseRadius,
    { bytes: RADIUS, ports: RADIUS_PORTS, least: 20 },
    { bytes: RADIUS, least: 20, weak: true },
  ),
  entry('l2tp', 2, [1701], recogniseL2tp, {
    // Control messages have these flags, and no others (RFC 2661 §3.1, RFC 3931 §3.2.1).
    bytes: [0xc8, [2, 3], below(36)],
    least: 12,
  }),
  entry('gtp', 2, [2123, 2152], recogniseGtp, { bytes: [[0x20, 0x5f]], ports: [2123, 2152, 3386], least: 8 }),
  entry('netflow ipfix', 2, [2055, 4739], recogniseFlowExport, { bytes: [0, oneOf([5, 9, 10])], least: 16 }),
  entry(
    'teredo',
    2,
    [3544],
    recogniseTeredo,
    { bytes: [0, below(2)], least: 40 },
    { bytes: [[0x60, 0x6f], null, null, null, below(6), null, NEXT_HEADER], least: 40 },
  ),
  entry('vxlan', 2, [4789], recogniseVxlan, { bytes: [8, 0, 0, 0, null, null, null, 0], least: 22 }),
  entry('tftp', 2, [69], recogniseTftp, [0, [1, 2], [1, 255]]),
  entry('ethernet-ip', 2, [44_818], recogniseEthernetIp, { bytes: ENCAPSULATION, least: 24 }),
  // First packets without padding, and from no mixer that names more than three sources.
  entry('rtp', 2, [], recogniseRtp, {
    bytes: [(byte) => (byte & 0xec) === 0x80, (byte) => (byte & 0x7f) < 64 || (byte & 0x7f) > 95],
    least: 12,
    weak: true,
  }),
  entry('rtcp', 2, [], recogniseRtcp, {
    bytes: [[0x80, 0xbf], [200, 201], below(5)],
    least: 8,
  }),
  entry('coap', 2, [5683], recogniseCoap, {
    bytes: [(byte) => byte >> 6 === 1 && (byte & 15) <= 8, (byte) => [0, 2, 4, 5].includes(byte >> 5)],
    ports: [5683],
    least: 4,
  }),
  entry('ssdp', 3, [1900], recogniseSsdp, START_LINE),
  entry('sip', 3, [5060], recogniseSip, START_LINE),
  entry('syslog', 3, [514], recogniseSyslog, ['<', DIGIT]),
];
