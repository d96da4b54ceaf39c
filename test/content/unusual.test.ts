/** Legal conversations that few programs have: small letters, rare commands, other orders, other versions. */
import { describe, expect, it } from 'vitest';
import { identify } from '../../src/content/index.ts';
import { nodeCrypto } from '../../src/content/node_crypto.ts';
import { concat, u16, u32, u8, zeros, type Payload } from '../builders/bytes.ts';
import { hex, join, NOTHING, payloadOf, tcp, udp, type Sample } from './messages/sample.ts';
import { cryptoFrame, initial } from './messages/quic.ts';
import { ANSWER_13, HELLO } from './messages/secure.ts';
import { records } from './messages/tls.ts';

/** A port that names no protocol. */
const PORT = 40_000;

const identityOf = (sample: Sample) => identify(payloadOf(sample), nodeCrypto, { portGuess: false });

const SEARCH = join(hex('302502010163200400 0a0100 0a0100 020100 020100 010100 870b'), 'objectclass', hex('3000'));
const PG_SSL = hex('00000008 04d2162f');
const PG_GSS = hex('00000008 04d21630');
const FRAME = hex('0001 0000 0001 0000');

const LINES: readonly (readonly [app: string, client: string, server: string])[] = [
  ['imap', '1 login a b\r\n', '* ok ready\r\n'],
  ['imap', 'A1 NAMESPACE\r\n', '* PREAUTH IMAP4rev1\r\n'],
  ['imap', '. UID FETCH 1 (FLAGS)\r\n', '* PREAUTH x\r\n'],
  ['pop3', 'UTF8\r\n', '+OK ready\r\n'],
  ['pop3', 'LANG *\r\n', '+OK ready\r\n'],
  ['ftp', 'QUIT\r\n', '220 FTP server ready\r\n221 bye\r\n'],
  ['redis', '*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\nx\r\n', '>3\r\n$9\r\nsubscribe\r\n'],
  ['redis', '*2\r\n$3\r\nGET\r\n$1\r\nx\r\n', ',1.5\r\n'],
  ['redis', '*1\r\n$7\r\nCOMMAND\r\n', '#t\r\n'],
  ['memcached', 'gat 10 a\r\n', 'END\r\n'],
  ['memcached', 'cas a 0 0 1 5\r\nx\r\n', 'EXISTS\r\n'],
  ['memcached', 'touch a 10\r\n', 'TOUCHED\r\n'],
  ['memcached', 'incr a 1\r\n', '7\r\n'],
  ['memcached', 'flush_all\r\n', 'OK\r\n'],
  ['memcached', 'append a 0 0 1\r\nx\r\n', 'NOT_STORED\r\n'],
  ['memcached', 'mn\r\n', 'MN\r\n'],
  ['memcached', 'set a b c d\r\n', 'CLIENT_ERROR bad command line format\r\n'],
  ['http', 'PURGE /x HTTP/1.1\r\nHost: a.example\r\n\r\n', ''],
  ['http', 'BASELINE-CONTROL /x HTTP/1.1\r\nHost: a.example\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n'],
];

describe('streams of lines', () => {
  it.each(LINES)('of %s: %j, %j', (app, client, server) => {
    expect(identityOf(tcp('lines', PORT, client, server, {}))).toMatchObject({ app });
  });

  it.each([
    ['memcached', 'incr a 1\r\n', 'EHLO\r\n'],
    ['memcached', 'getting a\r\n', ''],
    ['redis', '*1\r\n$4\r\nPING\r\n', '<html>\r\n'],
    ['ftp', 'QUIT\r\n', '220 mail.example ESMTP\r\n'],
    ['imap', '1 login a b\r\n', '* okay\r\n'],
    ['http', 'GET /x HTP/1.1\r\nHost: a.example\r\n\r\n', ''],
  ])('are not of %s: %j, %j', (app, client, server) => {
    expect(identityOf(tcp('lines', PORT, client, server, {})).app).not.toBe(app);
  });

  it('have the method of the request as it is', () => {
    const request = 'MKCALENDAR /c HTTP/1.1\r\nHost: a.example\r\n\r\n';
    const known = identityOf(tcp('method', PORT, request, 'HTTP/1.1 201 Created\r\n\r\n', {}));
    expect(known).toMatchObject({ app: 'http', httpMethod: 'MKCALENDAR', httpStatus: 201, serverName: 'a.example' });
  });

  it('may have an empty line before the request (RFC 9112 §2.2)', () => {
    const request = '\r\nGET /a HTTP/1.1\r\nHost: a.example\r\n\r\n';
    expect(identityOf(tcp('empty line', PORT, request, NOTHING, {}))).toMatchObject({ app: 'http', httpPath: '/a' });
  });
});

describe('PostgreSQL', () => {
  const startup = (version: Uint8Array): Uint8Array =>
    concat(u32(8 + 12), version, join('database', u8(0), 'd', u8(0), u8(0)));

  it('has minor versions', () => {
    const answer = hex('52 00000008 00000000');
    for (const minor of ['0000', '0002']) {
      const client = startup(hex(`0003${minor}`));
      expect(identityOf(tcp('version', PORT, client, answer, {}))).toMatchObject({ app: 'postgresql' });
    }
    expect(identityOf(tcp('version', PORT, startup(hex('00030009')), answer, {})).app).toBeNull();
  });

  it('goes over to TLS after encryption by GSSAPI was refused', () => {
    const client = join(PG_GSS, PG_SSL, records(HELLO));
    expect(identityOf(tcp('both', PORT, client, join('NS', records(ANSWER_13)), {}))).toMatchObject({
      app: 'postgresql',
      serverName: 'example.com',
      tlsVersion: '0304',
      details: { ssl: true, tls: true },
    });
    // Asked for again and again it is no conversation to be followed.
    const often = join(PG_SSL, PG_SSL, PG_SSL, records(HELLO));
    expect(identityOf(tcp('often', PORT, often, 'N', {})).serverName).toBeNull();
  });
});

describe('datagrams', () => {
  it.each([
    ['ldap', 389, SEARCH, NOTHING],
    ['memcached', 11_211, join(FRAME, 'stats\r\n'), join(FRAME, 'STAT pid 1\r\n')],
  ] as const)('of %s on its port only', (app, port, client, server) => {
    expect(identityOf(udp('port', port, client, server, {}))).toMatchObject({ app });
    expect(identityOf(udp('port', PORT, client, server, {})).app).toBeNull();
  });

  const rtp = (sequence: number, ssrc = 7): Uint8Array =>
    concat(hex('80 00'), u16(sequence), u32(sequence * 160), u32(ssrc), zeros(160));

  it.each([
    ['in another order', [1, 3, 2, 4]],
    ['twice', [1, 1, 2, 2, 3, 3]],
    ['around zero', [65_535, 1, 0, 2]],
  ])('of RTP come %s', (_, sequence) => {
    const packets: Payload[] = sequence.map((number) => rtp(number));
    expect(identityOf(udp('rtp', PORT, packets, [], {}))).toMatchObject({ app: 'rtp' });
  });

  it('are no RTP without a third number', () => {
    for (const sequence of [
      [1, 2, 1, 2, 1, 2],
      [1, 1, 1, 1],
      [3, 2, 1],
      [1, 9, 17, 25],
    ])
      expect(
        identityOf(
          udp(
            'rtp',
            PORT,
            sequence.map((number) => rtp(number)),
            [],
            {},
          ),
        ).app,
      ).toBeNull();
  });
});

describe('QUIC', () => {
  const keyId = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const own = Uint8Array.of(9, 9, 9, 9);
  const first = initial({ keyId, source: own, frames: cryptoFrame(HELLO), size: 1162 });

  it('begins again after a version that the server does not know', () => {
    const unknown = concat(hex('c3 1a2a3a4a 08'), keyId, u8(4), own, zeros(1182));
    const versions = concat(hex('80 00000000 04'), own, u8(8), keyId, u32(1));
    expect(identityOf(udp('versions', PORT, [unknown, first], versions, {}))).toMatchObject({
      app: 'quic',
      quicVersion: '00000001',
      serverName: 'example.com',
    });
    expect(identityOf(udp('versions', PORT, unknown, versions, {}))).toMatchObject({
      app: 'quic',
      quicVersion: '1a2a3a4a',
      serverName: null,
    });
  });

  it('may be answered in another version (RFC 9368)', () => {
    const answer = initial({
      version: 0x6b3343cf,
      sender: 'server',
      keyId,
      destination: own,
      source: Uint8Array.of(5, 5, 5, 5),
      frames: cryptoFrame(ANSWER_13),
      size: 600,
    });
    expect(identityOf(udp('other version', PORT, first, answer, {}))).toMatchObject({
      serverName: 'example.com',
      tlsVersion: '0304',
    });
  });
});
