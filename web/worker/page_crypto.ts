/** The cryptography of identification in a browser, whose own has no MD5 and answers only later. */
import { ecb, gcm } from '@noble/ciphers/aes.js';
import { md5 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { ContentCrypto } from '../../src/content/crypto.ts';

const TAG_SIZE = 16;

/*! @noble/hashes and @noble/ciphers: MIT License, (c) 2022-2023 Paul Miller (paulmillr.com) */

export const pageCrypto: ContentCrypto = {
  digest: (algorithm, data) => (algorithm === 'md5' ? md5 : sha256)(data),
  aes128Block: (key, block) => ecb(key, { disablePadding: true }).encrypt(block),
  aes128GcmOpen(key, iv, aad, sealed) {
    if (sealed.length < TAG_SIZE) return undefined;
    const cipher = gcm(key, iv, aad);
    try {
      return cipher.decrypt(sealed);
    } catch {
      return undefined;
    }
  },
};
