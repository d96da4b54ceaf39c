/** The host's side of the table's lock, with a tracker that does not let go. */
import { describe, expect, it } from 'vitest';
import { CONTROL, LOCK_FREE, LOCK_HOST, LOCK_INTENT, LOCK_TRACKER } from '../../assembly/layout.ts';
import { HostLock, LOCK_WORD } from '../../src/engine/lock.ts';

const INTENT_WORD = (CONTROL + LOCK_INTENT) / 4;

function heldByTracker(): Int32Array {
  const words = new Int32Array(new SharedArrayBuffer(CONTROL + 4096));
  words[LOCK_WORD] = LOCK_TRACKER;
  return words;
}

describe("the host's lock", () => {
  it('is waited for as long as the tracker gets on', () => {
    const words = heldByTracker();
    let looks = 0;
    const lock = new HostLock(words, () => {
      looks++;
      if (looks === 3) words[LOCK_WORD] = LOCK_FREE;
      return looks;
    });
    expect(
      lock.hold(
        () => words[LOCK_WORD],
        () => new Error('stuck'),
      ),
    ).toBe(LOCK_HOST);
    expect(looks).toBe(3);
    expect([words[LOCK_WORD], words[INTENT_WORD]]).toEqual([LOCK_FREE, 0]);
  });

  it('is given up when the tracker gets nowhere', () => {
    const words = heldByTracker();
    const lock = new HostLock(words, () => 7);
    expect(() =>
      lock.hold(
        () => undefined,
        () => new Error('stuck'),
      ),
    ).toThrow('stuck');
    expect([words[LOCK_WORD], words[INTENT_WORD]]).toEqual([LOCK_TRACKER, 0]);
  });
});
