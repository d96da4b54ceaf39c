/** What is said about times that cannot be believed. */
import { describe, expect, it } from 'vitest';
import { captureNotes } from '../../src/reader/capture_notes.ts';
import {
  enhancedPacket,
  ethernet,
  interfaceBlock,
  ipv4,
  pcap,
  pcapng,
  simplePacket,
  udp,
  type Block,
} from '../builders/index.ts';
import { run } from '../engine/harness.ts';

const DAY_S = 86_400;

async function notesOf(...seconds: number[]): Promise<string[]> {
  const frame = udp({ srcPort: 1, dstPort: 2 }).over(ipv4()).over(ethernet());
  const records = seconds.map((one) => ({ timestampNs: BigInt(1_700_000_000 + one) * 1_000_000_000n, frame }));
  return captureNotes((await run(pcap(records))).engine);
}

describe('notes on a capture', () => {
  it('are none for times that can be believed', async () => {
    expect(await notesOf(0, 1, 2 * DAY_S, 2 * DAY_S + 1)).toEqual([]);
    expect(await notesOf()).toEqual([]);
  });

  it('name the number and time of the first outlier', async () => {
    expect(await notesOf(0, 400 * DAY_S, 1)).toEqual([
      'packet 2, 2024-12-18T22:13:20.000Z is dated more than a day away from its neighbours; ' +
        'it is in a flow of its own',
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

describe('notes on packets without a time', () => {
  const frame = udp({ srcPort: 1, dstPort: 2 }).over(ipv4()).over(ethernet());
  const at = (seconds: number, id = 0): Block =>
    enhancedPacket({ timestampNs: BigInt(seconds) * 1_000_000_000n, frame, interfaceId: id });

  async function notes(...blocks: Block[]): Promise<string[]> {
    return captureNotes((await run(pcapng(blocks))).engine);
  }

  it('name the first one', async () => {
    expect(await notes(interfaceBlock(), simplePacket(frame), at(1_700_000_000), simplePacket(frame))).toEqual([
      '2 packets have no time, or one before 1970 or after 2554 (first: packet 1); ' +
        'a time near it is used, else 1970',
    ]);
    const early = interfaceBlock({ tsoffset: -3_000_000_000n });
    const [note] = await notes(interfaceBlock(), early, at(1_700_000_000), at(-5, 1));
    expect(note).toMatch(/^1 packet has no time, .*\(first: packet 2\)/);
  });
});

describe('notes on packets that come late', () => {
  it('say how far the first one is behind', async () => {
    expect(await notesOf(0, 700, 50, 60)).toEqual([
      '2 packets are dated earlier than those before, by more than the flow timeout (first: packet 3, 650 s); ' +
        'flows may be cut in two',
    ]);
    expect(await notesOf(0, 700, 200)).toEqual([]);
  });
});

describe('notes on lengths', () => {
  it('count what is longer than it can be', async () => {
    const frame = udp({ srcPort: 1, dstPort: 2, payload: 50 }).over(ipv4()).over(ethernet());
    const record = { timestampNs: 1_700_000_000_000_000_000n, frame };
    const short = await run(pcap([{ ...record, wireLen: 1 }, record]));
    expect(short.counters.wireLengthsTooShort).toBe(1);
    expect(captureNotes(short.engine)).toEqual([
      '1 packet has more bytes captured than its original length says; those are counted',
    ]);
    const long = await run(pcap([record, record], { snaplen: 60 }));
    expect(long.counters.beyondSnaplen).toBe(2);
    expect(captureNotes(long.engine)).toEqual(['2 packets in all are longer than the snaplen']);
  });
});
