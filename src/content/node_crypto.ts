/** The cryptography of identification by `node:crypto`. The only file of this folder that needs Node. */

import { createRequire } from 'node:module';
import type { ContentCrypto } from './crypto.ts';

type Crypto = Pick<typeof import('node:crypto'), 'createCipheriv' | 'createDecipheriv' | 'createHash'>;

let loaded: Crypto | undefined;

/** Loaded when it is first needed: many captures need none. */
const crypto = (): Crypto => (loaded ??= createRequire(import.meta.url)('node:crypto') as Crypto);

const TAG_SIZE = 16;

export const nodeCrypto: ContentCrypto = {
  digest: (algorithm, data) => crypto().createHash(algorithm).update(data).digest(),
  aes128Block(key, block) {
    const cipher = crypto().createCipheriv('aes-128-ecb', key, null);
    cipher.setAutoPadding(false);
    return cipher.update(block);
  },
  aes128GcmOpen(key, iv, aad, sealed) {
    if (sealed.length < TAG_SIZE) return undefined;
    const textSize = sealed.length - TAG_SIZE;
    const decipher = crypto().createDecipheriv('aes-128-gcm', key, iv);
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
