/** Samples: protocols of fields. */

import { concat, u16, u24, u32, u8, zeros, type Payload } from '../../builders/bytes.ts';
import { dnsMessage, dnsRecord, netbiosLetters, RESPONSE } from './dns.ts';
import { der, hex, join, littleU16, littleU32, NOTHING, tcp, udp, vector16, vector8, type Sample } from './sample.ts';

const QUESTION = [['www.example.com', 1]] as const;
const ASK = dnsMessage({ questions: QUESTION });
const REPLY = dnsMessage({
  flags: RESPONSE,
  questions: QUESTION,
  answers: [
    dnsRecord(12, 5, concat(vector8('web'), u16(0xc010))),
    dnsRecord('web.example.com', 1, hex('c0000201')),
    dnsRecord('web.example.com', 28, hex('20010db8 00000000 00000000 00000001')),
  ],
});
const HASH = hex('000102030405060708090a0b0c0d0e0f10111213');

const dhcp = (op: number, ...options: readonly Uint8Array[]): Uint8Array =>
  join(u8(op), hex('01 06 00'), zeros(232), hex('63825363'), ...options, u8(255));
const option = (code: number, ...value: readonly Payload[]): Uint8Array => join(u8(code), vector8(...value));

const stunAttribute = (type: number, value: Uint8Array): Uint8Array =>
  concat(u16(type), u16(value.length), value, zeros(-value.length & 3));
const stun = (type: number, ...attributes: readonly Uint8Array[]): Uint8Array =>
  join(u16(type), u16(attributes.reduce((sum, { length }) => sum + length, 0)), hex('2112a442'), 12, ...attributes);
const rtp = (sequence: number): Uint8Array =>
  join(hex('80 08'), u16(sequence), u32(sequence * 160), hex('11223344'), 20);

const kerberos = der(
  0x6a,
  der(
    0x30,
    der(0xa1, der(2, u8(5))),
    der(0xa2, der(2, u8(10))),
    der(
      0xa4,
      der(
        0x30,
        der(0xa0, der(3, 5)),
        der(0xa1, der(0x30, der(0xa0, der(2, u8(1))), der(0xa1, der(0x30, der(0x1b, 'alice'))))),
        der(0xa2, der(0x1b, 'EXAMPLE.COM')),
      ),
    ),
  ),
);
const snmp = (pdu: number): Uint8Array =>
  der(0x30, der(2, u8(1)), der(4, 'public'), der(pdu, der(2, u32(7)), der(2, u8(0)), der(2, u8(0)), der(0x30)));

const ipv6 = (payload: Uint8Array): Uint8Array =>
  concat(
    hex('60000000'),
    u16(payload.length),
    hex('3b40'),
    hex('20010000 00000000 00000000 00000001'),
    hex('20010db8 00000000 00000000 00000002'),
    payload,
  );

export const BINARY: readonly Sample[] = [
  udp('dns', 53, ASK, REPLY, {
    app: 'dns',
    appBy: 'handshake',
    appConfidence: 3,
    dnsQuery: 'www.example.com',
    dnsType: 'A',
    dnsRcode: 0,
    dnsQueries: 1,
    dnsAnswers: ['192.0.2.1', '2001:db8::1'],
  }),
  udp('dns on another port', 5300, ASK, REPLY, { app: 'dns', appConfidence: 3 }),
  tcp('dns over tcp', 53, vector16(ASK), vector16(REPLY), {
    app: 'dns',
    appConfidence: 3,
    dnsAnswers: ['192.0.2.1', '2001:db8::1'],
  }),
  udp(
    'mdns',
    [5353, 5353],
    dnsMessage({ id: 0, flags: 0x8400, answers: [dnsRecord('a.local', 1, hex('c0000202'))] }),
    NOTHING,
    {
      app: 'mdns',
      dnsQuery: null,
      dnsAnswers: ['192.0.2.2'],
      dnsQueries: 0,
    },
  ),
  udp('llmnr', 5355, dnsMessage({ flags: 0, questions: [['host', 255]] }), NOTHING, {
    app: 'llmnr',
    dnsQuery: 'host',
    dnsType: 'ANY',
  }),
  udp('nbns', [137, 137], dnsMessage({ flags: 0x0110, questions: [[netbiosLetters('FRED', 0x20), 32]] }), NOTHING, {
    app: 'nbns',
    dnsQuery: 'FRED',
    dnsType: 'NB',
    details: { netbiosSuffix: 0x20 },
  }),
  udp(
    'dhcp',
    [68, 67],
    dhcp(
      1,
      option(53, u8(3)),
      option(12, 'host'),
      option(60, 'MSFT 5.0'),
      option(50, hex('c0000203')),
      option(81, hex('000000'), 'host.example'),
    ),
    dhcp(2, option(53, u8(5))),
    {
      app: 'dhcp',
      appConfidence: 3,
      details: { type: 3, hostName: 'host', vendor: 'MSFT 5.0', requestedAddress: '192.0.2.3', fqdn: 'host.example' },
    },
  ),
  udp('dhcpv6', [546, 547], join(hex('01 112233 0001'), vector16(hex('00030001 020000000001'))), NOTHING, {
    app: 'dhcpv6',
    details: { type: 1, duid: '00030001020000000001' },
  }),
  udp('ntp', [123, 123], join(u8(0x23), zeros(47)), join(hex('24 02 03 e8'), zeros(8), hex('c0000204'), zeros(32)), {
    app: 'ntp',
    appConfidence: 3,
    details: { version: 4, mode: 3, stratum: 2, refid: '192.0.2.4' },
  }),
  udp(
    'stun',
    3478,
    stun(1, stunAttribute(0x8022, hex('61 62 63'))),
    stun(0x0101, stunAttribute(0x0020, hex('0001 e10f e112a643'))),
    {
      app: 'stun',
      appConfidence: 3,
      details: { type: 1, software: 'abc', mapped: '192.0.2.1:49181' },
    },
  ),
  udp('rtp behind stun', 3478, [stun(1), rtp(1)], [stun(0x0101), rtp(90)], {
    app: 'rtp',
    details: { ssrc: '11223344', payloadType: 8, type: 1, stun: true },
  }),
  udp('rtp', 40_000, [rtp(65_535), rtp(0), rtp(2)], NOTHING, {
    app: 'rtp',
    appConfidence: 2,
    details: { ssrc: '11223344', payloadType: 8 },
  }),
  udp('two packets of rtp', 40_000, [rtp(1), rtp(2)], NOTHING, { app: null }),
  udp('rtcp', 40_001, join(hex('80 c9 0001 11223344'), hex('81 ca 0003 11223344 01 05'), 'cname', u8(0)), NOTHING, {
    app: 'rtcp',
    appConfidence: 1,
    details: { type: 201, cname: 'cname' },
  }),
  tcp('bittorrent', 40_000, join('\x13BitTorrent protocol', zeros(8), HASH, 20), '\x13BitTorrent protocol', {
    app: 'bittorrent',
    appConfidence: 3,
    details: { infoHash: '000102030405060708090a0b0c0d0e0f10111213' },
  }),
  udp(
    'bittorrent dht',
    6881,
    join('d1:ad2:id20:', 20, '9:info_hash20:', HASH, 'e1:q9:get_peers1:t2:aa1:y1:qe'),
    NOTHING,
    {
      app: 'bittorrent',
      details: { dht: true, infoHash: '000102030405060708090a0b0c0d0e0f10111213' },
    },
  ),
  udp('utp', 40_000, join(hex('41 00 1234'), zeros(16)), join(hex('21 00 1234'), zeros(16)), {
    app: 'bittorrent',
    appConfidence: 2,
    details: { utp: true },
  }),
  tcp(
    'mqtt',
    1883,
    join(hex('10 15'), vector16('MQTT'), hex('04 80 003c'), vector16('dev1'), vector16('u')),
    hex('20 02 00 00'),
    {
      app: 'mqtt',
      appConfidence: 3,
      details: { version: 4, clientId: 'dev1' },
    },
  ),
  tcp(
    'smb 2',
    445,
    join(
      hex('00'),
      u24(104),
      hex('fe'),
      'SMB',
      zeros(8),
      littleU16(0),
      zeros(50),
      littleU16(36),
      littleU16(2),
      zeros(32),
      littleU16(0x0202),
      littleU16(0x0311),
    ),
    join(hex('00'), u24(64), hex('fe'), 'SMB', zeros(12), u8(1), zeros(47)),
    { app: 'smb', appConfidence: 3, details: { version: 2, command: 0, dialects: '0202 0311' } },
  ),
  tcp('smb 1', 139, join(hex('00'), u24(40), hex('ff'), 'SMB', u8(0x72), zeros(40)), NOTHING, {
    app: 'smb',
    details: { version: 1, command: 0x72 },
  }),
  tcp('kerberos', 88, join(u32(kerberos.length), kerberos), NOTHING, {
    app: 'kerberos',
    details: { type: 10, realm: 'EXAMPLE.COM' },
  }),
  udp('kerberos over udp', 88, kerberos, NOTHING, {
    app: 'kerberos',
    appConfidence: 3,
    details: { type: 10, realm: 'EXAMPLE.COM' },
  }),
  tcp('ldap', 389, hex('300c 020101 6007 020103 0400 8000'), hex('300c 020101 6107 0a0100 0400 0400'), {
    app: 'ldap',
    appConfidence: 3,
    details: { operation: 0x60 },
  }),
  udp('snmp', 161, snmp(0xa0), snmp(0xa2), { app: 'snmp', appConfidence: 3, details: { version: 1, pdu: 0 } }),
  tcp('modbus', 502, hex('0001 0000 0006 11 03 006b 0003'), hex('0001 0000 0003 11 83 02'), {
    app: 'modbus',
    appConfidence: 3,
    details: { function: 3, unit: 17 },
  }),
  tcp(
    's7',
    102,
    hex('0300 0007 02 f0 80 32 01 0000 0001 0002 0000 f0 00'),
    hex('0300 0007 02 f0 80 32 03 0000 0001 0002 0000 0000 f0 00'),
    {
      app: 's7',
      appConfidence: 3,
      details: { type: 1, function: 0xf0 },
    },
  ),
  tcp('dnp3', 20_000, hex('0564 05 c0 0100 0004 e921'), NOTHING, {
    app: 'dnp3',
    appConfidence: 3,
    details: { destination: 1, source: 1024 },
  }),
  udp('bacnet', 47_808, hex('81 0b 000c 01 20 ffff 00 ff 10 08'), NOTHING, {
    app: 'bacnet',
    details: { function: 11, service: 8 },
  }),
  tcp(
    'opcua',
    4840,
    join('HELF', littleU32(52), zeros(20), littleU32(20), 'opc.tcp://h:4840/abc'),
    join('ACKF', littleU32(28), zeros(20)),
    {
      app: 'opcua',
      appConfidence: 3,
      details: { endpoint: 'opc.tcp://h:4840/abc' },
    },
  ),
  tcp('iec104', 2404, hex('68 04 07 00 00 00'), hex('68 04 0b 00 00 00'), {
    app: 'iec104',
    appConfidence: 2,
    details: { type: 'U' },
  }),
  tcp(
    'ethernet-ip',
    44_818,
    concat(hex('65 00 04 00'), zeros(20), hex('01 00 00 00')),
    concat(hex('65 00 04 00 11 11 11 11'), zeros(16), hex('01 00 00 00')),
    {
      app: 'ethernet-ip',
      appConfidence: 3,
      details: { command: 0x65 },
    },
  ),
  tcp('postgresql', 5432, join(u32(31), hex('00030000'), 'user\0me\0database\0shop\0\0'), 'R\0\0\0\x08\0\0\0\0', {
    app: 'postgresql',
    appConfidence: 3,
    details: { database: 'shop' },
  }),
  tcp('mysql', 3307, hex('200000 01'), join(hex('23000000 0a'), '8.0.1\0', zeros(28)), {
    app: 'mysql',
    details: { version: '8.0.1' },
  }),
  tcp(
    'mssql',
    1433,
    hex('12 01 001a 0000 00 00 00 000b 0006 01 0011 0001 ff 10000000 0000 02'),
    hex('04 01 0014 0000 01 00 00 0006 0006 ff 0f000fa0 0000'),
    {
      app: 'mssql',
      appConfidence: 3,
      details: { version: '15.0.4000', encryption: 2 },
    },
  ),
  tcp(
    'mongodb',
    27_017,
    join(
      littleU32(40),
      littleU32(1),
      zeros(4),
      littleU32(2013),
      zeros(4),
      hex('00 0e000000 10'),
      'ping\0',
      hex('01000000 00'),
    ),
    join(littleU32(16), littleU32(9), littleU32(1), littleU32(2013)),
    { app: 'mongodb', appConfidence: 3, details: { opcode: 2013, command: 'ping' } },
  ),
  tcp(
    'rdp with cookie',
    3390,
    join(hex('0300 002b 26 e0 0000 0000 00'), 'Cookie: mstshash=alice\r\n', hex('01 00 0800 03000000')),
    NOTHING,
    {
      app: 'rdp',
      details: { requestedProtocols: 3 },
    },
  ),
  udp('radius', 1812, join(hex('01 07 001a'), 16, hex('01 06'), 'user'), join(hex('02 07 0014'), 16), {
    app: 'radius',
    appConfidence: 3,
    details: { code: 1 },
  }),
  udp('coap', 5683, hex('41 01 0001 aa b3 666f6f 03 626172'), hex('61 45 0001 aa ff 41'), {
    app: 'coap',
    appConfidence: 2,
    details: { code: '0.01', path: '/foo/bar' },
  }),
  udp('gtp', 2152, join(hex('30 ff 0004 00000001'), 4), NOTHING, { app: 'gtp', details: { version: 1, type: 255 } }),
  udp('teredo', 3544, ipv6(zeros(0)), join(hex('0000 1111 22222222'), ipv6(zeros(8))), {
    app: 'teredo',
    appConfidence: 2,
  }),
  udp('vxlan', 4789, join(hex('08000000 00002a00'), 60), NOTHING, { app: 'vxlan', details: { vni: 42 } }),
  udp('netflow 5', 2055, join(u16(5), u16(1), zeros(20), zeros(48)), NOTHING, {
    app: 'netflow',
    details: { version: 5 },
  }),
  udp('netflow 9', 2055, join(u16(9), u16(1), zeros(16), u16(0), u16(12), zeros(8)), NOTHING, {
    app: 'netflow',
    details: { version: 9 },
  }),
  udp('ipfix', 4739, join(u16(10), u16(28), zeros(12), u16(2), u16(12), zeros(8)), NOTHING, {
    app: 'ipfix',
    details: { version: 10 },
  }),
];
