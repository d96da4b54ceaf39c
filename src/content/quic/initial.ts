/**
 * Initial packets of QUIC: RFC 9000 §17.2, opened with the keys of RFC 9001 §5 that everybody on the path can derive.
 */

import { copyOf, Reader } from '../bytes.ts';
import { expandLabel, hmacSha256, type ContentCrypto } from '../crypto.ts';
import { quicVersion, type QuicVersion } from './versions.ts';

const CONNECTION_ID_MAX = 20;
const SAMPLE_SIZE = 16;
const TAG_SIZE = 16;

/** A long header of a version that is known, and where the packet ends. */
export interface LongPacket {
  readonly version: number;
  readonly known: QuicVersion;
  readonly initial: boolean;
  readonly destination: Uint8Array;
  /** Where the packet starts, where its packet number starts, where it ends; offsets into the datagram. */
  readonly start: number;
  readonly numberAt: number;
  readonly end: number;
  /** The datagram ends before the packet does, as where a capture cut it: its header is all that can be read. */
  readonly cut: boolean;
}

/** The long header at a place in a datagram; undefined when there is none, or when a length in it does not fit. */
export function longPacketAt(datagram: Uint8Array, start: number): LongPacket | undefined {
  const reader = new Reader(datagram, start);
  const first = reader.u8();
  const version = reader.u32();
  const known = quicVersion(version);
  if ((first & 0xc0) !== 0xc0 || known === undefined) return undefined;
  const destination = reader.take(reader.u8());
  const source = reader.take(reader.u8());
  if (reader.short || destination.length > CONNECTION_ID_MAX || source.length > CONNECTION_ID_MAX) return undefined;
  const type = (first >> 4) & 3;
  const initial = type === known.initialType;
  // A Retry has no length: nothing can follow it.
  if (type === ((known.initialType + 3) & 3)) return undefined;
  if (initial) reader.skip(variableInteger(reader));
  const size = variableInteger(reader);
  if (reader.short) return undefined;
  const place = { start, numberAt: reader.at, end: Math.min(reader.at + size, datagram.length) };
  return { version, known, initial, destination, ...place, cut: size > reader.left };
}

/** A variable-length integer (RFC 9000 §16); beyond 2^53 it is not exact, but larger than anything that fits. */
export function variableInteger(reader: Reader): number {
  const first = reader.u8();
  let value = first & 0x3f;
  for (let n = 1; n < 1 << (first >> 6); n++) value = value * 256 + reader.u8();
  return value;
}

export interface InitialKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly hp: Uint8Array;
}

/** @param connectionId destination of the client's first Initial */
export function initialKeys(
  version: QuicVersion,
  connectionId: Uint8Array,
  sender: 'client' | 'server',
  crypto: ContentCrypto,
): InitialKeys {
  const secret = expandLabel(crypto, hmacSha256(crypto, version.salt, connectionId), `${sender} in`, 32);
  const { labels } = version;
  return {
    key: expandLabel(crypto, secret, labels.key, 16),
    iv: expandLabel(crypto, secret, labels.iv, 12),
    hp: expandLabel(crypto, secret, labels.hp, 16),
  };
}

/** The frames of an Initial packet; undefined when its tag does not verify under these keys. */
export function openInitial(
  datagram: Uint8Array,
  packet: LongPacket,
  keys: InitialKeys,
  crypto: ContentCrypto,
): Uint8Array | undefined {
  const { start, numberAt, end } = packet;
  const sampleAt = numberAt + 4;
  if (packet.cut || sampleAt + SAMPLE_SIZE > end) return undefined;
  const mask = crypto.aes128Block(keys.hp, datagram.subarray(sampleAt, sampleAt + SAMPLE_SIZE));
  const first = (datagram[start] ?? 0) ^ ((mask[0] ?? 0) & 0x0f);
  const numberSize = (first & 3) + 1;
  if (numberAt + numberSize + TAG_SIZE > end) return undefined;

  const header = copyOf(datagram, start, numberAt + numberSize);
  header[0] = first;
  const nonce = copyOf(keys.iv, 0, keys.iv.length);
  for (let n = 0; n < numberSize; n++) {
    const at = numberAt - start + n;
    const byte = (header[at] ?? 0) ^ (mask[n + 1] ?? 0);
    header[at] = byte;
    const place = nonce.length - numberSize + n;
    nonce[place] = (nonce[place] ?? 0) ^ byte;
  }
  return crypto.aes128GcmOpen(keys.key, nonce, header, datagram.subarray(numberAt + numberSize, end));
}
