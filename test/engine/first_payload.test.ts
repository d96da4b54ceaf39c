import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONTROL, FIRST_SIDE_BYTES, NIL, ROWS, ROWS_MAX, STATE_FIRST_CHUNKS_USED } from '../../assembly/layout.ts';
import { FirstPayloads } from '../../src/engine/first_payload.ts';
import { InlineEngine } from '../../src/engine/inline.ts';
import { readFlow } from '../../src/engine/rows.ts';
import { rowAt } from '../../src/engine/table.ts';
import { Starts, type Start } from '../../src/content/starts.ts';
import { CaptureReader } from '../../src/reader/capture_reader.ts';
import { ethernet, ipv4, pcap, random, tcp, udp, type CaptureRecord, type Random } from '../builders/index.ts';
import { readCapture } from '../models/index.ts';
import { conversationsOf } from '../models/prefix_capture.ts';
import type { FirstBytes, FirstPayload } from '../../src/flow/first_payload.ts';
import { BytesSource, optionsOf, testedEngine, type RunOptions } from './harness.ts';

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;
const SECOND = 1_000_000_000n;
const START = 1_700_000_000n * SECOND;
/** No flow ends before the capture does. */
const ENDLESS = { flowTimeout: 1_000_000, finTimeout: 1_000_000 };

interface Kept {
  readonly ends: string;
  readonly payload: FirstPayload;
}

/**
 * The end with the smaller text first: a later SYN tells the engine who the originator is, the model goes by the first
 * packet.
 */
function keptBetween(protocol: number, ends: readonly [string, string], payload: FirstPayload): Kept {
  if (ends[0] <= ends[1]) return { ends: `${protocol} ${ends.join(' ')}`, payload };
  const { originator, responder } = payload;
  return {
    ends: `${protocol} ${ends.toReversed().join(' ')}`,
    payload: { ...payload, originator: responder, responder: originator },
  };
}

/** What the engine keeps of each flow when it ends. */
async function keptOf(
  file: Uint8Array,
  chunks: number,
  options: RunOptions = {},
  starts?: readonly Start[],
): Promise<{ kept: Kept[]; engine: InlineEngine }> {
  const engine = await InlineEngine.create(await testedEngine(), {
    ...optionsOf({ ...ENDLESS, ...options }),
    firstChunks: chunks,
  });
  const reader = new CaptureReader(engine, {
    count: 1,
    open: async () => new BytesSource('capture', file, options.chunkSize ?? Infinity),
    yieldToEventLoop: async () => {},
  });
  const kept: Kept[] = [];
  const payloads = new FirstPayloads(engine.views);
  if (starts !== undefined) payloads.writeStarts([new Starts([]).tables, new Starts(starts).tables]);
  await reader.start();
  while (await reader.advance()) {
    while (engine.closedCount > 0) {
      engine.takeClosed(ROWS_MAX, (rows) => {
        for (let n = 0; n < rows.count; n++) {
          const { protocol, srcAddress, srcPort, dstAddress, dstPort } = readFlow(engine.views, rowAt(rows, n));
          const payload = payloads.of(rowAt(rows, n));
          if (starts !== undefined && payloads.unlike(rowAt(rows, n)) !== NIL) continue;
          if (payload !== undefined && saysSomething(payload))
            kept.push(keptBetween(protocol, [`${srcAddress} ${srcPort}`, `${dstAddress} ${dstPort}`], copyOf(payload)));
        }
      });
    }
  }
  return { kept, engine };
}

/** What was read is good until the next flow is. */
function copyOf({ originator, responder, ...rest }: FirstPayload): FirstPayload {
  const copied = ({ port, first, stream, datagrams, timesNs, unlike }: FirstBytes): FirstBytes => ({
    port,
    first: first.slice(),
    stream: stream.slice(),
    datagrams: datagrams.map((datagram) => datagram.slice()),
    timesNs,
    ...(unlike === undefined ? {} : { unlike }),
  });
  return { ...rest, originator: copied(originator), responder: copied(responder) };
}

/** A flow whose only payload lies before its first byte has none. */
const saysSomething = ({ originator, responder, bits }: FirstPayload): boolean =>
  [originator, responder].some(({ stream, datagrams }) => stream.length + datagrams.length > 0) || bits.length > 0;

/** The same by the model. */
function modelOf(file: Uint8Array, decapsulate = false): Kept[] {
  return conversationsOf(readCapture(file).records, { decapsulate })
    .filter(
      ({ payload: { originator, responder, bits } }) =>
        [originator, responder].some(({ stream, datagrams }) => stream.length + datagrams.length > 0) ||
        bits.length > 0,
    )
    .map(({ transport, a, aPort, b, bPort, payload }) =>
      keptBetween(transport === 'tcp' ? 6 : 17, [`${a} ${aPort}`, `${b} ${bPort}`], payload),
    );
}

const sorted = (kept: readonly Kept[]): Kept[] => kept.toSorted((a, b) => (a.ends < b.ends ? -1 : 1));

/** Records of one flow between 10.0.0.1 and 10.0.0.2, one millisecond apart. */
class Conversation {
  readonly records: CaptureRecord[] = [];
  readonly #isn: readonly [number, number];
  timeNs = START;

  constructor(isn: readonly [number, number] = [0xffff_ff00, 7]) {
    this.#isn = isn;
  }

  segment(side: 0 | 1, offset: number, payload: Uint8Array, flags = ACK, cut = 0): void {
    const seq = (this.#isn[side] + ((flags & SYN) === 0 ? 1 + offset : 0)) >>> 0;
    this.#add(side, tcp({ ...portsOf(side), seq, flags, payload }), cut);
  }

  datagram(side: 0 | 1, payload: Uint8Array, cut = 0): void {
    this.#add(side, udp({ ...portsOf(side), payload }), cut);
  }

  #add(side: 0 | 1, transport: ReturnType<typeof tcp>, cut: number): void {
    const [src, dst] = side === 0 ? ['10.0.0.1', '10.0.0.2'] : ['10.0.0.2', '10.0.0.1'];
    const frame = transport.over(ipv4({ src, dst })).over(ethernet());
    const bytes = frame.slice(0, Math.max(54, frame.length - cut));
    this.records.push({ timestampNs: this.timeNs, frame: bytes, wireLen: frame.length });
    this.timeNs += 1_000_000n;
  }

  get file(): Uint8Array {
    return pcap(this.records);
  }
}

const portsOf = (side: 0 | 1) => (side === 0 ? { srcPort: 1000, dstPort: 80 } : { srcPort: 80, dstPort: 1000 });

async function expectModel(conversation: Conversation, where: string): Promise<void> {
  const { kept } = await keptOf(conversation.file, 100);
  expect(kept, where).toEqual(modelOf(conversation.file));
}

/** Segments of a message in any order, some twice, some with other bytes, some cut, some behind the limit. */
function randomTcp(r: Random): Conversation {
  const conversation = new Conversation([r.uint32(), r.uint32()]);
  const messages = [r.bytes(r.pick([10, 600, 5000])), r.bytes(r.pick([10, 600, 5000]))] as const;
  for (const side of [0, 1] as const)
    if (!r.oneIn(4))
      conversation.segment(side, 0, r.oneIn(4) ? messages[side].slice(0, 5) : r.bytes(0), SYN | (side === 0 ? 0 : ACK));
  let at = [0, 0] as [number, number];
  for (let n = r.between(1, 30); n > 0; n--) {
    const side = r.below(2) as 0 | 1;
    const message = messages[side];
    const start = r.oneIn(3) ? r.below(message.length) : at[side];
    const part = message.slice(start, start + r.between(1, r.pick([1, 20, 900])));
    if (r.oneIn(12) && part.length > 0) part[0] = (part[0] ?? 0) ^ 1;
    if (start === at[side]) at = side === 0 ? [start + part.length, at[1]] : [at[0], start + part.length];
    if (r.oneIn(20)) conversation.timeNs += 4n * SECOND;
    conversation.segment(
      side,
      start - (r.oneIn(15) ? 4 : 0),
      part,
      r.oneIn(25) ? ACK | FIN : r.oneIn(40) ? RST : ACK,
      r.oneIn(15) ? r.below(30) : 0,
    );
  }
  return conversation;
}

describe('first bytes of a flow', () => {
  describe('of starts that say little', () => {
    const starts: readonly Start[] = [{ bytes: ['w'], weak: true }, { bytes: ['s'] }];
    it.each([
      ['one datagram', ['w>'], []],
      ['the next one is like nothing', ['w>', 'x>', 'w>'], []],
      ['the answer and the next one are like nothing', ['w>', 'x<', 'x>', 'w>'], []],
      ['the next one confirms it behind an unlike answer', ['w1>', 'x<', 'w2>'], ['w1', 'w2', 'x']],
      ['the next one confirms it', ['w1>', 'w2>', 'x>'], ['w1', 'w2', 'x']],
      ['the answer confirms it', ['w1>', 'w2<', 'x>'], ['w1', 'x', 'w2']],
      ['a strong one follows', ['w>', 's<'], ['w', 's']],
      ['a weak answer to an unlike datagram', ['x>', 'w1<', 'w2<'], ['x', 'w1', 'w2']],
    ])('are kept if another one is: %s', async (_, sent, expected) => {
      const conversation = new Conversation();
      for (const text of sent) conversation.datagram(text.endsWith('>') ? 0 : 1, Buffer.from(text.slice(0, -1)));
      const { kept, engine } = await keptOf(conversation.file, 100, {}, starts);
      const datagrams = kept.flatMap(({ payload: { originator, responder } }) => [
        ...originator.datagrams,
        ...responder.datagrams,
      ]);
      expect(datagrams.map((datagram) => Buffer.from(datagram).toString())).toEqual(expected);
      expect(engine.views.data.getUint32(CONTROL + STATE_FIRST_CHUNKS_USED, true)).toBe(0);
    });
  });

  it('are those of the slow model: random segments', async () => {
    const r = random(21);
    for (let round = 0; round < 150; round++) await expectModel(randomTcp(r), `seed ${r.seed}, round ${round}`);
  });

  it('are those of the slow model: random datagrams', async () => {
    const r = random(22);
    for (let round = 0; round < 80; round++) {
      const conversation = new Conversation();
      for (let n = r.between(1, 14); n > 0; n--) {
        if (r.oneIn(10)) conversation.timeNs += 6n * SECOND;
        conversation.datagram(
          r.below(2) as 0 | 1,
          r.bytes(r.pick([0, 1, 15, 16, 17, 500, 1300])),
          r.oneIn(6) ? r.below(20) : 0,
        );
      }
      await expectModel(conversation, `seed ${r.seed}, round ${round}`);
    }
  });

  it.each([
    ['in bytes', (n: number) => n],
    ['in bytes, the last one first', (n: number) => -n],
  ])('are the whole message %s', async (_, order) => {
    const message = random(1).bytes(700);
    const conversation = new Conversation();
    conversation.segment(0, 0, new Uint8Array(0), SYN);
    for (const at of [...message.keys()].sort((a, b) => order(a) - order(b)))
      conversation.segment(0, at, message.slice(at, at + 1));
    const { kept } = await keptOf(conversation.file, 100);
    expect(kept[0]?.payload.originator.stream).toEqual(message);
  });

  it('need no more than their chunks, and say when there is none', async () => {
    const conversation = new Conversation();
    conversation.segment(0, 0, random(1).bytes(1400));
    expect((await keptOf(conversation.file, 3)).kept[0]?.payload).toMatchObject({ bits: ['midstream'] });
    const { kept } = await keptOf(conversation.file, 2);
    expect(kept[0]?.payload).toMatchObject({
      bits: ['midstream', 'poolEmpty'],
      originator: { stream: new Uint8Array(0) },
    });
  });

  it('are kept without the group at no cost of memory', async () => {
    const options = optionsOf({});
    const without = await InlineEngine.create(await testedEngine(), options);
    const none = await InlineEngine.create(await testedEngine(), { ...options, firstChunks: 0 });
    expect(none.memoryReserved).toBe(without.memoryReserved);
  });
});

describe('ready flows', () => {
  /** Takes what is ready; gives the streams of the originators. */
  const takeAll = (engine: InlineEngine): FirstPayload[] => {
    const taken: FirstPayload[] = [];
    const payloads = new FirstPayloads(engine.views);
    for (let index = engine.takeReady(); index !== NIL; index = engine.takeReady()) {
      taken.push(payloads.of(ROWS) ?? expect.unreachable());
      engine.releaseFirstPayload(index);
    }
    return taken;
  };

  const engineWith = async (conversations: readonly CaptureRecord[], chunks: number): Promise<InlineEngine> => {
    const engine = await InlineEngine.create(await testedEngine(), { ...optionsOf(ENDLESS), firstChunks: chunks });
    const file = pcap(conversations);
    engine.beginFile();
    engine.space().set(file);
    engine.filled(file.length);
    engine.walk();
    return engine;
  };

  it('have enough, and their chunks serve others', async () => {
    const conversation = new Conversation();
    for (let n = 0; n < 8; n++) conversation.segment(0, n * 400, new Uint8Array(400).fill(n));
    const engine = await engineWith(conversation.records, 7);
    const [payload] = takeAll(engine);
    expect(payload?.originator.stream).toHaveLength(3200);
    expect(takeAll(engine)).toEqual([]);
    const more = new Conversation();
    more.timeNs = conversation.timeNs;
    const other = pcap(more.records.concat(otherFlow(conversation.timeNs)));
    engine.beginFile();
    engine.space().set(other);
    engine.filled(other.length);
    engine.walk();
    expect(engine.counters().packetsSeen).toBe(9);
    const again = pcap(lateFlow(conversation.timeNs + 11n * SECOND));
    engine.beginFile();
    engine.space().set(again);
    engine.filled(again.length);
    engine.walk();
    // The other flow found seven free chunks, and has waited for eleven seconds.
    expect(takeAll(engine).map(({ originator }) => originator.stream.length)).toEqual([3500]);
  });

  const otherFlow = (timestampNs: bigint): CaptureRecord[] => [
    {
      timestampNs,
      frame: tcp({ srcPort: 5, dstPort: 6, seq: 1, flags: ACK, payload: 3500 }).over(ipv4({})).over(ethernet()),
    },
  ];
  const lateFlow = (timestampNs: bigint): CaptureRecord[] => [
    { timestampNs, frame: udp({ srcPort: 7, dstPort: 8, payload: 0 }).over(ipv4({})).over(ethernet()) },
  ];

  it('are the oldest ones when more flows collect than may', async () => {
    const frame = (port: number) => udp({ srcPort: port, dstPort: 9, payload: 10 }).over(ipv4({})).over(ethernet());
    const records = Array.from({ length: 16_384 + 3 }, (_, n) => ({ timestampNs: START, frame: frame(n + 1) }));
    const engine = await InlineEngine.create(await testedEngine(), {
      ...optionsOf({ ...ENDLESS, maxFlows: 20_000, blockSize: 4_000_000 }),
      firstChunks: 40_000,
    });
    const file = pcap(records);
    engine.beginFile();
    engine.space().set(file);
    engine.filled(file.length);
    engine.walk();
    expect(takeAll(engine).map(({ originator }) => originator.port)).toEqual([1, 2, 3]);
  });

  it('are the oldest ones when chunks are scarce, so that none is missing', async () => {
    const frame = (port: number) => udp({ srcPort: port, dstPort: 9, payload: 10 }).over(ipv4({})).over(ethernet());
    const records = Array.from({ length: 100 }, (_, n) => ({ timestampNs: START, frame: frame(n + 1) }));
    const engine = await engineWith(records.slice(0, 80), 100);
    // Three quarters of the chunks are in use: each further flow has ended an older one.
    expect(takeAll(engine).map(({ originator }) => originator.port)).toEqual([1, 2, 3, 4, 5]);
    const more = pcap(records.slice(80));
    engine.beginFile();
    engine.space().set(more);
    engine.filled(more.length);
    engine.walk();
    const ports = takeAll(engine).map(({ originator, bits }) => [originator.port, bits]);
    expect(ports).toEqual(Array.from({ length: 20 }, (_, n) => [n + 6, []]));
  });

  it('take at most their part of a side', () => {
    expect(FIRST_SIDE_BYTES).toBe(4096);
  });
});

const folder = new URL('../../../shared/captures/', import.meta.url);

describe.skipIf(!existsSync(folder))(
  'first bytes of the shared captures (skipped where ../shared/captures is absent)',
  () => {
    it.each([false, true])('are those of the slow model, decapsulate %s', async (decapsulate) => {
      if (!existsSync(folder)) return;
      let flows = 0;
      for (const name of readdirSync(folder).filter((file) => /\.pcap(ng)?$/.test(file))) {
        const file = readFileSync(new URL(name, folder));
        const { records } = readCapture(file);
        const ordered = records.every(
          ({ timestampNs }, n) => n === 0 || timestampNs >= (records[n - 1]?.timestampNs ?? 0n),
        );
        // Flows of the engine begin anew with a new connection; conversations of the model do not.
        const model = modelOf(file, decapsulate);
        if (!ordered || records.length === 0) continue;
        const { kept } = await keptOf(file, 40_000, { decapsulate, maxFlows: 10_000 }).catch(() => ({
          kept: [] as Kept[],
        }));
        const again = new Set(kept.map(({ ends }) => ends));
        if (again.size !== kept.length || kept.length !== model.length) continue;
        expect(sorted(kept), name).toEqual(sorted(model));
        flows += kept.length;
      }
      expect(flows).toBeGreaterThan(300);
    });
  },
);
