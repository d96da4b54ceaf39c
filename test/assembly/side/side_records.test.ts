/** The seam of side records: the host's plan, and what a group finds in a packet. */
import { describe, expect, it } from 'vitest';
import {
  KEY_LOW,
  PACKETS,
  PACKET_FRAME,
  PACKET_IP,
  PACKET_KEY,
  PACKET_SIZE,
  RING_DRAIN,
  RING_EMPTY,
  ROW_SIZE,
  SIDE_COMMUNITY_ID,
  SIDE_DIRECTIONS,
  SIDE_GROUPS_MAX,
  SIDE_PACKET_LOG,
} from '../../../assembly/layout.ts';
import { LINKTYPE_ETHERNET } from '../../../assembly/wire/numbers.ts';
import { readCounters } from '../../../src/engine/counters.ts';
import { InlineEngine } from '../../../src/engine/inline.ts';
import type { EngineOptions } from '../../../src/engine/options.ts';
import { readFlow } from '../../../src/engine/rows.ts';
import { blockOf, CORE_BYTES, planSides, SIDE_GROUPS } from '../../../src/engine/side_records.ts';
import type { SideGroup } from '../../../src/engine/side_records.ts';
import { rowAt } from '../../../src/engine/table.ts';
import { CaptureReader } from '../../../src/reader/capture_reader.ts';
import { engineOptions } from '../../../src/reader/options.ts';
import { RingWriter } from '../../../src/ring/writer.ts';
import { enhancedPacket, ethernet, interfaceBlock, ipv4, ipv6, pcap, pcapng, udp } from '../../builders/index.ts';
import { BytesSource } from '../../engine/harness.ts';
import { innerModule, openInner } from '../inner_engine.ts';

function group(name: string, bit: number, recordBytes: number, blockBytes: number): SideGroup {
  return { name, bit, isOn: () => true, recordBytes: () => recordBytes, blockBytes: () => blockBytes };
}

describe('the plan of side records', () => {
  it('is empty when no group is on', () => {
    const plan = planSides({ directions: false, headersMax: 0 });
    expect(plan).toMatchObject({
      records: 0,
      blocks: 0,
      flowBytes: CORE_BYTES,
      rowBytes: ROW_SIZE,
      groups: [],
    });
    expect(blockOf(plan, SIDE_DIRECTIONS)).toBeUndefined();
  });

  it('puts the blocks of the groups that are on behind the core of a row, in order', () => {
    const list = [group('a', 1, 16, 24), group('b', 2, 8, 0), { ...group('c', 4, 800, 80), isOn: () => false }];
    const plan = planSides({ directions: false, headersMax: 0 }, [...list, group('d', 8, 32, 8)]);
    expect([plan.records, plan.blocks]).toEqual([11, 9]);
    expect(plan.flowBytes).toBe(CORE_BYTES + 16 + 8 + 32);
    expect(plan.rowBytes).toBe(ROW_SIZE + 24 + 8);
    expect([1, 2, 4, 8].map((bit) => blockOf(plan, bit))).toEqual([ROW_SIZE, ROW_SIZE + 24, undefined, ROW_SIZE + 24]);
  });

  it('puts the records of a flow behind each other, large ones at lines of the cache, and keeps flows apart', () => {
    const options = { directions: false, headersMax: 0 };
    const small = planSides(options, [group('a', 1, 16, 0), group('b', 2, 40, 0)]);
    expect([small.sideBytes, ...small.groups.map(({ recordAt }) => recordAt)]).toEqual([56, 0, 16]);
    const large = planSides(options, [group('a', 1, 16, 0), group('b', 2, 72, 0), group('c', 4, 16, 0)]);
    expect([large.sideBytes, ...large.groups.map(({ recordAt }) => recordAt)]).toEqual([192, 0, 64, 136]);
    const apart = planSides(options, [
      group('a', 1, 48, 0),
      group('b', 2, 16, 0),
      group('c', 4, 40, 0),
      group('d', 8, 32, 0),
    ]);
    expect([apart.sideBytes, ...apart.groups.map(({ recordAt }) => recordAt)]).toEqual([192, 0, 48, 64, 128]);
    expect(planSides(options, [group('a', 1, 256, 0)]).sideBytes).toBe(256);
    expect(planSides(options, [group('a', 1, 512, 0)]).sideBytes, 'no multiple of 8 lines').toBe(576);
  });

  it('keeps rests apart from the records', () => {
    const list = [group('a', 1, 16, 0), { ...group('b', 2, 8, 0), restBytes: () => 40 }, group('c', 4, 8, 0)];
    const plan = planSides({ directions: false, headersMax: 0 }, [
      ...list,
      { ...group('d', 8, 8, 0), restBytes: () => 24 },
    ]);
    expect([plan.sideBytes, plan.flowBytes]).toEqual([40, CORE_BYTES + 104]);
    expect(plan.groups.map(({ restBytes }) => restBytes)).toEqual([0, 40, 0, 24]);
    expect(() =>
      planSides({ directions: false, headersMax: 0 }, [{ ...group('odd', 1, 8, 8), restBytes: () => 4 }]),
    ).toThrow(/odd/);
  });

  it('turns each group on by its own option', () => {
    expect(planSides({ directions: true, headersMax: 0 }).records).toBe(SIDE_DIRECTIONS);
    expect(planSides({ directions: false, headersMax: 7 }).records).toBe(SIDE_PACKET_LOG);
    const plan = planSides({ directions: false, headersMax: 0, with: ['community-id'] });
    expect([plan.records, plan.blocks], 'only a block').toEqual([0, SIDE_COMMUNITY_ID]);
  });

  it('refuses sizes that would leave the next record unaligned', () => {
    const options = { directions: false, headersMax: 0 };
    expect(() => planSides(options, [group('odd', 1, 12, 8)])).toThrow(/odd/);
    expect(() => planSides(options, [group('odd', 1, 8, 4)])).toThrow(/odd/);
  });

  it('gives each group a bit of its own that the engine has room for', () => {
    const bits = SIDE_GROUPS.map(({ bit }) => bit);
    expect(new Set(bits).size).toBe(bits.length);
    for (const bit of bits) expect([...Array(SIDE_GROUPS_MAX).keys()]).toContain(Math.log2(bit));
    expect(bits).toEqual([...bits].sort((a, b) => a - b));
  });
});

const OPTIONS: EngineOptions = { ...engineOptions({ maxFlows: 32_768 }), directions: true };

/** A file through an engine with the given options, one capture block after the other. */
async function read(file: Uint8Array, options: Partial<EngineOptions>): Promise<{ hosts: string[]; packets: number }> {
  const engine = await InlineEngine.create(await innerModule(), { ...OPTIONS, ...options });
  const reader = new CaptureReader(engine, {
    count: 1,
    open: async () => new BytesSource('file', file, Infinity),
    yieldToEventLoop: async () => {},
  });
  const hosts: string[] = [];
  await reader.start();
  while (await reader.advance()) {
    engine.takeClosed(engine.closedCount, (rows) => {
      for (let n = 0; n < rows.count; n++) hosts.push(readFlow(engine.views, rowAt(rows, n)).srcAddress);
    });
  }
  reader.close();
  return { hosts, packets: engine.counters().packetsDelivered };
}

/** Frames of hosts that differ from one to the next, IPv4 and IPv6, each host on both sides of the key. */
function frames(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, n) => {
    const [src, dst] = n % 2 === 0 ? [n, 0xffff] : [0xffff, n];
    const network =
      n % 3 === 0
        ? ipv6({ src: `2001:db8::${src.toString(16)}`, dst: `2001:db8::${dst.toString(16)}` })
        : ipv4({ src: `10.0.${src >> 8}.${src & 255}`, dst: `10.0.${dst >> 8}.${dst & 255}` });
    return udp({ srcPort: 1024 + (n % 1000), dstPort: 53 })
      .over(network)
      .over(ethernet());
  });
}

// With side records on, the debug build asserts for each packet that its frame is in place.
describe('the frame of a packet is in place when its batch is tracked', () => {
  it('from files, in blocks as small as they get', async () => {
    const records = frames(5000).map((frame, n) => ({ timestampNs: BigInt(n) * 1000n, frame }));
    for (const file of [pcap(records), pcapng([interfaceBlock(), ...records.map(enhancedPacket)])]) {
      for (const blockSize of [64, 1000, 65_536])
        expect((await read(file, { blockSize })).packets, `blocks of ${blockSize}`).toBe(records.length);
    }
  });

  it('from tunnels, where the header used is the inner one', async () => {
    const inner = udp({ srcPort: 7 }).over(ipv4({ src: '10.1.1.1', dst: '10.2.2.2' }));
    const frame = inner.over(ipv4({ src: '192.0.2.9', dst: '192.0.2.8' })).over(ethernet());
    const file = pcap([{ timestampNs: 0n, frame }]);
    expect((await read(file, { decapsulate: true })).hosts).toEqual(['10.1.1.1']);
    expect((await read(file, { decapsulate: false })).hosts).toEqual(['192.0.2.9']);
  });

  it('from the ring, over many laps', async () => {
    const { exports, views } = await openInner({ ...OPTIONS, blockSize: 0, ringSize: 1 << 16 });
    const writer = new RingWriter(views.u8.buffer, 0);
    const consume = (): void => {
      writer.publish();
      for (let found = RING_DRAIN; found !== RING_EMPTY; found = exports.consumePiece()) exports.releaseClosed(100);
    };
    exports.describeSource(0, LINKTYPE_ETHERNET, 0, 1, 0);
    const all = frames(5000);
    for (const [n, frame] of all.entries()) {
      const whole = { upTo: (length: number): Uint8Array => frame.subarray(0, length) };
      if (writer.free < 4096) consume();
      expect(writer.put(0, 0, n, whole, frame.length, frame.length)).toBe(true);
    }
    consume();
    expect(readCounters(views.data).packetsDelivered).toBe(all.length);
  });

  it('or the debug build says that it is not', async () => {
    const { exports, views } = await openInner(OPTIONS);
    views.data.setUint32(PACKETS + PACKET_FRAME, PACKETS + PACKET_SIZE, true);
    views.data.setUint32(PACKETS + PACKET_IP, PACKETS + PACKET_SIZE, true);
    views.data.setUint32(PACKETS + PACKET_KEY + KEY_LOW, 0x01020304, true);
    expect(() => exports.packetSides(0, PACKETS, 0)).toThrow(/assertion/);
  });
});
