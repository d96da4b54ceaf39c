/** Recognisers of streams, strongest first. */

import { recogniseBittorrent } from './bittorrent.ts';
import { recogniseIrc, recogniseNntp, recogniseXmpp } from './chat.ts';
import { recogniseMssql, recogniseMysql, recognisePostgresql } from './databases.ts';
import { recogniseKerberos, recogniseLdap } from './directory.ts';
import { recogniseDnsTcp } from './dns/dns.ts';
import { recogniseFtp } from './ftp.ts';
import { recogniseHttp } from './http/http1.ts';
import { recogniseHttp2 } from './http/http2.ts';
import { recogniseDnp3, recogniseEthernetIp, recogniseIec104, recogniseModbus, recogniseOpcua } from './industrial.ts';
import { recogniseImap, recognisePop3, recogniseSmtp } from './mail.ts';
import { recogniseMqtt } from './mqtt.ts';
import { recogniseRtsp, recogniseSip } from './sip.ts';
import { recogniseSmb } from './smb.ts';
import { recogniseSocks } from './socks.ts';
import { recogniseSsh } from './ssh.ts';
import { recogniseMemcached, recogniseMongodb, recogniseRedis } from './stores.ts';
import { recogniseStun } from './stun.ts';
import { recogniseTls } from './tls/tls.ts';
import { recogniseRdp, recogniseS7 } from './tpkt.ts';
import { recogniseOpenvpn } from './vpn.ts';
import {
  entry,
  oneOf,
  below,
  isPlain,
  LETTER,
  DIGIT,
  DNS_FLAGS,
  DNS_COUNTS,
  STUN,
  KERBEROS,
  DER_LENGTH,
  DNP3,
  LONG_HEADER,
  ANY_EIGHT,
  OPENVPN,
  ENCAPSULATION,
  IRC,
  MEMCACHED,
  derStarts,
  isEven,
  START_LINE,
  type Recogniser,
} from './recogniser.ts';

export const TCP_RECOGNISERS: readonly Recogniser[] = [
  entry(
    'tls',
    1,
    [443],
    recogniseTls,
    [[0x14, 0x18], 3, below(5), below(0x42)],
    [LONG_HEADER, null, 1, below(4), below(5)],
  ),
  entry('http2', 1, [80], recogniseHttp2, ['PRI * HTTP/2.0\r\n'], [0, null, null, 4, below(2), 0, 0, 0, 0]),
  // A server may send lines of any kind first. So text of any protocol is kept.
  entry(
    'ssh',
    1,
    [22],
    recogniseSsh,
    ['SSH-'],
    Array.from({ length: 10 }, () => isPlain),
  ),
  entry('bittorrent', 1, [6881], recogniseBittorrent, ['\x13BitTorrent pr']),
  entry(
    'mqtt',
    1,
    [1883],
    recogniseMqtt,
    [0x10, below(0x80), 0, [4, 6], 'MQ'],
    [0x10, [0x80, 0xff], below(0x80), 0, [4, 6], 'MQ'],
    [0x10, [0x80, 0xff], [0x80, 0xff], below(0x80), 0, [4, 6], 'MQ'],
    [0x10, [0x80, 0xff], [0x80, 0xff], [0x80, 0xff], null, 0, [4, 6], 'MQ'],
    [0x20, [2, 0x7f], below(2)],
  ),
  entry('rdp', 1, [3389], recogniseRdp, [3, 0, null, null, null, [0xd0, 0xff]]),
  entry('s7', 1, [102], recogniseS7, [3, 0, null, null, null, [0xd0, 0xff]]),
  entry('smb', 1, [139, 445], recogniseSmb, [0, null, null, null, [0xfd, 0xff], 'SMB'], [0x81, below(2)]),
  entry('dnp3', 1, [20_000], recogniseDnp3, DNP3),
  entry('opcua', 1, [4840], recogniseOpcua, [
    oneOf('HAOER'),
    oneOf('ECPRH'),
    oneOf('LKNRE'),
    'F',
    null,
    null,
    below(17),
    0,
  ]),
  entry(
    'postgresql',
    1,
    [5432],
    recognisePostgresql,
    [0, 0, below(0x28), null, 0, 3, 0, below(3)],
    [0, 0, below(2), null, 4, 0xd2, 0x16, [0x2e, 0x30]],
    [oneOf('SNG'), 0x16, 3],
    [oneOf('RE'), 0, 0],
  ),
  entry('mysql', 1, [3306], recogniseMysql, [null, null, null, 0, 10, DIGIT], [null, null, below(2), 1]),
  entry('stun rtp', 1, [3478], recogniseStun, STUN),
  entry('socks', 2, [1080], recogniseSocks, [5, (byte) => byte <= 16 || byte === 0xff], [4, [1, 2]], [0, [0x5a, 0x5d]]),
  entry('dns', 2, [53], recogniseDnsTcp, [null, null, null, null, ...DNS_FLAGS, ...DNS_COUNTS]),
  entry('kerberos', 2, [88], recogniseKerberos, [0, null, null, null, KERBEROS, DER_LENGTH]),
  entry('ldap', 2, [389], recogniseLdap, ...derStarts(0x30, [2, [1, 4]])),
  entry('modbus', 2, [502], recogniseModbus, [null, null, 0, 0, 0, [2, 254], null, [1, 255]]),
  entry('iec104', 2, [2404], recogniseIec104, ['h', 4, null, 0, isEven], ['h', [10, 253], isEven, null, isEven]),
  entry('ethernet-ip', 2, [44_818], recogniseEthernetIp, ENCAPSULATION),
  entry('mongodb', 2, [27_017], recogniseMongodb, [
    null,
    null,
    null,
    below(3),
    ...ANY_EIGHT,
    oneOf([1, 0xd4, 0xdc, 0xdd]),
    below(8),
    0,
    0,
  ]),
  entry('mssql', 2, [1433], recogniseMssql, [
    oneOf([0x04, 0x10, 0x12]),
    below(2),
    below(0x80),
    null,
    null,
    null,
    null,
    0,
  ]),
  entry('openvpn', 2, [1194], recogniseOpenvpn, [below(6), null, OPENVPN]),
  entry(
    'memcached',
    3,
    [11_211],
    recogniseMemcached,
    MEMCACHED,
    ['m', oneOf('gsdane'), oneOf(' \r\n')],
    [[0x80, 0x81], below(0x49), null, null, null, 0],
  ),
  entry('redis', 3, [6379], recogniseRedis, ['*', DIGIT]),
  entry('http websocket', 3, [80, 8080], recogniseHttp, START_LINE, ['\r\n', ...START_LINE]),
  entry('rtsp', 3, [554], recogniseRtsp, START_LINE),
  entry('sip', 3, [5060], recogniseSip, START_LINE),
  entry(
    'smtp',
    3,
    [25, 587],
    recogniseSmtp,
    [oneOf('245'), DIGIT, DIGIT],
    [oneOf('EHLehl'), oneOf('EHeh'), oneOf('Ll'), oneOf('Oo')],
  ),
  entry('ftp', 3, [21], recogniseFtp, ['220'], { bytes: [LETTER, LETTER, LETTER, LETTER], ports: [21] }),
  entry('pop3', 3, [110], recognisePop3, ['+OK']),
  entry('imap', 3, [143], recogniseImap, ['* ', oneOf('OPBopb')]),
  entry('irc', 3, [6667], recogniseIrc, IRC),
  entry('nntp', 3, [119], recogniseNntp, ['20', oneOf('01'), ' ']),
  entry('xmpp', 3, [5222], recogniseXmpp, ['<', oneOf('s?'), oneOf('tx')]),
];
