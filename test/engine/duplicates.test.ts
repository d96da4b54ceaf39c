/**
 * Packets that are seen twice (`dedup`), one by one and against the model on random captures. A failure prints its
 * seed; PCAPFLOW_SEED=n runs that one alone, PCAPFLOW_SCENARIOS=n another number of them.
 */
import { describe, expect, it } from 'vitest';
import { reasonOfOptions } from '../../src/jobs/open_jobs.ts';
import {
  ethernet,
  icmp,
  ipv4,
  ipv6,
  LINKTYPE,
  pcap,
  qinq,
  random,
  snapped,
  tcp,
  udp,
  vlan,
  type CaptureRecord,
  type Packet,
} from '../builders/index.ts';
import { copiesIn } from '../models/duplicates.ts';
import { flowLine, flowsOf, readCapture } from '../models/index.ts';
import { commonCounters, difference, modelOptions, optionsOf, run } from './harness.ts';
import { scenario } from './scenario.ts';

const MS = 1_000_000n;
const START = 1_700_000_000_000n;
const at = (ms: number, frame: Uint8Array): CaptureRecord => ({
  timestampNs: (START + BigInt(ms)) * MS,
  frame,
});
const segment = (fields: { ttl?: number; id?: number; tos?: number; payload?: number } = {}): Packet =>
  tcp({ srcPort: 5000, dstPort: 80, seq: 7, payload: fields.payload ?? 100 }).over(
    ipv4({ src: '192.0.2.1', dst: '192.0.2.2', ...fields }),
  );
const frameOf = (packet: Packet): Packet => packet.over(ethernet());
/** With one byte of the frame changed. */
function changed(frame: Uint8Array, offset: number): Uint8Array {
  const copy = Uint8Array.from(frame);
  copy[offset] = (copy[offset] ?? 0) ^ 0xff;
  return copy;
}
const IP = 14;
const TRANSPORT = IP + 20;

async function duplicatesIn(records: readonly CaptureRecord[], dedup = 100, linkType = 1): Promise<number | undefined> {
  return (await run(pcap(records, { format: 'ns', linkType }), { dedup })).counters.notTracked.duplicate;
}
const pair = (first: Uint8Array, second: Uint8Array, ms = 5) => duplicatesIn([at(0, first), at(ms, second)]);

describe('a copy', () => {
  const frame = frameOf(segment());

  it('has the same bytes from the IP header on, and comes within the time', async () => {
    expect(await pair(frame, frame)).toBe(1);
    expect(await pair(frame, frame, 100)).toBe(1);
    expect(await pair(frame, frame, 101)).toBe(0);
    expect(await duplicatesIn([at(0, frame), at(3, frame)], 2)).toBe(0);
    expect(await duplicatesIn([at(100, frame), at(0, frame)])).toBe(1);
    expect(await duplicatesIn([at(101, frame), at(0, frame)])).toBe(0);
  });

  it('is compared with the one that counted, not with the copy before it', async () => {
    expect(await duplicatesIn([0, 80, 160, 240].map((ms) => at(ms, frame)))).toBe(2);
  });

  it('may have another hop limit and another checksum of the IP header', async () => {
    expect(await pair(frame, frameOf(segment({ ttl: 63 })))).toBe(1);
    expect(await pair(frame, changed(frame, IP + 10))).toBe(1);
    const six = (hopLimit: number) =>
      frameOf(
        udp({ srcPort: 1, dstPort: 2, payload: 9 }).over(ipv6({ src: '2001:db8::1', dst: '2001:db8::2', hopLimit })),
      );
    expect(await pair(six(64), six(63))).toBe(1);
  });

  it.each([
    ['TCP', frame, TRANSPORT + 16],
    ['UDP', frameOf(udp({ srcPort: 1, dstPort: 2, payload: 30 }).over(ipv4())), TRANSPORT + 6],
  ])('may have another checksum of %s, if it is there as a whole', async (_, whole, offset) => {
    expect(await pair(whole, changed(whole, offset))).toBe(1);
    const cut = (bytes: Uint8Array, ms: number) => snapped(at(ms, bytes), whole.length - 4);
    expect(await duplicatesIn([cut(whole, 0), cut(changed(whole, offset), 1)])).toBe(0);
    expect(await duplicatesIn([cut(whole, 0), cut(whole, 1)])).toBe(1);
  });

  it.each([
    ['service', IP + 1],
    ['identification', IP + 5],
    ['protocol', IP + 9],
    ['source', IP + 15],
    ['destination', IP + 19],
    ['sequence number', TRANSPORT + 7],
    ['flags', TRANSPORT + 13],
    ['payload', frame.length - 1],
  ])('has the same %s', async (_, offset) => expect(await pair(frame, changed(frame, offset))).toBe(0));

  it('may be in another link layer, with other tags and padding', async () => {
    const tagged = segment().over(vlan(7)).over(ethernet());
    expect(await pair(frame, tagged)).toBe(1);
    expect(await pair(tagged, segment().over(qinq(7, 8)).over(ethernet()))).toBe(1);
    const short = frameOf(tcp({ srcPort: 5000, dstPort: 80 }).over(ipv4()));
    expect(await pair(short, Uint8Array.from([...short, 0, 0, 0, 0, 0, 0]))).toBe(1);
  });

  it('of an ICMP message has the same checksum', async () => {
    const echo = frameOf(icmp({ type: 8, payload: 20 }).over(ipv4()));
    expect(await pair(echo, echo)).toBe(1);
    expect(await pair(echo, changed(echo, TRANSPORT + 2))).toBe(0);
  });

  it('is never found of what is not IP', async () => {
    const arp = changed(changed(frame, 12), 13);
    const frames = [arp, arp];
    const { counters } = await run(
      pcap(
        frames.map((one, ms) => at(ms, one)),
        { format: 'ns' },
      ),
      { dedup: 100 },
    );
    expect(counters.notTracked).toMatchObject({ notIp: 2, duplicate: 0 });
  });

  it('is in exactly one counter, and in no flow', async () => {
    const { flows, counters } = await run(pcap([at(0, frame), at(1, frame), at(2, frame)], { format: 'ns' }), {
      dedup: 100,
    });
    expect(flows.map(({ packetsForward }) => packetsForward)).toEqual([1]);
    expect(counters).toMatchObject({ packetsSeen: 3, packetsDelivered: 1, packetsNotTracked: 2 });
    expect(counters.notTracked.duplicate).toBe(2);
  });

  it('in another file is found too', async () => {
    const files = [pcap([at(0, frame)], { format: 'ns' }), pcap([at(5, frame)], { format: 'ns', linkType: 1 })];
    expect((await run(files, { dedup: 100 })).counters.notTracked.duplicate).toBe(1);
  });
});

describe('without dedup', () => {
  it('copies are packets like others, and there is no counter for them', async () => {
    const frame = frameOf(segment());
    const { counters } = await run(pcap([at(0, frame), at(1, frame)], { format: 'ns' }));
    expect(counters.packetsDelivered).toBe(2);
    expect(Object.keys(counters.notTracked)).not.toContain('duplicate');
    expect(Object.keys(counters)).not.toContain('duplicatesForgotten');
  });
});

describe('the memory', () => {
  it('forgets the oldest of a set when there are too many within the time, and counts it', async () => {
    // Far more packets than there are entries, all at one time; the last ones come again.
    const count = 200_000;
    const size = 60;
    const one = pcap([at(0, segment({ payload: 20 }))], { format: 'ns', linkType: LINKTYPE.RAW });
    const header = one.length - size - 16;
    const capture = new Uint8Array(header + (count + 1000) * (size + 16));
    capture.set(one.subarray(0, header));
    const view = new DataView(capture.buffer);
    for (let n = 0; n < count + 1000; n++) {
      const record = header + n * (size + 16);
      capture.set(one.subarray(header), record);
      // The sequence number.
      view.setUint32(record + 16 + 24, n < count ? n : n - 1000);
    }
    const { counters } = await run(capture, { dedup: 100 });
    expect(counters.duplicatesForgotten).toBeGreaterThanOrEqual(count - 131_072);
    expect(counters.notTracked.duplicate).toBeGreaterThan(900);
    expect(counters.packetsSeen).toBe(count + 1000);
  });
});

describe('several engines', () => {
  it('do not share a capture: what is a copy depends on the packets before', () => {
    expect(reasonOfOptions(optionsOf({ dedup: 100 }))).toContain('--dedup');
    expect(reasonOfOptions(optionsOf({}))).toBeUndefined();
  });
});

const SCENARIOS = Number(process.env.PCAPFLOW_SCENARIOS ?? 60);
const only = process.env.PCAPFLOW_SEED;

/** A capture with copies, near copies and late copies of its packets. */
async function compare(seed: number): Promise<number> {
  const { file, linkType, options } = scenario(seed);
  const { below, oneIn, pick } = random(seed);
  const records: CaptureRecord[] = [];
  for (const { timestampNs, bytes, wireLen } of readCapture(file).records) {
    records.push({ timestampNs, frame: bytes, wireLen });
    for (let copies = below(4); copies > 0; copies--) {
      const frame = Uint8Array.from(bytes);
      // A hop limit, a checksum, or anything else, often only nearly.
      if (frame.length > 0 && oneIn(2)) frame[below(frame.length)] = below(256);
      const delayNs = BigInt(below(150_000_001)) * (oneIn(8) ? -1n : 1n);
      const time = timestampNs + pick([0n, delayNs]);
      records.push({ timestampNs: time < 0n ? 0n : time, frame, wireLen });
    }
  }
  const capture = pcap(records, { format: 'ns', linkType });
  const { direction, fragments, decapsulate } = options;
  const used = {
    ...(direction === undefined ? {} : { direction }),
    ...(fragments === undefined ? {} : { fragments }),
    ...(decapsulate === undefined ? {} : { decapsulate }),
  };
  const all = readCapture(capture).records;
  const copies = copiesIn(all, 100n * MS);
  const want = flowsOf(all, { ...modelOptions(used), filter: (one) => !copies.has(one) });
  const got = await run(capture, { ...used, dedup: 100 });
  const told = `seed ${seed}, link type ${linkType}, ${JSON.stringify(used)}`;
  expect(got.counters.notTracked.duplicate, told).toBe(copies.size);
  expect(difference(want.flows.map(flowLine), got.lines), told).toBeUndefined();
  const { packetsFiltered, packetsNotTracked, ...others } = want.counters;
  expect(commonCounters(got.counters), told).toEqual({
    ...others,
    packetsFiltered: 0,
    packetsNotTracked: packetsNotTracked + packetsFiltered,
  });
  return copies.size;
}

describe('the engine finds the copies that the model finds', () => {
  if (only !== undefined) {
    it(`for seed ${only}`, async () => void (await compare(Number(only))));
    return;
  }
  it(`for ${SCENARIOS} random captures`, async () => {
    let copies = 0;
    for (let seed = 500_001; seed <= 500_000 + SCENARIOS; seed++) copies += await compare(seed);
    expect(copies).toBeGreaterThan(SCENARIOS * 10);
  });
});
