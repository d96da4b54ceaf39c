/** The same packets and the same problems of every container, whatever is at its end and however it comes. */
import { spawn, spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readFlows } from '../../../src/index.ts';
import type { FlowSource } from '../../../src/index.ts';
import { ReplaySource } from '../../../src/replay/replay_source.ts';
import { ethernet, ipv4, udp, type CaptureRecord } from '../../builders/index.ts';
import { canMakePipes } from '../../mute_pipe.ts';
import { CollectingSink } from '../live/collecting_sink.ts';
import { CONTAINERS, ENDINGS } from './containers.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-containers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const main = fileURLToPath(new URL('../../../dist/bin/pcapflow/main.cjs', import.meta.url));

const RECORDS: CaptureRecord[] = Array.from({ length: 2000 }, (_, n) => ({
  timestampNs: 1_700_000_000_000_000_000n + BigInt(n) * 7_000_000n,
  frame: udp({ srcPort: 1000 + n, dstPort: 53, payload: 40 + (n % 40) })
    .over(ipv4())
    .over(ethernet()),
}));

interface Seen {
  readonly packets: number;
  readonly codes: readonly string[];
}

async function byLibrary(source: FlowSource): Promise<Seen> {
  const codes: string[] = [];
  const flows = readFlows(source, {
    maxFlows: 4096,
    onProblem: (problem) => codes.push((problem as { code?: string }).code ?? ''),
  });
  for await (const flow of flows) expect(flow.packetsForward).toBe(1);
  return { packets: flows.counters?.packetsSeen ?? 0, codes };
}

async function byReplay(files: string): Promise<Seen> {
  const source = new ReplaySource({ files, speed: 'max' });
  const sink = new CollectingSink();
  await source.open(sink);
  const failure = await source.run().then(
    () => [],
    (error: { code: string }) => [error.code],
  );
  await source.close();
  return { packets: sink.frames.length, codes: [...failure, ...source.problems.map(({ code }) => code)] };
}

/** The command reads every so many of the files. */
const EVERY = Number(process.env.CONTAINERS_EVERY ?? 3);

interface Ended {
  readonly status: number | null;
  readonly packets: number;
}

type Way = 'file' | 'pipe' | 'standard input' | 'piped standard input' | 'replay';
const WAYS: readonly Way[] = [
  'file',
  ...(canMakePipes ? (['pipe'] as const) : []),
  'standard input',
  'piped standard input',
  'replay',
];

/** One way for some, another one for the next; all of them for each where PCAPFLOW_ALL_WAYS is set. */
function waysOf(n: number): readonly Way[] {
  if (process.env.PCAPFLOW_ALL_WAYS !== undefined) return WAYS;
  return n % EVERY === 0 ? [WAYS[n % WAYS.length] as Way] : [];
}

async function byCommand(way: Way, path: string): Promise<Ended> {
  const input = way === 'pipe' ? `${path}.pipe` : way.endsWith('standard input') ? '-' : path;
  const replay = way === 'replay' ? ['replay', '--speed', 'max'] : ['read'];
  const stdin = way === 'standard input' ? openSync(path, 'r') : 'pipe';
  if (way === 'pipe') expect(spawnSync('mkfifo', [input]).status).toBe(0);
  const child = spawn(process.execPath, [main, ...replay, input, '-f', 'none', '--stats', '-'], {
    stdio: [stdin, 'ignore', 'pipe'],
  });
  if (way === 'pipe') spawn('sh', ['-c', 'cat "$0" > "$1"', path, input]);
  else if (child.stdin !== null)
    createReadStream(path, { highWaterMark: 777 })
      .pipe(child.stdin)
      .on('error', () => undefined);
  let err = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const line = err.split('\n').find((text) => text.startsWith('{')) ?? '{}';
  return { status, packets: (JSON.parse(line) as { packetsSeen?: number }).packetsSeen ?? -1 };
}

describe.each(CONTAINERS.map((container, n) => ({ container, n })))('$container.name', ({ container, n }) => {
  const whole = container.pack(RECORDS);

  it.each(ENDINGS.map((ending, at) => ({ ending, at })))(
    'is read with $ending.name behind or in its end',
    async ({ ending, at }) => {
      const bytes = ending.change(whole, container);
      if (bytes === undefined) return;
      const path = join(folder, `${n}-${at}`);
      writeFileSync(path, bytes);
      const code = ending.problem(container);
      const chunks = Array.from({ length: Math.ceil(bytes.length / 3333) }, (_, part) =>
        bytes.subarray(part * 3333, part * 3333 + 3333),
      );
      const byPath = await byLibrary(path);
      expect(byPath.codes).toEqual(code === undefined ? [] : [code]);
      if (ending.whole) expect(byPath.packets).toBeGreaterThanOrEqual(RECORDS.length);
      expect(byPath.packets).toBeLessThanOrEqual(RECORDS.length);
      expect(byPath.packets).toBeGreaterThan(0);
      expect(await byLibrary(Readable.from(chunks))).toEqual(byPath);
      expect(await byReplay(path)).toEqual(byPath);
      for (const way of waysOf(n + at)) {
        expect({ way, ...(await byCommand(way, path)) }).toEqual({
          way,
          packets: byPath.packets,
          status: code === undefined ? 0 : 3,
        });
      }
    },
  );
});
