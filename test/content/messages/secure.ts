/** Fingerprints here were computed by hand with Python's hashlib. Samples: TLS, DTLS, QUIC, SSH, STARTTLS and what else encrypts. */

import { concat, u16, u32, u8, zeros } from '../../builders/bytes.ts';
import { cryptoFrame, initial } from './quic.ts';
import { hex, join, NOTHING, tcp, udp, vector8, type Sample } from './sample.ts';
import {
  alpn,
  certificate,
  certificateDer,
  clientHello,
  clientHelloBody,
  dtlsRecord,
  extension,
  groups,
  pointFormats,
  records,
  serverHello,
  serverHelloBody,
  serverName,
  signatures,
  supportedVersions,
} from './tls.ts';

export const HELLO = clientHello({
  ciphers: [0x0a0a, 0x1301, 0xc02f],
  extensions: [
    extension(0x1a1a),
    serverName('Example.com'),
    groups(0x2a2a, 29, 23),
    pointFormats(0),
    signatures(0x0403, 0x0804),
    alpn('h2', 'http/1.1'),
    supportedVersions(0x3a3a, 0x0304, 0x0303),
  ],
});
const ANSWER_12 = serverHello({ cipher: 0xc02f, extensions: [extension(0xff01, u8(0)), alpn('h2')] });
export const ANSWER_13 = serverHello({ cipher: 0x1301, extensions: [extension(43, u16(0x0304))] });
const CERTIFICATE = certificate(certificateDer('example.com', ['example.com', 'WWW.example.com']));
const TLS_FIELDS = { serverName: 'example.com', alpn: ['h2', 'http/1.1'] };

const DCID = hex('8394c8f03e515708');
const DTLS_HELLO = clientHelloBody({ version: 0xfefd, cookie: zeros(0), extensions: [serverName('dtls.example')] });

const kexinit = (lists: readonly string[]): Uint8Array => {
  const names = lists.map((list) => join(u32(list.length), list));
  const payload = join(u8(20), 16, ...names, u8(0), u32(0));
  return join(u32(payload.length + 5), u8(4), payload, 4);
};
const KEX = [
  'curve25519-sha256',
  'ssh-ed25519',
  'aes128-ctr',
  'aes256-ctr',
  'hmac-sha2-256',
  'hmac-sha2-512',
  'none',
  'zlib',
  '',
  '',
];

const startTls = { details: { tls: true }, ...TLS_FIELDS, tlsVersion: '0304' };
const [HELLO_RECORD, ANSWER_RECORD] = [records(HELLO), records(ANSWER_13)];

export const SECURE: readonly Sample[] = [
  tcp('tls 1.2', 8443, records(HELLO), records(join(ANSWER_12, CERTIFICATE)), {
    app: 'tls',
    appBy: 'handshake',
    appConfidence: 3,
    ...TLS_FIELDS,
    alpnChosen: 'h2',
    tlsVersion: '0303',
    tlsCipher: 'c02f',
    certSubject: 'example.com',
    certNames: ['example.com', 'www.example.com'],
    ja3: '97737df38853b88c4324af06e211c4a1',
    ja4: 't13d0206h2_c1929292aa6b_fb71836bce29',
  }),
  tcp('tls 1.3 in small records', 443, records(HELLO, 7), records(ANSWER_13, 5), {
    app: 'tls',
    appConfidence: 3,
    ...TLS_FIELDS,
    tlsVersion: '0304',
    tlsCipher: '1301',
    alpnChosen: null,
    certNames: null,
  }),
  tcp(
    'tls with ECH',
    443,
    records(clientHello({ extensions: [serverName('outer.example'), extension(65037, 9)] })),
    NOTHING,
    {
      app: 'tls',
      appBy: 'content',
      appConfidence: 2,
      serverName: 'outer.example',
      details: { ech: true },
    },
  ),
  tcp(
    'tls after a retry',
    443,
    records(join(HELLO, clientHello({}))),
    join(records(serverHello({ retry: true, cipher: 0x1301 })), records(u8(1), 1, 20), ANSWER_RECORD),
    {
      app: 'tls',
      appConfidence: 3,
      ...TLS_FIELDS,
      details: { helloRetry: true },
      tlsVersion: '0304',
      tlsCipher: '1301',
    },
  ),
  tcp('tls without extensions', 443, records(clientHello({ version: 0x0300, ciphers: [4, 5] })), NOTHING, {
    app: 'tls',
    ja4: 'ts3i020000_6e254592683c_000000000000',
    serverName: null,
  }),
  tcp('tls behind a warning', 443, HELLO_RECORD, join(hex('15 0303 0002 01 70'), ANSWER_RECORD), {
    app: 'tls',
    tlsCipher: '1301',
  }),
  tcp('tls alert', 443, NOTHING, hex('15 0303 0002 02 28'), { app: 'tls', appConfidence: 1 }),
  tcp('tls SSLv2 hello', 443, concat(hex('802e 01 0301 0015 0000 0010'), zeros(37)), NOTHING, {
    app: 'tls',
    appConfidence: 1,
  }),
  udp(
    'dtls in two fragments',
    4433,
    [dtlsRecord(1, 0, DTLS_HELLO, 30), dtlsRecord(1, 0, DTLS_HELLO, 0, 34)],
    dtlsRecord(2, 1, serverHelloBody({ version: 0xfefd })),
    {
      app: 'dtls',
      appConfidence: 3,
      serverName: 'dtls.example',
      tlsVersion: 'fefd',
      tlsCipher: 'c02f',
      ja4: 'dd2d020100_c1929292aa6b_000000000000',
    },
  ),
  ...([1, 0x6b3343cf, 0xff00001d, 0xff00001b] as const).map((version) =>
    udp(
      `quic ${version.toString(16)}`,
      443,
      [
        initial({ version, keyId: DCID, number: 1, frames: cryptoFrame(HELLO.subarray(60), 60), size: 1160 }),
        initial({
          version,
          keyId: DCID,
          number: 2,
          frames: join(u8(1), cryptoFrame(HELLO.subarray(0, 70))),
          size: 1160,
        }),
      ],
      initial({
        version,
        keyId: DCID,
        sender: 'server',
        destination: NOTHING,
        source: hex('aabb'),
        frames: join(hex('02 00 00 00 00'), cryptoFrame(ANSWER_13)),
      }),
      {
        app: 'quic',
        appBy: 'handshake',
        appConfidence: 3,
        quicVersion: version.toString(16).padStart(8, '0'),
        ...TLS_FIELDS,
        tlsVersion: '0304',
        tlsCipher: '1301',
        ja4: 'q13d0206h2_c1929292aa6b_fb71836bce29',
      },
    ),
  ),
  udp(
    'quic after a retry',
    443,
    [
      initial({ keyId: DCID, frames: cryptoFrame(HELLO.subarray(0, 20)), size: 1160 }),
      initial({ keyId: hex('0102030405060708'), frames: cryptoFrame(HELLO), token: hex('aa'), size: 1160 }),
    ],
    initial({ keyId: hex('0102030405060708'), sender: 'server', destination: NOTHING, frames: cryptoFrame(ANSWER_13) }),
    {
      app: 'quic',
      appConfidence: 3,
      ...TLS_FIELDS,
      tlsCipher: '1301',
    },
  ),
  udp(
    'quic version negotiation',
    443,
    concat(hex('c0 1a2a3a4a'), vector8(DCID), vector8(8), zeros(1180)),
    concat(hex('80 00000000'), vector8(8), vector8(DCID), u32(1)),
    { app: 'quic', quicVersion: '1a2a3a4a', serverName: null },
  ),
  udp(
    'gquic',
    443,
    join(
      hex('0d'),
      DCID,
      'Q035',
      u8(1),
      12,
      hex('a0 01 0400'),
      'CHLO',
      hex('0200 0000'),
      'PAD\0',
      hex('04000000'),
      'SNI\0',
      hex('0f000000'),
      zeros(4),
      'www.example',
      20,
    ),
    join(hex('0c'), DCID, 30),
    {
      app: 'quic',
      appConfidence: 3,
      quicVersion: '51303335',
      serverName: 'www.example',
    },
  ),
  tcp('ssh', 2222, join('SSH-2.0-OpenSSH_9.6\r\n', kexinit(KEX)), join('Hello\r\nSSH-2.0-server x\r\n', kexinit(KEX)), {
    app: 'ssh',
    appConfidence: 3,
    banner: { client: 'SSH-2.0-OpenSSH_9.6', server: 'SSH-2.0-server x' },
    hassh: 'e97d07603350d1111ec2b64bf25413c9',
    hasshServer: '13475e66a348152c5153e178e028706a',
  }),
  tcp(
    'smtp with STARTTLS',
    587,
    join('EHLO me.example\r\nSTARTTLS\r\n', HELLO_RECORD),
    join('220 mail ESMTP\r\n250-mail\r\n250 STARTTLS\r\n220 go\r\n', ANSWER_RECORD),
    {
      app: 'smtp',
      appConfidence: 3,
      banner: { client: null, server: '220 mail ESMTP' },
      ...startTls,
    },
  ),
  tcp(
    'imap with STARTTLS',
    143,
    join('a1 STARTTLS\r\n', HELLO_RECORD),
    join('* OK ready\r\na1 OK go\r\n', ANSWER_RECORD),
    { app: 'imap', ...startTls },
  ),
  tcp('pop3 with STLS', 110, join('STLS\r\n', HELLO_RECORD), join('+OK ready\r\n+OK go\r\n', ANSWER_RECORD), {
    app: 'pop3',
    ...startTls,
  }),
  tcp('ftp with AUTH TLS', 21, join('AUTH TLS\r\n', HELLO_RECORD), join('220 ftp\r\n234 go\r\n', ANSWER_RECORD), {
    app: 'ftp',
    ...startTls,
  }),
  tcp(
    'xmpp with TLS',
    5222,
    join("<?xml version='1.0'?><stream:stream to='xmpp.example' xmlns='jabber:client'><starttls/>\n", HELLO_RECORD),
    join("<stream:stream from='x' id='1'><proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", ANSWER_RECORD),
    {
      app: 'xmpp',
      appConfidence: 3,
      ...startTls,
      details: { to: 'xmpp.example', tls: true },
    },
  ),
  tcp('postgresql with TLS', 5432, join(hex('00000008 04d2162f'), HELLO_RECORD), join('S', ANSWER_RECORD), {
    app: 'postgresql',
    ...startTls,
  }),
  tcp(
    'mysql with TLS',
    3306,
    join(hex('200000 01 0008 0000 00000001 21'), zeros(23), HELLO_RECORD),
    join(hex('23000000 0a'), '8.0.1\0', zeros(28), ANSWER_RECORD),
    { app: 'mysql', ...startTls, details: { version: '8.0.1', ssl: true, tls: true } },
  ),
  tcp(
    'ldap with StartTLS',
    389,
    join(hex('301d 020101 7718 8016'), '1.3.6.1.4.1.1466.20037', HELLO_RECORD),
    join(hex('300c 020101 7807 0a0100 0400 0400'), ANSWER_RECORD),
    { app: 'ldap', ...startTls },
  ),
  tcp(
    'rdp with TLS',
    3389,
    join(hex('0300 0013 0e e0 0000 0000 00 01 00 0800 03000000'), HELLO_RECORD),
    join(hex('0300 0013 0e d0 0000 1234 00 02 00 0800 02000000'), ANSWER_RECORD),
    {
      app: 'rdp',
      appConfidence: 3,
      ...startTls,
      details: { requestedProtocols: 3, chosenProtocol: 2, tls: true },
    },
  ),
  tcp(
    'http CONNECT with TLS inside',
    3128,
    join('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n', HELLO_RECORD),
    join('HTTP/1.1 200 OK\r\n\r\n', ANSWER_RECORD),
    {
      app: 'http',
      httpMethod: 'CONNECT',
      httpStatus: 200,
      ...TLS_FIELDS,
      details: { tunnel: 'example.com:443', inner: 'tls' },
    },
  ),
  tcp(
    'socks 5 with TLS inside',
    1080,
    join(hex('05 01 00 05 01 00 03'), vector8('example.com'), u16(443), HELLO_RECORD),
    join(hex('05 00 05 00 00 01 7f000001 1f90'), ANSWER_RECORD),
    {
      app: 'socks',
      appConfidence: 3,
      ...TLS_FIELDS,
      details: { version: 5, method: 0, target: 'example.com:443', inner: 'tls' },
    },
  ),
  tcp(
    'socks 4a',
    1080,
    join(hex('04 01 0050 00000001'), 'me\0host.example\0', 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n'),
    join(hex('00 5a 0000 00000000'), 'HTTP/1.1 204 No Content\r\n\r\n'),
    {
      app: 'socks',
      serverName: 'a.example',
      httpStatus: 204,
      details: { version: 4, target: 'host.example:80', inner: 'http' },
    },
  ),
  udp(
    'wireguard',
    51820,
    concat(hex('01000000 11223344'), zeros(140)),
    concat(hex('02000000 55667788 11223344'), zeros(80)),
    {
      app: 'wireguard',
      appConfidence: 3,
      details: { type: 1 },
    },
  ),
  udp(
    'openvpn',
    1194,
    hex('38 0102030405060708 00 00000000'),
    hex('40 1112131415161718 01 00000000 0102030405060708 00000000'),
    {
      app: 'openvpn',
      appConfidence: 3,
      details: { opcode: 7 },
    },
  ),
  udp(
    'ipsec',
    [500, 500],
    join(8, zeros(8), hex('21 20 22 08 00000000 0000001c')),
    join(8, 8, hex('21 20 22 20 00000000 0000001c')),
    {
      app: 'ipsec',
      appConfidence: 3,
      details: { version: '2.0', exchange: 34 },
    },
  ),
  udp('ipsec nat-t', [4500, 4500], join(zeros(4), 8, zeros(8), hex('21 20 22 08 00000000 0000001c')), NOTHING, {
    app: 'ipsec',
    appConfidence: 2,
  }),
  udp('l2tp', [1701, 1701], hex('c802 000c 0000 0000 0000 0000'), hex('c802 000c 0001 0000 0000 0001'), {
    app: 'l2tp',
    details: { version: 2 },
  }),
];
