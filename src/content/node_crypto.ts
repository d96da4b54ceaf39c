/** The cryptography of identification by `node:crypto`. The only file of this folder that needs Node. */

import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { ContentCrypto } from './crypto.ts';

const TAG_SIZE = 16;

export const nodeCrypto: ContentCrypto = {
  digest: (algorithm, data) => createHash(algorithm).update(data).digest(),
  aes128Block(key, block) {
    const cipher = createCipheriv('aes-128-ecb', key, null);
    cipher.setAutoPadding(false);
    return cipher.update(block);
  },
  aes128GcmOpen(key, iv, aad, sealed) {
    if (sealed.length < TAG_SIZE) return undefined;
    const textSize = sealed.length - TAG_SIZE;
    const decipher = createDecipheriv('aes-128-gcm', key, iv);
    decipher.setAAD(aad);
    decipher.setAuthTag(sealed.subarray(textSize));
    const text = decipher.update(sealed.subarray(0, textSize));
    try {
      decipher.final();
      return text;
    } catch {
      return undefined;
    }
  },
};
