/** What is said about times that cannot be believed. */
import { describe, expect, it } from 'vitest';
import { clockNotes } from '../../src/cli/clock_notes.ts';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';
import { run } from '../engine/harness.ts';

const DAY_S = 86_400;

async function notesOf(...seconds: number[]): Promise<string[]> {
  const frame = udp({ srcPort: 1, dstPort: 2 }).over(ipv4()).over(ethernet());
  const records = seconds.map((one) => ({ timestampNs: BigInt(1_700_000_000 + one) * 1_000_000_000n, frame }));
  return clockNotes((await run(pcap(records))).engine);
}

describe('notes on the clock', () => {
  it('are none for times that can be believed', async () => {
    expect(await notesOf(0, 1, 2 * DAY_S, 2 * DAY_S + 1)).toEqual([]);
    expect(await notesOf()).toEqual([]);
  });

  it('name the number and time of the first outlier', async () => {
    expect(await notesOf(0, 400 * DAY_S, 1)).toEqual([
      'packet 2, 2024-12-18T22:13:20.000Z is dated more than a day away from its neighbours; it is in a flow of its own',
    ]);
    const [note] = await notesOf(0, 400 * DAY_S, 1, -3 * DAY_S, 2);
    expect(note).toMatch(/^2 packets are dated .*\(first: packet 2, /);
  });

  it('say that times go back by more than a day', async () => {
    expect(await notesOf(400 * DAY_S, 0, 1)).toEqual([
      'times go back by more than a day once; the flows before ended there',
    ]);
  });
});
