import { describe, expect, it } from 'vitest';
import { concat, zeros } from '../builders/bytes.ts';
import { random } from '../builders/random.ts';
import { payloadOf, SAMPLES } from '../content/messages/index.ts';
import { identify } from '../../src/content/index.ts';
import type { FirstPayload } from '../../src/flow/first_payload.ts';
import { nodeCrypto } from '../../src/content/node_crypto.ts';
import { Prefix, PREFIX_LIMITS, type PrefixPacket } from './prefix.ts';

const ISN = [0xffff_fff0, 1000] as const;

const packet = (
  side: 0 | 1,
  seq: number | undefined,
  payload: Uint8Array,
  more: Partial<PrefixPacket> = {},
): PrefixPacket => ({
  side,
  timeNs: 0n,
  clockNs: more.timeNs ?? 0n,
  seq: seq === undefined ? undefined : seq >>> 0,
  syn: false,
  fin: false,
  rst: false,
  payload,
  payloadBytes: payload.length,
  ...more,
});
const syn = (side: 0 | 1, payload = zeros(0)): PrefixPacket => packet(side, ISN[side], payload, { syn: true });

/** Segments of both sides behind their SYNs. */
type Segment = readonly [side: 0 | 1, offset: number, bytes: Uint8Array];

function collected(segments: readonly Segment[], handshake = true): FirstPayload {
  const prefix = new Prefix('tcp');
  if (handshake) for (const side of [0, 1] as const) prefix.add(syn(side));
  for (const [side, offset, bytes] of segments) prefix.add(packet(side, ISN[side] + 1 + offset, bytes));
  return prefix.payload(0, [1, 2]);
}

const bytesFrom = (text: string): Uint8Array => new TextEncoder().encode(text);
const streamOf = (payload: FirstPayload): string => Buffer.from(payload.originator.stream).toString();
const one = (...segments: readonly (readonly [offset: number, text: string])[]): Segment[] =>
  segments.map(([offset, text]) => [0, offset, bytesFrom(text)]);

describe('the prefix of a TCP stream', () => {
  it('starts behind the SYN, also over the end of the sequence numbers', () => {
    expect(streamOf(collected(one([20, 'c'.repeat(10)], [0, 'a'.repeat(20)])))).toBe(
      `${'a'.repeat(20)}${'c'.repeat(10)}`,
    );
  });

  it('takes data on the SYN', () => {
    const prefix = new Prefix('tcp');
    prefix.add(syn(0, bytesFrom('ab')));
    prefix.add(packet(0, ISN[0] + 3, bytesFrom('c')));
    expect(streamOf(prefix.payload(0, [1, 2]))).toBe('abc');
  });

  it('starts at the first payload without a SYN, and what is before that is cut', () => {
    const payload = collected(one([5, 'fg'], [3, 'defgh']), false);
    expect(streamOf(payload)).toBe('fgh');
    expect(payload.bits).toEqual(['midstream']);
  });

  it('keeps the first bytes of a place, and notes a conflict', () => {
    const payload = collected(one([1, 'BC'], [0, 'abcd']));
    expect(streamOf(payload)).toBe('aBCd');
    expect(payload.bits).toEqual(['prefixConflict']);
    expect(collected(one([1, 'bc'], [0, 'abcd'])).bits).toEqual([]);
  });

  it('has four runs at most', () => {
    const runs = [2, 4, 6, 8].map((at) => [at, 'x'] as const);
    expect(streamOf(collected(one(...runs, [0, 'abcdefghi'])))).toBe('abxdxfxhx');
    const gap = collected(one(...runs, [10, 'x'], [0, 'abcdefghi']));
    expect(streamOf(gap)).toBe('');
    expect(gap.bits).toEqual(['prefixGap']);
  });

  it('ends at its limit', () => {
    const payload = collected([[0, 0, new Uint8Array(5000).fill(0x61)]]);
    expect(payload.originator.stream).toHaveLength(PREFIX_LIMITS.sideBytes);
    expect(payload.bits).toEqual(['prefixFull']);
  });

  it('leaves out the payload of resets', () => {
    const prefix = new Prefix('tcp');
    prefix.add(syn(0));
    prefix.add(packet(0, ISN[0] + 1, bytesFrom('reset'), { rst: true }));
    expect(streamOf(prefix.payload(0, [1, 2]))).toBe('');
  });

  it('has a hole where the capture cut a packet', () => {
    const prefix = new Prefix('tcp');
    prefix.add(syn(0));
    prefix.add(packet(0, ISN[0] + 1, bytesFrom('ab'), { payloadBytes: 5 }));
    prefix.add(packet(0, ISN[0] + 6, bytesFrom('f')));
    const payload = prefix.payload(0, [1, 2]);
    expect(streamOf(payload)).toBe('ab');
    expect(payload.bits).toEqual(['truncated']);
  });

  it('ends 10 s after its first payload', () => {
    const prefix = new Prefix('tcp');
    prefix.add(syn(0));
    prefix.add(packet(0, ISN[0] + 1, bytesFrom('a'), { timeNs: 5_000_000_000n }));
    prefix.add(packet(0, ISN[0] + 2, bytesFrom('b'), { timeNs: 15_000_000_000n }));
    prefix.add(packet(0, ISN[0] + 3, bytesFrom('c'), { timeNs: 15_000_000_001n }));
    expect(streamOf(prefix.payload(0, [1, 2]))).toBe('ab');
  });
});

describe('datagrams', () => {
  it('are kept whole: eight of a flow, 4,096 bytes of a side', () => {
    const prefix = new Prefix('udp');
    for (let n = 0; n < 4; n++) prefix.add(packet(0, undefined, new Uint8Array(1200)));
    for (let n = 0; n < 9; n++) prefix.add(packet(1, undefined, Uint8Array.of(n), { timeNs: BigInt(n) }));
    const { originator, responder, bits } = prefix.payload(0, [1, 2]);
    expect(originator.datagrams.map(({ length }) => length)).toEqual([1200, 1200, 1200]);
    expect(responder.datagrams.map(([first]) => first)).toEqual([0, 1, 2, 3, 4]);
    expect(responder.timesNs).toEqual([0n, 1n, 2n, 3n, 4n]);
    expect(bits).toEqual(['prefixFull']);
  });
});

describe('identification does not depend on how a stream was cut', () => {
  const samples = SAMPLES.filter(
    ({ transport, client, server }) => transport === 'tcp' && concat(...client, ...server).length < 1500,
  );

  it.each(samples.map((sample) => [sample.name, sample] as const))('the prefix of %s', (_, sample) => {
    const sides = [concat(...sample.client), concat(...sample.server)] as const;
    const bytes: Segment[] = ([0, 1] as const).flatMap((side) =>
      [...sides[side]].map((byte, n): Segment => [side, n, Uint8Array.of(byte)]),
    );
    const identityOf = (segments: readonly Segment[]) => {
      const { originator, responder, bits } = collected(segments);
      const [clientPort, serverPort] = sample.ports;
      const ends = { originator: { ...originator, port: clientPort }, responder: { ...responder, port: serverPort } };
      return identify({ transport: 'tcp', ...ends, bits }, nodeCrypto);
    };
    const whole = identify(payloadOf(sample), nodeCrypto);
    expect(identityOf(bytes)).toEqual(whole);
    expect(identityOf(bytes.toReversed())).toEqual(whole);
    expect(identityOf(bytes.flatMap((segment) => [segment, segment]))).toEqual(whole);
    // Late bytes of another kind in the places of earlier ones change nothing, but are noted.
    const other = bytes.map(([side, at, [byte = 0]]): Segment => [side, at, Uint8Array.of(byte ^ 0x55)]);
    const overlapped = identityOf([...bytes, ...other]);
    expect({ ...overlapped, idBits: [] }).toEqual({ ...whole, idBits: [] });
    expect(overlapped.idBits).toContain('prefixConflict');
  });

  it('nor on overlaps, in any order', () => {
    const r = random(3);
    for (let round = 0; round < 100; round++) {
      const message = r.bytes(r.between(1, 200));
      const segments: Segment[] = [];
      for (let at = 0; at < message.length; ) {
        const from = Math.max(0, at - r.below(20));
        const to = Math.min(message.length, at + r.between(1, 30));
        segments.push([0, from, message.subarray(from, to)]);
        at = to;
      }
      // Neighbours change places: never more than four runs at a time.
      for (let n = 1; n < segments.length; n += 2)
        [segments[n - 1], segments[n]] = [segments[n] as Segment, segments[n - 1] as Segment];
      expect([...collected(segments).originator.stream], `seed ${r.seed}, round ${round}`).toEqual([...message]);
    }
  });
});
