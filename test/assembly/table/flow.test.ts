/** What a flow record keeps apart: addresses of IPv6, and counters beyond 32 bits. */
import { describe, expect, it } from 'vitest';
import {
  CONFIG_FLOWS,
  CONTROL,
  COUNT_IP_BYTES,
  COUNT_PACKETS,
  COUNT_PAYLOAD_BYTES,
  COUNT_WIRE_BYTES,
  FLOW_SIZE,
  FLOW_TALLIES,
  KEY_HIGH,
  KEY_LOW,
  KEY_PROTOCOL,
  KEY_SIZE,
  KEY_VERSION,
  ROWS,
  ROW_DESTINATION,
  ROW_FORWARD,
  ROW_REVERSE,
  ROW_SOURCE,
  SCRATCH_PACKET,
  STATE_ADDRESSES_TOP,
  TALLY_PACKETS,
  TALLY_SIZE,
} from '../../../assembly/layout.ts';
import { random } from '../../builders/random.ts';
import { openInner, SEEDS, writeKey } from '../inner_engine.ts';
import type { InnerEngine } from '../inner_engine.ts';

/** Packets, IP, wire and payload bytes of both sides, the lower one first. */
type Counters = readonly (readonly bigint[])[];

const COUNTERS = [COUNT_PACKETS, COUNT_IP_BYTES, COUNT_WIRE_BYTES, COUNT_PAYLOAD_BYTES];

function countersOf({ exports, views }: InnerEngine, index: number): Counters {
  exports.writeFlow(index);
  return [ROW_FORWARD, ROW_REVERSE].map((at) =>
    COUNTERS.map((counter) => BigInt(views.data.getFloat64(ROWS + at + counter, true))),
  );
}

/** Writes the key of an IPv6 flow with these first and last bytes in both addresses. Returns its address. */
function writeKey6({ views }: InnerEngine, bytes: readonly number[]): number {
  const key = SCRATCH_PACKET;
  views.u8.fill(0, key, key + KEY_SIZE);
  views.u8.set([0x20, 1, ...bytes], key + KEY_LOW);
  views.u8.set(bytes, key + KEY_HIGH + 16 - bytes.length);
  views.u8[key + KEY_PROTOCOL] = 17;
  views.u8[key + KEY_VERSION] = 6;
  return key;
}

function addressesOf({ exports, views }: InnerEngine, index: number): number[] {
  exports.writeFlow(index);
  const address = (at: number): Uint8Array => views.u8.subarray(ROWS + at, ROWS + at + 16);
  return [...address(ROW_SOURCE), ...address(ROW_DESTINATION)];
}

describe('counters of a flow', () => {
  for (const seed of SEEDS) {
    it(`are exact beyond 2^32, and those of its neighbours are not touched (seed ${seed})`, async () => {
      const inner = await openInner();
      const { exports } = inner;
      const { below, oneIn } = random(seed);
      const flows = [0, 1, 2].map((n) => exports.addFlow(writeKey(inner, n), n, 0n, 0n));
      const [before, index, behind] = flows as [number, number, number];
      const want = [
        [1n, 1n, 1n, 1n],
        [0n, 0n, 0n, 0n],
      ];
      const size = (): number => (oneIn(3) ? 0xffff_ffff - below(3) : below(2 ** 32));
      for (let packet = 0; packet < 300; packet++) {
        const side = oneIn(4) ? 1 : 0;
        const sizes = [size(), size(), size()] as const;
        exports.addPacketTo(index, side, ...sizes);
        [1, ...sizes].forEach((amount, counter) => (((want[side] as bigint[])[counter] as bigint) += BigInt(amount)));
        if (oneIn(20)) expect(countersOf(inner, index), `packet ${packet}`).toEqual(want);
      }
      expect(countersOf(inner, index)).toEqual(want);
      for (const other of [before, behind])
        expect(countersOf(inner, other)).toEqual([
          [1n, 1n, 1n, 1n],
          [0n, 0n, 0n, 0n],
        ]);
    });
  }

  it('count more than 2^32 packets, and are those of a new flow when the record is used again', async () => {
    const inner = await openInner();
    const { exports, views } = inner;
    const index = exports.addFlow(writeKey(inner, 1), 1, 0n, 0n);
    const own = views.data.getUint32(CONTROL + CONFIG_FLOWS, true) + index * FLOW_SIZE + FLOW_TALLIES;
    views.data.setUint32(own + TALLY_SIZE + TALLY_PACKETS, 0xffff_ffff, true);
    exports.addPacketTo(index, 1, 2, 3, 4);
    expect(countersOf(inner, index)[1]).toEqual([2n ** 32n, 2n, 3n, 4n]);
    exports.dropFlow(index);
    expect(exports.addFlow(writeKey(inner, 2), 2, 0n, 0n)).toBe(index);
    expect(countersOf(inner, index)).toEqual([
      [1n, 1n, 1n, 1n],
      [0n, 0n, 0n, 0n],
    ]);
  });

  it('are copied with the flow', async () => {
    const inner = await openInner();
    const { exports } = inner;
    const index = exports.addFlow(writeKey(inner, 1), 1, 0n, 0n);
    for (let n = 0; n < 3; n++) exports.addPacketTo(index, 0, 1, 0xffff_ffff, 0);
    const copy = exports.allocateFlow();
    exports.copyFlow(copy, index);
    const want = countersOf(inner, index);
    exports.addPacketTo(index, 0, 1, 0xffff_ffff, 0);
    expect(countersOf(inner, copy)).toEqual(want);
    expect(countersOf(inner, index)).not.toEqual(want);
  });
});

describe('addresses of IPv6', () => {
  it('are those of each flow, however records are used again, and take no more than there are flows', async () => {
    const inner = await openInner();
    const { exports, views } = inner;
    const { below, oneIn, pick } = random(7);
    const bytesOf = (n: number): number[] => [n & 0xff, n >> 8, 0, 0, 0, 0, n & 0x0f, 9];
    const flows = new Map<number, number>();
    let most = 0;
    for (let step = 0; step < 4000; step++) {
      const n = below(5000);
      if (!flows.has(n) && flows.size < 300) {
        const isOld = oneIn(3);
        const key = isOld ? writeKey(inner, 0x0a00_0000 + n) : writeKey6(inner, bytesOf(n));
        const index = exports.addFlow(key, n, 0n, 0n);
        if (isOld) exports.dropFlow(index);
        else flows.set(n, index);
      } else if (flows.size > 0) {
        const gone = pick([...flows.keys()]);
        exports.dropFlow(flows.get(gone) as number);
        flows.delete(gone);
      }
      most = Math.max(most, flows.size);
    }
    for (const [n, index] of flows) {
      const bytes = bytesOf(n);
      expect(addressesOf(inner, index)).toEqual([0x20, 1, ...bytes, ...Array(14).fill(0), ...bytes]);
      expect(exports.findFlow(writeKey6(inner, bytes), n)).toBe(index);
    }
    expect(views.data.getUint32(CONTROL + STATE_ADDRESSES_TOP, true)).toBe(most);
  });

  it('are copied with the flow, and stay when it is gone', async () => {
    const inner = await openInner();
    const { exports } = inner;
    const index = exports.addFlow(writeKey6(inner, [1, 2, 3]), 1, 0n, 0n);
    const copy = exports.allocateFlow();
    exports.copyFlow(copy, index);
    const want = addressesOf(inner, index);
    exports.dropFlow(index);
    exports.addFlow(writeKey6(inner, [4, 5, 6]), 2, 0n, 0n);
    expect(addressesOf(inner, copy)).toEqual(want);
  });
});
