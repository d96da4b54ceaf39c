/** Stored packet headers against an array for each flow. */
import { describe, expect, it } from 'vitest';
import {
  BATCH_COUNT,
  CHUNK_CAPACITY,
  CHUNK_COUNT,
  CHUNK_HEADERS,
  CHUNK_NEXT,
  CHUNK_SIZE,
  CONFIG_CHUNKS,
  CONFIG_SIDE_BYTES,
  CONFIG_SIDE_GROUPS,
  CONTROL,
  HEADER_BITS,
  HEADER_BIT_HIGH,
  HEADER_SEQ,
  HEADER_SIZE,
  HEADER_TIME,
  LOG_DROPPED,
  LOG_HEAD,
  LOG_STORED,
  PACKETS,
  PACKET_SEQ,
  PACKET_TIME,
  SIDE_CONFIG_RECORDS,
  SIDE_CONFIG_SIZE,
  SIDE_PACKET_LOG,
  STATE_CHUNKS_ACTIVE,
  STATE_CHUNKS_USED,
} from '../../../assembly/layout.ts';
import { random } from '../../builders/random.ts';
import { openInner, SEEDS, writeKey } from '../inner_engine.ts';
import type { InnerEngine } from '../inner_engine.ts';

const HEADERS_MAX = 10;
const CHUNKS_MAX = 64;

interface Stored {
  readonly seq: number;
  readonly time: bigint;
  readonly sender: number;
}

/** The stored headers of a flow and how many found no room, read from the engine's memory. */
function readLog({ views: { data } }: InnerEngine, index: number): { stored: Stored[]; dropped: number } {
  const config = CONTROL + CONFIG_SIDE_GROUPS + Math.log2(SIDE_PACKET_LOG) * SIDE_CONFIG_SIZE;
  const sideBytes = data.getUint32(CONTROL + CONFIG_SIDE_BYTES, true);
  const log = data.getUint32(config + SIDE_CONFIG_RECORDS, true) + index * sideBytes;
  const chunks = data.getUint32(CONTROL + CONFIG_CHUNKS, true);
  const stored: Stored[] = [];
  let left = data.getUint32(log + LOG_STORED, true);
  let chunk = data.getUint32(log + LOG_HEAD, true);
  while (left > 0) {
    const at = chunks + chunk * CHUNK_SIZE;
    const count = data.getUint32(at + CHUNK_COUNT, true);
    expect(count).toBe(Math.min(left, CHUNK_CAPACITY));
    for (let n = 0; n < count; n++) {
      const header = at + CHUNK_HEADERS + n * HEADER_SIZE;
      stored.push({
        seq: data.getUint32(header + HEADER_SEQ, true),
        time: data.getBigUint64(header + HEADER_TIME, true),
        sender: (data.getUint8(header + HEADER_BITS) & HEADER_BIT_HIGH) !== 0 ? 1 : 0,
      });
    }
    left -= count;
    chunk = data.getUint32(at + CHUNK_NEXT, true);
  }
  return { stored, dropped: data.getUint32(log + LOG_DROPPED, true) };
}

describe('the packet log', () => {
  for (const seed of SEEDS) {
    it(`stores what an array stores, within its limits (seed ${seed})`, async () => {
      const inner = await openInner({ headersMax: HEADERS_MAX, chunksMax: CHUNKS_MAX });
      const { exports, views } = inner;
      const { below, oneIn, pick } = random(seed);
      const active = new Map<number, { stored: Stored[]; dropped: number }>();
      const ended = new Map<number, { stored: Stored[]; dropped: number }>();
      const chunksOf = (logs: typeof active): number =>
        [...logs.values()].reduce((sum, { stored }) => sum + Math.ceil(stored.length / CHUNK_CAPACITY), 0);
      let refused = 0;
      for (let step = 0; step < 10_000; step++) {
        const choice = below(20);
        if (choice === 0 && active.size < 100) {
          const index = exports.addFlow(writeKey(inner, step), step, 0n, 0n);
          exports.startLog(index);
          active.set(index, { stored: [], dropped: 0 });
        } else if (choice === 1 && active.size > 0) {
          const index = pick([...active.keys()]);
          exports.endLog(index);
          ended.set(index, active.get(index) as { stored: Stored[]; dropped: number });
          active.delete(index);
        } else if ((choice === 2 || chunksOf(active) + chunksOf(ended) + BATCH_COUNT > CHUNKS_MAX) && ended.size > 0) {
          const index = pick([...ended.keys()]);
          expect(readLog(inner, index)).toEqual(ended.get(index));
          exports.freeLog(index);
          exports.dropFlow(index);
          ended.delete(index);
        } else if (active.size > 0) {
          const index = pick([...active.keys()]);
          const log = active.get(index) as { stored: Stored[]; dropped: number };
          const packet: Stored = { seq: step, time: BigInt(step), sender: oneIn(2) ? 1 : 0 };
          views.data.setUint32(PACKETS + PACKET_SEQ, packet.seq, true);
          views.data.setBigUint64(PACKETS + PACKET_TIME, packet.time, true);
          const full = log.stored.length % CHUNK_CAPACITY === 0 && chunksOf(active) + BATCH_COUNT > CHUNKS_MAX;
          if (full && log.stored.length < HEADERS_MAX) refused++;
          if (log.stored.length >= HEADERS_MAX || full) log.dropped++;
          else log.stored.push(packet);
          exports.logPacket(index, PACKETS, packet.sender);
        }
        expect(views.data.getUint32(CONTROL + STATE_CHUNKS_ACTIVE, true)).toBe(chunksOf(active));
        expect(views.data.getUint32(CONTROL + STATE_CHUNKS_USED, true)).toBe(chunksOf(active) + chunksOf(ended));
      }
      for (const [index, log] of active) expect(readLog(inner, index)).toEqual(log);
      expect(refused).toBeGreaterThan(0);
    });
  }
});
