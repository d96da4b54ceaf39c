import { describe, expect, it } from 'vitest';
import { concat, u8, zeros } from '../../builders/bytes.ts';
import { hex as text } from '../../../src/content/bytes.ts';
import type { ContentCrypto } from '../../../src/content/crypto.ts';
import { Fragments } from '../../../src/content/fragments.ts';
import { identify } from '../../../src/content/index.ts';
import { nodeCrypto } from '../../../src/content/node_crypto.ts';
import { addCryptoFrames } from '../../../src/content/quic/crypto_frames.ts';
import { initialKeys, longPacketAt, openInitial } from '../../../src/content/quic/initial.ts';
import { quicVersion } from '../../../src/content/quic/versions.ts';
import { cryptoFrame, initial } from '../messages/quic.ts';
import { hex, payloadOf } from '../messages/sample.ts';

const DCID = hex('8394c8f03e515708');

const keys = (version: number, sender: 'client' | 'server') => {
  const { key, iv, hp } = initialKeys(quicVersion(version)!, DCID, sender, nodeCrypto);
  return [key, iv, hp].map(text);
};

describe('keys of Initial packets', () => {
  it('are those of RFC 9001 appendix A.1', () => {
    expect(keys(1, 'client')).toEqual([
      '1f369613dd76d5467730efcbe3b1a22d',
      'fa044b2f42a3fd3b46fb255c',
      '9f50449e04a0e810283a1e9933adedd2',
    ]);
    expect(keys(1, 'server')).toEqual([
      'cf3a5331653c364c88f0f379b6067e37',
      '0ac1493ca1905853b0bba03e',
      'c206b8d9b9f0f37644430b490eeaa314',
    ]);
  });

  it('are those of RFC 9369 appendix A.1', () => {
    expect(keys(0x6b3343cf, 'client')).toEqual([
      '8b1a0bc121284290a29e0971b5cd045d',
      '91f73e2351d8fa91660e909f',
      '45b95e15235d6f45a6b19cbcb0294ba9',
    ]);
  });
});

describe('an Initial packet', () => {
  const FRAMES = concat(cryptoFrame(hex('010203')), zeros(40));
  const PACKET = initial({ keyId: DCID, frames: FRAMES, number: 0x01020304, token: hex('aabb'), source: hex('cc') });
  const clientKeys = initialKeys(quicVersion(1)!, DCID, 'client', nodeCrypto);
  const open = (datagram: Uint8Array, at = 0) => {
    const packet = longPacketAt(datagram, at);
    return packet && openInitial(datagram, packet, clientKeys, nodeCrypto);
  };

  it('an Initial packet is opened', () => {
    expect(new Uint8Array(open(PACKET)!)).toEqual(FRAMES);
  });

  it('is opened behind another packet of its datagram', () => {
    const datagram = concat(PACKET, PACKET);
    expect(longPacketAt(datagram, 0)?.end).toBe(PACKET.length);
    expect(open(datagram, PACKET.length)).toBeDefined();
  });

  it('stays closed when one bit of it is changed', () => {
    for (let at = 0; at < PACKET.length; at++) {
      const changed = PACKET.slice();
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      expect(open(changed), `${at}`).toBeUndefined();
    }
  });

  it('stays closed when it is cut', () => {
    for (let size = 0; size < PACKET.length; size++) expect(open(PACKET.subarray(0, size))).toBeUndefined();
  });

  it.each([
    ['a short header', hex('40 00000001 08')],
    ['another version', hex('c0 00000002 00 00 00 00')],
    ['a connection id of 21 bytes', concat(hex('c0 00000001 15'), zeros(60))],
    ['a Retry', concat(hex('f0 00000001 00 00'), zeros(60))],
  ])('is not %s', (_, datagram) => {
    expect(longPacketAt(datagram, 0)).toBeUndefined();
  });
});

describe('packets that the keys do not open', () => {
  it('are tried a few times and no more', () => {
    let tried = 0;
    const counted: ContentCrypto = {
      ...nodeCrypto,
      aes128GcmOpen(...sealed) {
        tried++;
        return nodeCrypto.aes128GcmOpen(...sealed);
      },
    };
    const broken = initial({ keyId: DCID, frames: zeros(40) });
    broken[broken.length - 1]! ^= 1;
    const datagram = concat(...Array.from({ length: 16 }, () => broken));
    const sides = { client: [datagram], server: [datagram] };
    const payload = payloadOf({ transport: 'udp', ports: [50_000, 443], ...sides });
    expect(identify(payload, counted).app).toBe('quic');
    // Two sides, in either role, with one try more for the keys after a Retry.
    expect(tried).toBeGreaterThan(4);
    expect(tried).toBeLessThanOrEqual(2 * 2 * 5);
  });
});

describe('frames of an Initial packet', () => {
  const contentOf = (...frames: readonly Uint8Array[]) => {
    const fragments = new Fragments(4096);
    addCryptoFrames(concat(...frames), fragments);
    return text(fragments.contiguous());
  };

  it('are put together in any order, between padding, pings and acknowledgements', () => {
    const ack = hex('02 0a 00 01 05 00 00');
    const ecn = hex('03 0a 00 00 05 01 02 03');
    expect(contentOf(cryptoFrame(hex('0304'), 2), zeros(3), u8(1), ack, ecn, cryptoFrame(hex('0102')))).toBe(
      '01020304',
    );
  });

  it('end at a frame that an Initial may not have', () => {
    expect(contentOf(cryptoFrame(hex('01')), u8(0x1c), cryptoFrame(hex('02'), 1))).toBe('01');
    expect(contentOf(u8(8), cryptoFrame(hex('01')))).toBe('');
  });

  it('end at 65 ranges of an acknowledgement, and at a length beyond the end', () => {
    expect(contentOf(hex('02 00 00 4041'), zeros(131), cryptoFrame(hex('01')))).toBe('');
    expect(contentOf(hex('06 00 05 0102'))).toBe('');
  });
});
