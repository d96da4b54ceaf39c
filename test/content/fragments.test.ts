import { describe, expect, it } from 'vitest';
import { random } from '../builders/random.ts';
import { Fragments } from '../../src/content/fragments.ts';

describe('pieces of a message', () => {
  it('give the message whatever their order and overlap', () => {
    const r = random(5);
    for (let round = 0; round < 300; round++) {
      const message = r.bytes(r.between(1, 60));
      const fragments = new Fragments(message.length);
      const filled = new Array<boolean>(message.length).fill(false);
      for (let n = 0; n < 20; n++) {
        const from = r.below(message.length);
        const to = r.between(from, Math.min(message.length, from + 10));
        fragments.add(from, message.subarray(from, to));
        filled.fill(true, from, to);
        const hole = filled.indexOf(false);
        expect(fragments.contiguous()).toEqual(message.subarray(0, hole < 0 ? message.length : hole));
      }
      expect(fragments.conflict).toBe(false);
    }
  });

  it('keep the first bytes of a place', () => {
    const fragments = new Fragments(8);
    fragments.add(2, Uint8Array.of(1, 1));
    fragments.add(0, Uint8Array.of(2, 2, 2, 2, 2));
    expect([...fragments.contiguous()]).toEqual([2, 2, 1, 1, 2]);
    expect(fragments.conflict).toBe(true);
  });

  it('leave out a piece that would make a 17th run, and what is behind the limit', () => {
    const fragments = new Fragments(100);
    for (let n = 0; n < 17; n++) fragments.add(2 + n * 2, Uint8Array.of(7));
    fragments.add(0, new Uint8Array(34).fill(7));
    expect(fragments.contiguous()).toHaveLength(34);
    fragments.add(90, new Uint8Array(40));
    fragments.add(200, new Uint8Array(4));
    fragments.add(34, new Uint8Array(66));
    expect(fragments.contiguous()).toHaveLength(100);
  });
});
