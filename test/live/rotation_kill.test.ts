/**
 * SIGKILL at any moment of a `live` that rotates files of text, of messages and of blocks: every file with a name is
 * whole, and the manifests say what there is. Two namespaces and tcpdump; without them it is skipped.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { random } from '../builders/index.ts';
import { decodeIpfix } from '../models/ipfix.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { LiveCommand } from './live_command.ts';
import { FAR, NEAR, NamespacePair, canUseTcpdump } from './netns.ts';
import { trafficFile } from './traffic.ts';

const KILLS = Number(process.env.LIVE_KILLS ?? 2);
/** The longest wait before a kill: several periods of files. */
const WAIT_MAX_MS = 2500;
const LOOPS_MAX = 100_000;
const SEED = 13;

/** An output by the first word of its files. */
const OUTPUTS = { lines: 'jsonl', messages: 'ipfix', blocks: 'parquet' } as const;
type Kind = keyof typeof OUTPUTS;
const KINDS = Object.keys(OUTPUTS) as Kind[];

interface Entry {
  readonly sequence: number;
  readonly name: string;
  /** Null: the file is what was left of a process that was killed. */
  readonly rows: number | null;
  readonly bytes: number;
  readonly sha256: string;
}

function manifestOf(folder: string, kind: Kind): Entry[] {
  const path = join(folder, `${kind}.manifest.jsonl`);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Entry);
}

const filesOf = (folder: string, kind: Kind): string[] =>
  readdirSync(folder).filter((name) => name.startsWith(`${kind}-`));

/** Flows in a file. @throws when it is not whole */
async function rowsIn(path: string, kind: Kind): Promise<number> {
  if (kind === 'messages') return decodeIpfix(readFileSync(path)).reduce((sum, { records }) => sum + records.length, 0);
  if (kind === 'lines') {
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines.pop(), path).toBe('');
    for (const line of lines) JSON.parse(line);
    return lines.length;
  }
  const instance = await DuckDBInstance.create(':memory:');
  const duckdb = await instance.connect();
  const [row] = (
    await duckdb.runAndReadAll(`select count(*), sum(bytesForward) from read_parquet('${path}')`)
  ).getRows();
  instance.closeSync();
  return Number(row?.[0]);
}

function start(pair: NamespacePair, folder: string): Promise<LiveCommand> {
  const outputs = KINDS.flatMap((kind) => [
    ...['-f', OUTPUTS[kind], '--rotate', '1s'],
    ...['-o', join(folder, `${kind}-%Y%m%dT%H%M%SZ-%i.${OUTPUTS[kind]}`)],
  ]);
  return LiveCommand.start(pair, pair.near, NEAR, '--capture', 'tcpdump', '--flow-timeout', '0.2', ...outputs);
}

it.skipIf(!canUseTcpdump)(
  `files of live are whole, and all of them in the manifests, after ${KILLS} kills (needs namespaces, tcpdump)`,
  async () => {
    const numbers = random(SEED);
    using pair = new NamespacePair();
    const folder = pair.file('flows');
    mkdirSync(folder);
    const frames = pair.file('traffic.pcap', trafficFile({ packets: 4000, connections: 400, payloadMax: 40 }));
    const sending = ['--quiet', '--preload-pcap', '--pps=2000', `--loop=${LOOPS_MAX}`, `--intf1=${FAR}`, frames];
    pair.far.start('tcpreplay', ...sending);
    /** Files whose flows were counted, so that no file is read after every kill. */
    const rows = new Map<string, number>();
    for (let kill = 0; kill <= KILLS; kill++) {
      const live = await start(pair, folder);
      await waitFor(
        () => readdirSync(folder).some((name) => name.endsWith(`.${live.child.pid}.part`)),
        () => `no file is begun: ${live.errors}`,
      );
      await setTimeout(numbers.below(WAIT_MAX_MS));
      // The last one ends in order, which completes what the one before has left.
      if (kill === KILLS) expect((await live.end('SIGINT')).code, live.errors).toBe(0);
      else {
        live.child.kill('SIGKILL');
        await waitFor(
          () => live.child.signalCode !== null,
          () => 'is not killed',
        );
      }
      for (const kind of KINDS)
        for (const name of filesOf(folder, kind))
          if (!rows.has(name)) rows.set(name, await rowsIn(join(folder, name), kind));
    }

    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
    for (const kind of KINDS) {
      const entries = manifestOf(folder, kind);
      expect(entries.map(({ name }) => name).toSorted()).toEqual(filesOf(folder, kind).toSorted());
      expect(new Set(entries.map(({ sequence }) => sequence)).size).toBe(entries.length);
      for (const { name, bytes, sha256, rows: said } of entries) {
        const content = readFileSync(join(folder, name));
        expect([name, content.length]).toEqual([name, bytes]);
        expect([name, createHash('sha256').update(content).digest('hex')]).toEqual([name, sha256]);
        if (said !== null) expect([name, rows.get(name)]).toEqual([name, said]);
      }
      const sum = entries.reduce((all, { name }) => all + (rows.get(name) ?? 0), 0);
      expect(sum).toBeGreaterThan(0);
      if (process.env.LIVE_KILLS !== undefined)
        process.stdout.write(`${kind}: ${entries.length} files, ${sum} flows, seed ${SEED}\n`);
    }
  },
  // Beyond what each test has.
  600_000 + KILLS * 60_000,
);
