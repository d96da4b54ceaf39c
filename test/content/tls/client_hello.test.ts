import { describe, expect, it } from 'vitest';
import { u16, u8, zeros } from '../../builders/bytes.ts';
import { parseClientHello } from '../../../src/content/tls/client_hello.ts';
import { ja3Text, ja4 } from '../../../src/content/tls/fingerprint.ts';
import { isGrease } from '../../../src/content/tls/grease.ts';
import { nodeCrypto } from '../../../src/content/node_crypto.ts';
import { join, vector16, vector8 } from '../messages/sample.ts';
import {
  alpn,
  clientHelloBody,
  extension,
  groups,
  pointFormats,
  serverName,
  signatures,
  supportedVersions,
  type HelloFields,
} from '../messages/tls.ts';

const parse = (fields: HelloFields, dtls = false) => {
  const body = clientHelloBody(fields);
  return parseClientHello(body, body.length, dtls);
};

describe('a ClientHello', () => {
  it('is read field by field', () => {
    const extensions = [
      serverName('A.example'),
      groups(29, 23),
      pointFormats(0, 1),
      signatures(0x0403),
      alpn('h2'),
      supportedVersions(0x0304),
      extension(65037, 3),
    ];
    expect(parse({ version: 0x0302, ciphers: [1, 2], session: 32, extensions })).toEqual({
      version: 0x0302,
      ciphers: [1, 2],
      extensions: [0, 10, 11, 13, 16, 43, 65037],
      groups: [29, 23],
      pointFormats: [0, 1],
      signatureAlgorithms: [0x0403],
      supportedVersions: [0x0304],
      alpn: [new TextEncoder().encode('h2')],
      serverName: 'a.example',
      ech: true,
      whole: true,
      malformed: false,
    });
  });

  it('has a cookie in DTLS', () => {
    expect(parse({ cookie: zeros(20), ciphers: [7] }, true)).toMatchObject({ ciphers: [7], whole: true });
  });

  it('needs no extensions', () => {
    expect(parse({ ciphers: [4] })).toMatchObject({ ciphers: [4], extensions: [], whole: true, malformed: false });
  });

  it('keeps what came before a broken length, and is malformed', () => {
    const broken = parse({ extensions: [serverName('a'), join(u16(10), vector16(u16(9), u16(29))), alpn('h2')] });
    expect(broken).toMatchObject({ serverName: 'a', groups: [], alpn: [], whole: false, malformed: true });
  });

  it.each([
    ['a session id of 33 bytes', { session: 33 }],
    ['an odd list of ciphers', { raw: join(u16(0x0303), 32, vector8(0), vector16(u8(1)), vector8(u8(0))) }],
    ['no compression', { raw: join(u16(0x0303), 32, vector8(0), vector16(u16(1)), vector8()) }],
    ['bytes behind the extensions', { raw: join(clientHelloBody({ extensions: [] }), u8(0)) }],
    ['an extension that is too long', { raw: join(clientHelloBody({}), vector16(u16(0), u16(9), 4)) }],
  ])('is malformed with %s', (_, fields: HelloFields & { raw?: Uint8Array }) => {
    const body = fields.raw ?? clientHelloBody(fields);
    expect(parseClientHello(body, body.length)).toMatchObject({ whole: false, malformed: true });
  });

  it('is not whole, but not malformed, when the prefix ends in it', () => {
    const body = clientHelloBody({ extensions: [serverName('a.example'), alpn('h2')] });
    for (let size = 0; size < body.length; size++)
      expect(parseClientHello(body.subarray(0, size), body.length)).toMatchObject({ whole: false, malformed: false });
  });

  it('counts the first of two equal extensions, and lists both in fingerprints', () => {
    const hello = parse({ extensions: [serverName('first'), serverName('second')] });
    expect(hello.serverName).toBe('first');
    expect(ja3Text(hello)).toBe('771,4865-49199,0-0,,');
  });

  it('takes the first name of kind host_name', () => {
    const list = extension(0, vector16(u8(9), vector16('other'), u8(0), vector16('name'), u8(0), vector16('late')));
    expect(parse({ extensions: [list] }).serverName).toBe('name');
  });
});

describe('fingerprints', () => {
  const ja4Of = (fields: HelloFields) => ja4(parse(fields), 't', nodeCrypto).slice(0, 10);

  it('know the 16 values of GREASE', () => {
    const values = Array.from({ length: 0x10000 }, (_, n) => n).filter(isGrease);
    expect(values.map((value) => value.toString(16))).toEqual(
      [...'0123456789abcdef'].map((digit) => `${digit}a${digit}a`.replace(/^0/, '')),
    );
  });

  it('have no GREASE in them', () => {
    const hello = parse({
      ciphers: [0x0a0a, 5],
      extensions: [extension(0xfafa), groups(0x1a1a, 29), extension(21, 4)],
    });
    expect(ja3Text(hello)).toBe('771,5,10-21,29,');
  });

  it.each([
    [0x0303, [] as number[], 't12i0200'],
    [0x0303, [0x0a0a, 0x0303, 0x0304], 't13i0201'],
    [0x0300, [], 'ts3i0200'],
    [0x0200, [], 'ts2i0200'],
    [0x7f1c, [], 't00i0200'],
  ])('show version %i with %j', (version, offered, start) => {
    const extensions = offered.length === 0 ? {} : { extensions: [supportedVersions(...offered)] };
    expect(ja4Of({ version, ...extensions }).slice(0, 8)).toBe(start);
  });

  it('take the newest version of DTLS, which has the smallest number', () => {
    const body = clientHelloBody({
      version: 0xfefd,
      cookie: zeros(0),
      extensions: [supportedVersions(0xfefd, 0xfefc)],
    });
    expect(ja4(parseClientHello(body, body.length, true), 'd', nodeCrypto).slice(0, 3)).toBe('dd3');
  });

  it.each([
    ['h2', 'h2'],
    ['http/1.1', 'h1'],
    ['x', 'x0'],
    ['\u00e9', '99'],
  ])('show the first and last letter of %s', (name, letters) => {
    expect(ja4Of({ extensions: [alpn(name)] }).slice(8)).toBe(letters);
  });

  it('count to 99', () => {
    expect(ja4Of({ ciphers: Array.from({ length: 120 }, (_, n) => n + 1) })).toBe('t12i990000');
  });

  it('are zeros for no ciphers and for no extensions', () => {
    expect(ja4(parse({ ciphers: [] }), 't', nodeCrypto)).toBe('t12i000000_000000000000_000000000000');
  });
});
