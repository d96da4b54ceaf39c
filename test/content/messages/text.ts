/** Samples: protocols of lines. */

import { concat, u16, zeros } from '../../builders/bytes.ts';
import { NOTHING, tcp, udp, type Sample } from './sample.ts';

export const TEXT: readonly Sample[] = [
  tcp(
    'http',
    8080,
    'GET /a/b?q=1 HTTP/1.1\r\nHost: WWW.example.com:8080\r\nUser-Agent: test\r\n  agent\r\nCookie: secret\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\nbody',
    {
      app: 'http',
      appBy: 'handshake',
      appConfidence: 3,
      serverName: 'www.example.com',
      httpMethod: 'GET',
      httpPath: '/a/b',
      httpUserAgent: 'test agent',
      httpStatus: 404,
      httpContentType: 'text/html',
      idBits: [],
    },
  ),
  tcp('http to a proxy', 3128, 'GET http://[2001:db8::1]:81/x HTTP/1.0\r\n\r\n', NOTHING, {
    app: 'http',
    appConfidence: 2,
    serverName: '[2001:db8::1]',
    httpPath: '/x',
  }),
  tcp('http with two hosts', 80, 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', NOTHING, {
    app: 'http',
    serverName: 'a',
    idBits: ['malformed'],
  }),
  tcp('http answers only', 80, NOTHING, 'HTTP/1.0 200 OK\r\nContent-Type: image/gif\r\n\r\n', {
    app: 'http',
    appBy: 'content',
    appConfidence: 2,
    serverName: null,
    httpStatus: 200,
    httpContentType: 'image/gif',
  }),
  tcp(
    'websocket',
    80,
    'GET /chat HTTP/1.1\r\nHost: ws.example\r\nUpgrade: websocket\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n\r\n',
    {
      app: 'websocket',
      appConfidence: 3,
      httpPath: '/chat',
      httpStatus: 101,
      serverName: 'ws.example',
    },
  ),
  tcp(
    'http2',
    80,
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', concat(zeros(3), Uint8Array.of(4, 0, 0, 0, 0, 0))],
    Uint8Array.of(0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100),
    { app: 'http2', appConfidence: 3 },
  ),
  udp('ssdp search', 1900, 'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nST: ssdp:all\r\n\r\n', NOTHING, {
    app: 'ssdp',
    appConfidence: 2,
    httpMethod: 'M-SEARCH',
    details: { target: 'ssdp:all' },
  }),
  udp(
    'ssdp answer',
    [40_000, 50_000],
    NOTHING,
    'HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nUSN: uuid:1\r\nSERVER: x\r\n\r\n',
    {
      app: 'ssdp',
      details: { target: 'upnp:rootdevice', usn: 'uuid:1', server: 'x' },
    },
  ),
  tcp('smtp', 25, 'EHLO me.example\r\nMAIL FROM:<a@b>\r\n', '220 mail.example ESMTP\r\n250 ok\r\n', {
    app: 'smtp',
    appBy: 'handshake',
    appConfidence: 3,
    banner: { client: null, server: '220 mail.example ESMTP' },
    details: { helo: 'me.example' },
  }),
  tcp('smtp greeting', 2525, NOTHING, '220 mail ESMTP ready\r\n', { app: 'smtp', appConfidence: 2 }),
  tcp(
    'ftp',
    2121,
    'USER anonymous\r\nPASS secret\r\nPASV\r\n',
    '220 ready\r\n331 password\r\n227 Entering (10,0,0,1,4,1)\r\n',
    {
      app: 'ftp',
      appConfidence: 3,
      banner: { client: null, server: '220 ready' },
      details: null,
    },
  ),
  tcp('ftp greeting', 2121, NOTHING, '220 FTP server\r\n', { app: 'ftp', appConfidence: 2 }),
  tcp('a greeting that says nothing', 2121, NOTHING, '220 welcome\r\n', { app: null }),
  tcp('pop3', 1110, 'USER me\r\nPASS secret\r\n', '+OK ready\r\n+OK\r\n', {
    app: 'pop3',
    appConfidence: 3,
    details: null,
  }),
  tcp('imap', 1143, 'a1 LOGIN me secret\r\n', '* OK IMAP4rev1\r\n', {
    app: 'imap',
    appConfidence: 3,
    banner: { client: null, server: '* OK IMAP4rev1' },
    details: null,
  }),
  tcp('irc', 6667, 'PASS secret\r\nNICK me\r\nUSER me 0 * :me\r\n', ':irc.example NOTICE * :hello\r\n', {
    app: 'irc',
    appConfidence: 3,
    details: null,
  }),
  tcp('nntp', 1119, 'MODE READER\r\n', '200 news\r\n', {
    app: 'nntp',
    appConfidence: 3,
    banner: { client: null, server: '200 news' },
  }),
  udp(
    'sip',
    5060,
    'INVITE sip:bob@b.example SIP/2.0\r\nFrom: <sip:alice@a.example>;tag=1\r\nUser-Agent: phone\r\n\r\n',
    'SIP/2.0 180 Ringing\r\nFrom: x\r\n\r\n',
    {
      app: 'sip',
      appConfidence: 3,
      details: { method: 'INVITE', status: 180, userAgent: 'phone' },
    },
  ),
  tcp('rtsp', 8554, 'DESCRIBE rtsp://cam/1 RTSP/1.0\r\nUser-Agent: player\r\n\r\n', 'RTSP/1.0 200 OK\r\n\r\n', {
    app: 'rtsp',
    appConfidence: 3,
    details: { method: 'DESCRIBE', path: 'rtsp://cam/1', status: 200, userAgent: 'player' },
  }),
  udp('syslog', 514, '<34>Oct 11 22:14:15 host su: failed', NOTHING, {
    app: 'syslog',
    details: { facility: 4, severity: 2 },
  }),
  tcp('redis', 6379, '*2\r\n$3\r\nGET\r\n$1\r\nk\r\n', '$1\r\nv\r\n', {
    app: 'redis',
    appConfidence: 3,
    details: { command: 'GET' },
  }),
  tcp('memcached', 11_211, 'get k\r\n', 'VALUE k 0 1\r\nv\r\nEND\r\n', {
    app: 'memcached',
    details: { command: 'get' },
  }),
  tcp(
    'memcached binary',
    11_211,
    concat(Uint8Array.of(0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1), zeros(12), Uint8Array.of(0x6b)),
    concat(Uint8Array.of(0x81, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0), zeros(12)),
    { app: 'memcached', details: { command: 0 } },
  ),
  udp('tftp', 69, [concat(u16(1), new TextEncoder().encode('boot.img\0octet\0'))], NOTHING, {
    app: 'tftp',
    details: { opcode: 1, file: 'boot.img', mode: 'octet' },
  }),
];
