/** ClientHello: RFC 8446 §4.1.2, RFC 5246 §7.4.1.2; with a cookie in DTLS (RFC 6347 §4.2.1). */

import { Reader } from '../bytes.ts';
import { NAME_MAX, textOf } from '../text.ts';

export interface ClientHello {
  /** The legacy version field. */
  readonly version: number;
  readonly ciphers: readonly number[];
  /** Types of the extensions in the order sent, GREASE and duplicates included. */
  readonly extensions: readonly number[];
  readonly groups: readonly number[];
  readonly pointFormats: readonly number[];
  readonly signatureAlgorithms: readonly number[];
  readonly supportedVersions: readonly number[];
  /** Application protocols offered, as bytes. */
  readonly alpn: readonly Uint8Array[];
  /** First name of type host_name in the extension server_name, lower case. */
  readonly serverName: string | undefined;
  /** Encrypted ClientHello was offered: the server name is then the outer one. */
  readonly ech: boolean;
  /** Seen to its end without a broken rule: only then a fingerprint means something. */
  readonly whole: boolean;
  readonly malformed: boolean;
}

const SERVER_NAME = 0;
const GROUPS = 10;
const POINT_FORMATS = 11;
const SIGNATURE_ALGORITHMS = 13;
const ALPN = 16;
const SUPPORTED_VERSIONS = 43;
const ECH = 65_037;

interface Draft {
  version: number;
  ciphers: number[];
  extensions: number[];
  groups: number[];
  pointFormats: number[];
  signatureAlgorithms: number[];
  supportedVersions: number[];
  alpn: Uint8Array[];
  serverName: string | undefined;
  ech: boolean;
  whole: boolean;
  malformed: boolean;
}

/**
 * Reads what there is. The first broken length ends it: what came before is kept.
 * @param body after the message header, perhaps truncated
 * @param size length by the message header, bytes
 */
export function parseClientHello(body: Uint8Array, size: number, dtls = false): ClientHello {
  const hello: Draft = {
    version: 0,
    ciphers: [],
    extensions: [],
    groups: [],
    pointFormats: [],
    signatureAlgorithms: [],
    supportedVersions: [],
    alpn: [],
    serverName: undefined,
    ech: false,
    whole: false,
    malformed: false,
  };
  const cut = body.length < size;
  const sound = readHello(new Reader(body, 0, Math.min(size, body.length)), hello, dtls);
  hello.whole = sound && !cut;
  // A cut message runs short as a broken one does; what is certain is only that it is not whole.
  hello.malformed = !sound && !cut;
  return hello;
}

function readHello(reader: Reader, hello: Draft, dtls: boolean): boolean {
  hello.version = reader.u16();
  reader.skip(32);
  const session = reader.vector(1);
  if (session.end - session.at > 32) return false;
  if (dtls) reader.vector(1);
  const ciphers = reader.vector(2);
  if (reader.short || ciphers.left % 2 !== 0) return false;
  hello.ciphers = numbers(ciphers, 2);
  const compression = reader.vector(1);
  if (reader.short || compression.left === 0) return false;
  if (reader.left === 0) return true;
  const extensions = reader.vector(2);
  const enclosed = !extensions.short && reader.left === 0;
  return readExtensions(extensions, hello) && enclosed;
}

function readExtensions(reader: Reader, hello: Draft): boolean {
  const seen = new Set<number>();
  while (reader.left > 0) {
    const type = reader.u16();
    const content = reader.vector(2);
    if (reader.short) return false;
    hello.extensions.push(type);
    if (seen.has(type)) continue;
    seen.add(type);
    if (!readExtension(type, content, hello)) return false;
  }
  return true;
}

function readExtension(type: number, content: Reader, hello: Draft): boolean {
  switch (type) {
    case SERVER_NAME:
      return readServerName(content, hello);
    case GROUPS:
      return readNumbers(content.vector(2), 2, content, hello.groups);
    case POINT_FORMATS:
      return readNumbers(content.vector(1), 1, content, hello.pointFormats);
    case SIGNATURE_ALGORITHMS:
      return readNumbers(content.vector(2), 2, content, hello.signatureAlgorithms);
    case SUPPORTED_VERSIONS:
      return readNumbers(content.vector(1), 2, content, hello.supportedVersions);
    case ALPN:
      return readAlpn(content, hello.alpn);
    case ECH:
      hello.ech = true;
      return true;
    default:
      return true;
  }
}

function readServerName(content: Reader, hello: Draft): boolean {
  // A server may answer with an empty extension; a client's is a list.
  const list = content.vector(2);
  while (list.left > 0) {
    const type = list.u8();
    const name = list.take(list.u16());
    if (list.short) return false;
    if (type === 0 && hello.serverName === undefined && name.length > 0)
      hello.serverName = textOf(name, NAME_MAX).toLowerCase();
  }
  return !content.short;
}

/** Lists of protocol names: extension 16 of both hellos. Whole names only. */
export function readAlpn(content: Reader, into: Uint8Array[]): boolean {
  const list = content.vector(2);
  while (list.left > 0) {
    const name = list.take(list.u8());
    if (list.short) return false;
    into.push(name);
  }
  return !content.short;
}

function readNumbers(list: Reader, size: 1 | 2, content: Reader, into: number[]): boolean {
  if (content.short || list.left % size !== 0) return false;
  into.push(...numbers(list, size));
  return true;
}

function numbers(list: Reader, size: 1 | 2): number[] {
  const values: number[] = [];
  while (list.left >= size) values.push(size === 1 ? list.u8() : list.u16());
  return values;
}
