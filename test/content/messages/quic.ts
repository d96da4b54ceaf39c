/** QUIC Initial packets, sealed: what `src/content/quic` opens. By node:crypto's own HKDF, so that no code is shared. */

import { createCipheriv, createHmac } from 'node:crypto';
import { concat, u16, u32, u8, zeros } from '../../builders/bytes.ts';
import { hex, vector8 } from './sample.ts';

const SALTS: Readonly<Record<number, string>> = {
  1: '38762cf7f55934b34d179ae6a4c80cadccbb7f0a',
  1798521807: '0dede3def700a6db819381be6e269dcbf9bd2ed9',
  4278190109: 'afbfec289993d24c9e9786f19c6111e04390a899',
  4278190107: 'c3eef712c72ebb5a11a7d2432bb46365bef9f502',
};
const V2 = 0x6b3343cf;

export interface InitialFields {
  readonly version?: number;
  readonly sender?: 'client' | 'server';
  /** Connection id that the keys come from. */
  readonly keyId: Uint8Array;
  readonly destination?: Uint8Array;
  readonly source?: Uint8Array;
  readonly token?: Uint8Array;
  readonly number?: number;
  readonly frames: Uint8Array;
  /** The frames are padded to so many bytes. */
  readonly size?: number;
}

const label = (secret: Uint8Array, text: string, size: number): Uint8Array => {
  const name = Buffer.from(`tls13 ${text}`);
  const info = concat(u16(size), vector8(name), u8(0), u8(1));
  return createHmac('sha256', secret).update(info).digest().subarray(0, size);
};

/** Key, iv and header protection key of one side. */
export function keysOf(version: number, keyId: Uint8Array, sender: 'client' | 'server') {
  const initial = createHmac('sha256', hex(SALTS[version] ?? ''))
    .update(keyId)
    .digest();
  const secret = label(initial, `${sender} in`, 32);
  const prefix = version === V2 ? 'quicv2' : 'quic';
  return {
    key: label(secret, `${prefix} key`, 16),
    iv: label(secret, `${prefix} iv`, 12),
    hp: label(secret, `${prefix} hp`, 16),
  };
}

export function initial(fields: InitialFields): Uint8Array {
  const {
    version = 1,
    sender = 'client',
    keyId,
    destination = keyId,
    source = zeros(0),
    token = zeros(0),
    number = 0,
  } = fields;
  const frames = concat(fields.frames, zeros(Math.max(0, (fields.size ?? 0) - fields.frames.length)));
  const { key, iv, hp } = keysOf(version, keyId, sender);
  const first = 0xc3 | (version === V2 ? 0x10 : 0);
  const length = u16(0x4000 | (4 + frames.length + 16));
  const header = concat(
    u8(first),
    u32(version),
    vector8(destination),
    vector8(source),
    vector8(token),
    length,
    u32(number),
  );
  const nonce = Uint8Array.from(iv);
  u32(number).forEach((byte, n) => (nonce[8 + n] = (nonce[8 + n] ?? 0) ^ byte));
  const cipher = createCipheriv('aes-128-gcm', key, nonce).setAAD(header);
  const sealed = concat(cipher.update(frames), cipher.final(), cipher.getAuthTag());
  const mask = createCipheriv('aes-128-ecb', hp, null).update(sealed.subarray(0, 16));
  const packet = concat(header, sealed);
  packet[0] = first ^ ((mask[0] ?? 0) & 0x0f);
  for (let n = 0; n < 4; n++) packet[header.length - 4 + n] = (packet[header.length - 4 + n] ?? 0) ^ (mask[n + 1] ?? 0);
  return packet;
}

/** A CRYPTO frame with offset and length in two bytes each. */
export const cryptoFrame = (bytes: Uint8Array, offset = 0): Uint8Array =>
  concat(u8(6), u16(0x4000 | offset), u16(0x4000 | bytes.length), bytes);
