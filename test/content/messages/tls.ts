/** Hellos and certificates from their fields: the other half of `src/content/tls`, and shares no code with it. */

import { concat, u16, u24, u32, u8, zeros, type Payload } from '../../builders/bytes.ts';
import { der, hex, join, vector16, vector8 } from './sample.ts';

export const extension = (type: number, ...content: readonly Payload[]): Uint8Array =>
  concat(u16(type), vector16(...content));

export const serverName = (name: string): Uint8Array => extension(0, vector16(u8(0), vector16(name)));
export const groups = (...values: readonly number[]): Uint8Array => extension(10, vector16(...values.map(u16)));
export const pointFormats = (...values: readonly number[]): Uint8Array => extension(11, vector8(...values.map(u8)));
export const signatures = (...values: readonly number[]): Uint8Array => extension(13, vector16(...values.map(u16)));
export const alpn = (...names: readonly string[]): Uint8Array =>
  extension(16, vector16(...names.map((name) => vector8(name))));
export const supportedVersions = (...values: readonly number[]): Uint8Array =>
  extension(43, vector8(...values.map(u16)));

export interface HelloFields {
  readonly version?: number;
  readonly ciphers?: readonly number[];
  /** Undefined: the field is left out, as old clients do. */
  readonly extensions?: readonly Uint8Array[] | undefined;
  readonly session?: number;
  readonly cookie?: Uint8Array;
}

/** Body of a ClientHello; `cookie` makes it one of DTLS. */
export function clientHelloBody({
  version = 0x0303,
  ciphers = [0x1301, 0xc02f],
  extensions,
  session = 0,
  cookie,
}: HelloFields): Uint8Array {
  return join(
    u16(version),
    32,
    vector8(session),
    ...(cookie === undefined ? [] : [vector8(cookie)]),
    vector16(...ciphers.map(u16)),
    vector8(u8(0)),
    ...(extensions === undefined ? [] : [vector16(...extensions)]),
  );
}

export function serverHelloBody({
  version = 0x0303,
  cipher = 0xc02f,
  extensions = [] as readonly Uint8Array[],
  retry = false,
}): Uint8Array {
  const random = retry ? hex('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c') : 32;
  return join(u16(version), random, vector8(0), u16(cipher), u8(0), vector16(...extensions));
}

export const message = (type: number, body: Uint8Array): Uint8Array => concat(u8(type), u24(body.length), body);

/** One record, or several of `pieces` bytes each. */
export function records(content: Uint8Array, pieces = content.length, type = 22): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += pieces) {
    const piece = content.subarray(at, at + pieces);
    parts.push(concat(u8(type), u16(0x0301), u16(piece.length), piece));
  }
  return concat(...parts);
}

export const clientHello = (fields: HelloFields): Uint8Array => message(1, clientHelloBody(fields));
export const serverHello = (fields: Parameters<typeof serverHelloBody>[0]): Uint8Array =>
  message(2, serverHelloBody(fields));

/** One record of DTLS 1.2 with one fragment of a handshake message. */
export function dtlsRecord(type: number, sequence: number, body: Uint8Array, from = 0, to = body.length): Uint8Array {
  const fragment = concat(
    u8(type),
    u24(body.length),
    u16(sequence),
    u24(from),
    u24(to - from),
    body.subarray(from, to),
  );
  return concat(u8(22), u16(0xfefd), u16(0), zeros(6), u16(fragment.length), fragment);
}

const COMMON_NAME = hex('55 04 03');
const SUBJECT_ALT_NAME = hex('55 1d 11');

const name = (text: Payload, tag: number): Uint8Array =>
  der(0x30, der(0x31, der(0x30, der(0x06, COMMON_NAME), der(tag, text))));

/** A certificate with these names; signature and key are not. @param tag of the subject's string: 0x0c is UTF8String */
export function certificateDer(subject: Payload, names: readonly string[], tag = 0x0c): Uint8Array {
  const alternative = der(0x30, ...names.map((text) => der(0x82, text)));
  const extensions = der(0x30, der(0x30, der(0x06, SUBJECT_ALT_NAME), der(0x01, u8(255)), der(0x04, alternative)));
  const tbs = der(
    0x30,
    der(0xa0, der(0x02, u8(2))),
    der(0x02, u32(7)),
    der(0x30, der(0x06, hex('2a 86 48'))),
    name('issuer', 0x13),
    der(0x30, der(0x17, '260101000000Z'), der(0x17, '270101000000Z')),
    name(subject, tag),
    der(0x30, der(0x30, der(0x06, hex('2a 86 48'))), der(0x03, 20)),
    der(0xa3, extensions),
  );
  return der(0x30, tbs, der(0x30, der(0x06, hex('2a 86 48'))), der(0x03, 16));
}

/** Certificate message below TLS 1.3. */
export function certificate(...certificates: readonly Uint8Array[]): Uint8Array {
  const list = concat(...certificates.map((one) => concat(u24(one.length), one)));
  return message(11, concat(u24(list.length), list));
}
