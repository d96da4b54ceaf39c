/** The cryptography of the page gives what Node's gives. */
import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { nodeCrypto } from '../../src/content/node_crypto.ts';
import { pageCrypto } from '../../web/worker/page_crypto.ts';
import { random } from '../builders/random.ts';

const CASES = 200;
const r = random(17);
const bytes = (size: number): Uint8Array => Uint8Array.from(r.bytes(size));

describe('the cryptography of the page', () => {
  it('digests as Node does', () => {
    for (let n = 0; n < CASES; n++) {
      const data = bytes(n);
      for (const algorithm of ['md5', 'sha256'] as const)
        expect(Buffer.from(pageCrypto.digest(algorithm, data))).toEqual(nodeCrypto.digest(algorithm, data));
    }
  });

  it('has the same AES blocks', () => {
    for (let n = 0; n < CASES; n++) {
      const [key, block] = [bytes(16), bytes(16)];
      expect(Buffer.from(pageCrypto.aes128Block(key, block))).toEqual(nodeCrypto.aes128Block(key, block));
    }
  });

  it('opens what was sealed, and nothing that was changed', () => {
    for (let n = 0; n < CASES; n++) {
      const [key, iv, aad, text] = [bytes(16), bytes(12), bytes(n % 50), bytes(n)];
      const cipher = createCipheriv('aes-128-gcm', key, iv).setAAD(aad);
      const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
      expect(pageCrypto.aes128GcmOpen(key, iv, aad, sealed)).toEqual(text);
      sealed[n % sealed.length]! ^= 1 << (n % 8);
      expect(pageCrypto.aes128GcmOpen(key, iv, aad, sealed)).toBeUndefined();
    }
    expect(pageCrypto.aes128GcmOpen(bytes(16), bytes(12), bytes(0), bytes(15))).toBeUndefined();
  });
});
