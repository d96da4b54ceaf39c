/**
 * TLS records (RFC 8446 §5.1) and DTLS records (RFC 6347 §4.1, §4.2) to handshake messages. Bounded: the bytes of the
 * prefix are read once; fragments of DTLS messages are put together by offset, first bytes win.
 */

import { Reader, uintAt } from '../bytes.ts';
import { Fragments } from '../fragments.ts';

/** One handshake message; `body` is shorter than `size` when the prefix ends inside it. */
export interface HandshakeMessage {
  readonly type: number;
  readonly size: number;
  readonly body: Uint8Array;
  /** A ChangeCipherSpec came before it: below TLS 1.3 the content is encrypted. */
  readonly afterCipherChange: boolean;
}

export const CLIENT_HELLO = 1;
export const SERVER_HELLO = 2;
export const CERTIFICATE = 11;

const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;

/** 2^14 bytes of content and 256 of expansion. */
export const RECORD_MAX = 16_640;
const HEADER_SIZE = 5;
const MESSAGE_HEADER_SIZE = 4;
const MESSAGES_MAX = 8;

/**
 * The first handshake messages of a stream that starts with a TLS record. Records of other types end it, but for
 * warnings.
 */
export function handshakeMessages(stream: Uint8Array): HandshakeMessage[] {
  const { joined, cipherChangeAt } = joinRecords(stream);
  const messages: HandshakeMessage[] = [];
  for (let at = 0; at + MESSAGE_HEADER_SIZE <= joined.length && messages.length < MESSAGES_MAX; ) {
    const size = uintAt(joined, at + 1, 3);
    const body = joined.subarray(at + MESSAGE_HEADER_SIZE, at + MESSAGE_HEADER_SIZE + size);
    messages.push({ type: joined[at] ?? 0, size, body, afterCipherChange: at >= cipherChangeAt });
    at += MESSAGE_HEADER_SIZE + size;
  }
  return messages;
}

/** A record with an alert of level warning, as servers send before their hello when they do not know the name. */
export const isWarning = (stream: Uint8Array, at: number): boolean =>
  stream[at] === ALERT && stream[at + 1] === 3 && uintAt(stream, at + 3, 2) === 2 && stream[at + 5] === 1;

export const WARNING_SIZE = HEADER_SIZE + 2;

function joinRecords(stream: Uint8Array): { joined: Uint8Array; cipherChangeAt: number } {
  const joined = new Uint8Array(stream.length);
  let size = 0;
  let cipherChangeAt = Infinity;
  for (let at = 0; at + HEADER_SIZE <= stream.length; ) {
    const type = stream[at];
    const length = uintAt(stream, at + 3, 2);
    if (length > RECORD_MAX || stream[at + 1] !== 3) break;
    const content = stream.subarray(at + HEADER_SIZE, at + HEADER_SIZE + length);
    if (type === HANDSHAKE) {
      joined.set(content, size);
      size += content.length;
    } else if (type === CHANGE_CIPHER_SPEC) cipherChangeAt = Math.min(cipherChangeAt, size);
    else if (!isWarning(stream, at)) break;
    at += HEADER_SIZE + length;
  }
  return { joined: joined.subarray(0, size), cipherChangeAt };
}

/** fefd is DTLS 1.2, feff 1.0, fefc 1.3, 0100 OpenSSL's version before the standard. */
export const isDtlsVersion = (version: number): boolean =>
  version === 0xfeff || version === 0xfefd || version === 0xfefc || version === 0x0100;

const DTLS_HEADER_SIZE = 13;
const RECORDS_MAX = 32;
/** Larger messages are not put together. Bytes. */
const DTLS_MESSAGE_MAX = 16_384;

/** The handshake messages of epoch 0 in some datagrams, in the order of their sequence numbers. */
export function dtlsMessages(datagrams: readonly Uint8Array[]): HandshakeMessage[] {
  const parts = new Map<number, { type: number; size: number; fragments: Fragments }>();
  for (const datagram of datagrams) {
    const reader = new Reader(datagram);
    for (let n = 0; n < RECORDS_MAX && reader.left >= DTLS_HEADER_SIZE; n++) {
      const type = reader.u8();
      const version = reader.u16();
      const epoch = reader.u16();
      reader.skip(6);
      const content = reader.nested(reader.u16());
      if (!isDtlsVersion(version) || type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA) break;
      if (type === HANDSHAKE && epoch === 0) addDtlsFragments(content, parts);
    }
  }
  return [...parts.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, { type, size, fragments }]) => ({ type, size, body: fragments.contiguous(), afterCipherChange: false }));
}

function addDtlsFragments(
  record: Reader,
  parts: Map<number, { type: number; size: number; fragments: Fragments }>,
): void {
  while (record.left >= 12) {
    const type = record.u8();
    const size = record.u24();
    const sequence = record.u16();
    const offset = record.u24();
    const length = record.u24();
    const bytes = record.take(Math.min(length, record.left));
    if (size > DTLS_MESSAGE_MAX || offset + length > size) return;
    let part = parts.get(sequence);
    if (part === undefined) {
      if (parts.size >= MESSAGES_MAX) return;
      parts.set(sequence, (part = { type, size, fragments: new Fragments(size) }));
    }
    if (part.type === type && part.size === size) part.fragments.add(offset, bytes);
  }
}
