/** The cryptography that identification needs, as three functions: Node brings one set, a browser may bring another. */

import { concat } from './bytes.ts';

export interface ContentCrypto {
  /** MD5 (for JA3 and HASSH, not for security) or SHA-256 of some bytes. */
  digest(algorithm: 'md5' | 'sha256', data: Uint8Array): Uint8Array;
  /** One block of 16 bytes under AES-128, without chaining or padding. */
  aes128Block(key: Uint8Array, block: Uint8Array): Uint8Array;
  /** Opens AES-128-GCM; the last 16 bytes of `sealed` are the tag. Undefined when the tag does not verify. */
  aes128GcmOpen(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

const BLOCK_SIZE = 64;

/** HMAC-SHA-256 (RFC 2104). */
export function hmacSha256(crypto: ContentCrypto, key: Uint8Array, data: Uint8Array): Uint8Array {
  const inner = new Uint8Array(BLOCK_SIZE).fill(0x36);
  const outer = new Uint8Array(BLOCK_SIZE).fill(0x5c);
  const short = key.length > BLOCK_SIZE ? crypto.digest('sha256', key) : key;
  for (let n = 0; n < short.length; n++) {
    inner[n] = (inner[n] ?? 0) ^ (short[n] ?? 0);
    outer[n] = (outer[n] ?? 0) ^ (short[n] ?? 0);
  }
  return crypto.digest('sha256', concat([outer, crypto.digest('sha256', concat([inner, data]))]));
}

/** HKDF-Expand-Label of RFC 8446 §7.1 with SHA-256 and an empty context; `size` is at most 32 bytes. */
export function expandLabel(crypto: ContentCrypto, secret: Uint8Array, label: string, size: number): Uint8Array {
  const name = new TextEncoder().encode(`tls13 ${label}`);
  const info = concat([new Uint8Array([0, size, name.length]), name, new Uint8Array([0, 1])]);
  return hmacSha256(crypto, secret, info).subarray(0, size);
}
