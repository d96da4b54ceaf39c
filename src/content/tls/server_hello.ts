/** ServerHello and HelloRetryRequest: RFC 8446 §4.1.3 and §4.1.4, RFC 5246 §7.4.1.3. */

import { equalBytes, Reader } from '../bytes.ts';
import { readAlpn } from './client_hello.ts';

export interface ServerHello {
  /** The legacy version field. */
  readonly version: number;
  /** Version chosen: extension supported_versions, else the legacy field. */
  readonly chosenVersion: number;
  readonly cipher: number;
  /** Types of the extensions in the order sent. */
  readonly extensions: readonly number[];
  readonly alpn: Uint8Array | undefined;
  /** It asks for another ClientHello: the server's choice is in the next ServerHello. */
  readonly retry: boolean;
  readonly whole: boolean;
  readonly malformed: boolean;
}

/** SHA-256 of "HelloRetryRequest", the random of such a message. */
const RETRY_RANDOM = new Uint8Array([
  0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
  0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
]);
const ALPN = 16;
const SUPPORTED_VERSIONS = 43;

/** Undefined when version, random and cipher are not all there. @param size length by the message header, bytes */
export function parseServerHello(body: Uint8Array, size: number): ServerHello | undefined {
  const cut = body.length < size;
  const reader = new Reader(body, 0, Math.min(size, body.length));
  const version = reader.u16();
  const random = reader.take(32);
  const session = reader.vector(1);
  const tooLong = session.end - session.at > 32;
  const cipher = reader.u16();
  reader.skip(1);
  if (reader.short || tooLong) return undefined;

  const extensions: number[] = [];
  const alpn: Uint8Array[] = [];
  let chosenVersion = version;
  let sound = true;
  if (reader.left > 0) {
    const list = reader.vector(2);
    const seen = new Set<number>();
    while (list.left > 0) {
      const type = list.u16();
      const content = list.vector(2);
      if (list.short) break;
      extensions.push(type);
      if (seen.has(type)) continue;
      seen.add(type);
      if (type === SUPPORTED_VERSIONS && content.left === 2) chosenVersion = content.u16();
      if (type === ALPN) readAlpn(content, alpn);
      if (content.short) sound = false;
    }
    sound = sound && !list.short && reader.left === 0;
  }
  return {
    version,
    chosenVersion,
    cipher,
    extensions,
    alpn: alpn[0],
    retry: equalBytes(random, RETRY_RANDOM),
    whole: sound && !cut,
    malformed: !sound && !cut,
  };
}
