/** Several files are one capture: in the order of their first packets, and merged where they overlap. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { CaptureReader } from '../../src/reader/capture_reader.ts';
import { openReader } from '../../src/reader/open_reader.ts';
import type { OrderOption } from '../../src/reader/open_reader.ts';
import { engineOptions } from '../../src/reader/options.ts';
import { readFlow } from '../../src/engine/rows.ts';
import { rowAt } from '../../src/engine/table.ts';
import { ROWS_MAX } from '../../assembly/layout.ts';
import type { CaptureInput } from '../../src/source/file/open.ts';
import {
  ethernet,
  ipv4,
  LINKTYPE,
  pcap,
  pcapng,
  pcapngOf,
  interfaceBlock,
  enhancedPacket,
  random,
  simplePacket,
  udp,
  type CaptureRecord,
  type Random,
} from '../builders/index.ts';
import { onLink, randomPacket } from '../engine/scenario.ts';
import { difference } from '../engine/harness.ts';
import { flowLine, flowsOf, readCapture, type CapturedFrame } from '../models/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-merge-'));
afterAll(() => rmSync(folder, { recursive: true }));
const START_NS = 1_700_000_000_000_000_000n;

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

interface Result {
  readonly lines: readonly string[];
  readonly packets: number;
  readonly warnings: readonly string[];
  readonly problems: readonly string[];
}

async function read(inputs: readonly CaptureInput[], order: OrderOption = 'time', blockSize = 65_536): Promise<Result> {
  const warnings: string[] = [];
  const options = engineOptions({ maxFlows: 4096, flowTimeout: 5, finTimeout: 1, blockSize });
  const reader = await openReader(inputs, options, undefined, (message) => warnings.push(message), order);
  const lines = await drained(reader);
  const { packetsSeen: packets } = reader.engine.counters();
  return { lines, packets, warnings, problems: reader.problems.map(({ message }) => message) };
}

async function drained(reader: CaptureReader): Promise<string[]> {
  const lines: string[] = [];
  const { engine } = reader;
  await reader.start();
  while (await reader.advance()) {
    while (engine.closedCount > 0) {
      engine.takeClosed(ROWS_MAX, (rows) => {
        for (let n = 0; n < rows.count; n++) lines.push(flowLine(readFlow(engine.views, rowAt(rows, n))));
      });
    }
  }
  return lines;
}

/** The flows of these records, by the model. */
function modelled(records: readonly CapturedFrame[]): string[] {
  return flowsOf(records, { flowTimeoutNs: 5_000_000_000n, finTimeoutNs: 1_000_000_000n }).flows.map(flowLine);
}

/** Records in the order in which a merge takes them: always the earliest of those that are next in their files. */
function merged(files: readonly (readonly CapturedFrame[])[]): CapturedFrame[] {
  const next = files.map(() => 0);
  const taken: CapturedFrame[] = [];
  while (true) {
    let best: number | undefined;
    for (const [n, records] of files.entries()) {
      const time = records[next[n] as number]?.timestampNs;
      if (time === undefined) continue;
      const bestTime = best === undefined ? undefined : files[best]?.[next[best] as number]?.timestampNs;
      if (bestTime === undefined || time < bestTime) best = n;
    }
    if (best === undefined) return taken;
    taken.push(files[best]?.[next[best] as number] as CapturedFrame);
    next[best] = (next[best] as number) + 1;
  }
}

/** Files of all formats, link types, byte orders and resolutions whose packets are spread over the same time. */
function randomFiles(r: Random): Uint8Array[] {
  const files = Array.from({ length: r.between(2, 6) }, () => ({
    linkType: r.pick([1, 1, LINKTYPE.NULL, 101, 113]),
    records: [] as CaptureRecord[],
  }));
  let timestampNs = START_NS;
  for (let count = r.between(2, 200); count > 0; count--) {
    timestampNs += BigInt(r.pick([0, 1, 1, 50, 300_000, 2_000_000])) * 1000n;
    const back = r.oneIn(20) ? BigInt(r.below(1000)) * 1000n : 0n;
    const to = r.pick(files);
    to.records.push({
      timestampNs: timestampNs - back,
      frame: Uint8Array.from(onLink(r, to.linkType, randomPacket(r))),
    });
  }
  return files
    .filter(({ records }) => records.length > 0)
    .map(({ linkType, records }) => {
      const bigEndian = r.oneIn(2);
      return r.oneIn(2)
        ? pcapngOf(records, { linkType, tsresol: r.pick([6, 9, 12]), tsoffset: r.oneIn(3) ? -5n : 0n, bigEndian })
        : pcap(records, { linkType, format: r.pick(['us', 'ns', 'modified']), bigEndian });
    });
}

describe('files that overlap in time', () => {
  it('give the flows of their packets by time, whatever their formats', async () => {
    for (let seed = 1; seed <= 80; seed++) {
      const r = random(seed);
      const files = randomFiles(r);
      const paths = files.map((bytes, n) => file(`${seed}-${n}.pcap`, r.oneIn(4) ? gzipSync(bytes) : bytes));
      const want = merged(files.map((bytes) => readCapture(bytes).records));
      const got = await read(paths, 'time', r.pick([64, 1000, 65_536]));
      expect(got.problems, `seed ${seed}`).toEqual([]);
      expect(got.packets, `seed ${seed}`).toBe(want.length);
      expect(difference(modelled(want), got.lines), `seed ${seed}`).toBeUndefined();
    }
  });

  const mergecap = spawnSync('mergecap', ['-v']).error === undefined;
  it.skipIf(!mergecap)('give what mergecap and a read of its output give', async () => {
    for (let seed = 1000; seed < 1010; seed++) {
      const r = random(seed);
      // With equal times mergecap takes the last file first: here they are all different.
      let timestampNs = START_NS;
      const records = Array.from({ length: 120 }, () => {
        timestampNs += BigInt(1 + r.below(100_000)) * 1000n;
        return { timestampNs, frame: Uint8Array.from(onLink(r, 1, randomPacket(r))) };
      });
      const shares = [0, 1, 2].map((n) => records.filter((_, at) => at % 3 === n || r.oneIn(40)));
      const unique = shares.map((share, n) =>
        share.filter((one) => shares.findIndex((other) => other.includes(one)) === n),
      );
      const paths = unique.map((share, n) =>
        file(`mc${seed}-${n}.pcap`, n === 1 ? pcapngOf(share, { tsresol: 9 }) : pcap(share, { bigEndian: n === 2 })),
      );
      const out = join(folder, `mc${seed}.pcapng`);
      expect(spawnSync('mergecap', ['-w', out, ...paths]).status).toBe(0);
      expect((await read(paths)).lines, `seed ${seed}`).toEqual((await read([out])).lines);
    }
  });

  it('are more than can be open at once: that is said, and all others are read', async () => {
    const many = Array.from({ length: 258 }, (_, n) =>
      file(
        `many-${n}.pcap`,
        pcap([packet(0), packet(10)].map((one) => ({ ...one, timestampNs: one.timestampNs + BigInt(n) * 1000n }))),
      ),
    );
    const { packets, problems } = await read(many);
    expect(packets).toBe(512);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('overlaps in time with 256 others');
  });
});

/** A packet of the flow 1 -> 2, seconds after the start. */
function packet(seconds: number): CaptureRecord {
  return {
    timestampNs: START_NS + BigInt(Math.round(seconds * 1e6)) * 1000n,
    frame: udp({ srcPort: 1, dstPort: 2 }).over(ipv4()).over(ethernet()),
  };
}

const early = pcap([packet(0), packet(1)]);
const late = pcap([packet(2), packet(3)]);

describe('files that follow each other', () => {
  it('are read in the order of their first packets, which is said in one line', async () => {
    const [a, b] = [file('early.pcap', early), file('late.pcap', late)];
    expect(await read([a, b])).toMatchObject({ packets: 4, warnings: [], lines: [expect.anything()] });
    const turned = await read([b, a]);
    expect(turned.lines).toEqual((await read([a, b])).lines);
    expect(turned.warnings).toEqual([
      `files are read in the order of their first packets: ${a}, ${b} (order 'given' keeps the order as named)`,
    ]);
  });

  it('are read as named when that is wanted; what begins too early is said with both times', async () => {
    const { warnings, packets } = await read([file('late.pcap', late), file('early.pcap', early)], 'given');
    expect(packets).toBe(4);
    expect(warnings).toEqual([
      expect.stringMatching(
        /early\.pcap begins at 2023-11-14T22:13:20\.000000000Z, before what was read ended \(2023-11-14T22:13:23\.000000000Z\)/,
      ),
    ]);
  });

  it('keep their place when they are pipes, and no file passes them', async () => {
    const pipe = Readable.from([late]);
    const { warnings, packets } = await read([pipe, file('early.pcap', early)]);
    expect(packets).toBe(4);
    expect(warnings).toEqual([expect.stringContaining('before what was read ended')]);
  });

  it('may be empty, no captures, or without times: each is read or reported, in any place', async () => {
    const untimed = file('untimed.pcapng', pcapng([interfaceBlock(), simplePacket(packet(0).frame)]));
    const mixed = file(
      'mixed.pcapng',
      pcapng([interfaceBlock(), simplePacket(packet(0).frame), enhancedPacket(packet(1.5))]),
    );
    const paths = [
      file('late.pcap', late),
      file('empty.pcap', pcap([])),
      file('text.pcap', new TextEncoder().encode('text, not packets')),
      untimed,
      mixed,
      file('early.pcap', early),
    ];
    const { packets, problems } = await read(paths);
    expect(packets).toBe(7);
    expect(problems).toEqual([expect.stringContaining('text.pcap: is not a capture')]);
  });
});

describe('a folder', () => {
  const path = join(folder, 'captures');
  mkdirSync(join(path, 'inner'), { recursive: true });
  writeFileSync(join(path, 'b.pcap'), early);
  writeFileSync(join(path, 'a.pcap.gz'), gzipSync(late));
  writeFileSync(join(path, 'README.md'), 'About these captures.\n');
  writeFileSync(join(path, '.hidden.pcap'), early);
  writeFileSync(join(path, 'inner', 'c.pcap'), early);

  it.each(['time', 'given'] as const)('stands for the captures in it, by %s', async (order) => {
    const { packets, warnings, problems } = await read([path], order);
    expect({ packets, problems }).toEqual({ packets: 4, problems: [] });
    expect(warnings[0]).toBe(`not a capture, left out: ${join(path, 'README.md')}`);
  });

  it('without captures is an error', async () => {
    const empty = join(folder, 'nothing');
    mkdirSync(empty);
    await expect(read([empty])).rejects.toMatchObject({ code: 'ERR_READ' });
    writeFileSync(join(empty, 'notes.txt'), 'nothing to see');
    await expect(read([empty])).rejects.toMatchObject({ code: 'ERR_NOT_A_CAPTURE' });
  });
});
