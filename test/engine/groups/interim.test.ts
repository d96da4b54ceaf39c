/**
 * Running records: engine against model on random conversations, whatever the blocks. A failure prints its seed;
 * PCAPFLOW_SEED=n runs that one alone, PCAPFLOW_SCENARIOS=n another number of captures.
 */
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../../src/flow/flow.ts';
import { random } from '../../builders/index.ts';
import { interimRecords, type InterimRecord } from '../../models/groups/interim.ts';
import { statsGroup } from '../../models/groups/stats.ts';
import { statsRecord } from '../../models/groups/stats_record.ts';
import { zeekConnections } from '../../models/groups/zeek.ts';
import { flowLine, flowsOf, readCapture } from '../../models/index.ts';
import { modelOptions, run, type RunOptions } from '../harness.ts';
import { difference } from './difference.ts';
import { conversations } from './tcp_conversations.ts';
import { longConnection } from './zeek_conversations.ts';

const CAPTURES = Number(process.env.PCAPFLOW_SCENARIOS ?? 40);
const only = process.env.PCAPFLOW_SEED;

const seen = { flows: 0, running: 0, most: 0 };

/** The flow and which record of it this is. */
const lineOf = (flow: Flow, sequence: number | undefined, final: boolean | undefined): string =>
  `${flowLine(flow)} ${sequence} ${final}`;

function wantedOf(file: Uint8Array, options: RunOptions, intervalNs: bigint): InterimRecord[][] {
  const wanted: InterimRecord[][] = [];
  flowsOf(readCapture(file).records, {
    ...modelOptions(options),
    onEnd: (flow, { endReason }) =>
      wanted.push([...interimRecords(flow, options.direction ?? 'bi', intervalNs, endReason)]),
  });
  return wanted;
}

async function compare(seed: number): Promise<void> {
  const r = random(seed);
  const { file, options } = conversations(seed);
  const interim = r.pick([0.000_001, 0.001, 0.05, 0.3, 3]);
  const told = `seed ${seed}, ${JSON.stringify(options)}, interim ${interim}`;
  const wanted = wantedOf(file, options, BigInt(Math.round(interim * 1e9)));
  const all: RunOptions = { ...options, interim, with: ['stats'] };
  const { flows, counters } = await run(file, { ...all, closedLimit: r.pick([1, 7, 4096]) });
  const again = await run(file, { ...all, chunkSize: r.between(1, 4000), blockSize: 64 });
  const lines = flows.map((flow) => lineOf(flow, flow.sequence, flow.final));
  expect(
    again.flows.map((flow) => lineOf(flow, flow.sequence, flow.final)),
    told,
  ).toEqual(lines);

  const last = wanted.map((records) => records.at(-1) as InterimRecord);
  expect(
    lines.filter((_, n) => flows[n]?.final === true),
    told,
  ).toEqual(last.map(({ flow, sequence, final }) => lineOf(flow, sequence, final)));
  expect(counters.flowsEnded, told).toBe(last.length);

  const records = wanted.flat();
  const byLine = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const wantedLines = records.map(({ flow, sequence, final }) => lineOf(flow, sequence, final));
  expect([...lines].sort(byLine), told).toEqual([...wantedLines].sort(byLine));
  compareOrder(lines, wanted, told);
  compareStats(flows, records, wantedLines, options, told);
  seen.flows += wanted.length;
  seen.running += records.length - wanted.length;
  seen.most = Math.max(seen.most, ...wanted.map(({ length }) => length));
}

/** Records of a flow come one after the other. */
function compareOrder(lines: readonly string[], wanted: readonly InterimRecord[][], told: string): void {
  for (const records of wanted) {
    const places = records.map(({ flow, sequence, final }) => lines.indexOf(lineOf(flow, sequence, final)));
    expect(
      places.every((place, n) => n === 0 || place > (places[n - 1] as number)),
      told,
    ).toBe(true);
  }
}

/** The groups of a running record are those of the packets so far. */
function compareStats(
  flows: readonly Flow[],
  records: readonly InterimRecord[],
  lines: readonly string[],
  { direction }: RunOptions,
  told: string,
): void {
  const places = new Map(lines.map((line, n) => [line, n]));
  for (const flow of flows) {
    const line = lineOf(flow, flow.sequence, flow.final);
    const { packets, originator } = records[places.get(line) as number] as InterimRecord;
    const want = statsRecord(statsGroup(packets, originator), direction);
    expect(difference(flow.stats, want, 'stats'), `${told}: ${line}`).toBeUndefined();
  }
}

describe('a running record', () => {
  it('has the connection of Zeek so far, however long its history is and however large its counts are', async () => {
    const file = longConnection(1000);
    const { flows } = await run(file, { with: ['zeek'], interim: 0.1 });
    const { records } = readCapture(file);
    expect(flows.length).toBe(11);
    for (const { packetsForward, packetsReverse, zeek } of flows) {
      const [want] = zeekConnections([...records].slice(0, packetsForward + packetsReverse));
      expect(zeek).toMatchObject({ history: want?.history, missedBytes: want?.missed_bytes });
    }
  });
});

describe('the engine has the running records of the model', () => {
  if (only !== undefined) {
    it(`for seed ${only}`, () => compare(Number(only)));
    return;
  }
  it(`for ${CAPTURES} random captures`, { timeout: 1_800_000 }, async () => {
    for (let seed = 1; seed <= CAPTURES; seed++) await compare(seed);
  });

  it('with all that can happen in them', () => {
    expect(seen.flows).toBeGreaterThan(4 * CAPTURES);
    expect(seen.running).toBeGreaterThan(CAPTURES);
    expect(seen.most).toBeGreaterThan(5);
  });
});
