/** A plan writes the formats of `read`: with `ordered` the same bytes, else parts that are whole files. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { PlanValue } from '../../src/cluster/plan.ts';
import { planSettings } from '../../src/cluster/plan_options.ts';
import { planOf, runPlan, sorted } from './run_plan.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = join(ROOT, 'dist/bin/pcapflow/main.cjs');
const INPUTS = ['tour.pcap', 'fragments.pcap', 'tcp-idle.pcap'].map((name) => join(ROOT, 'pcaps', name));
const SCRATCH = mkdtempSync(join(tmpdir(), 'pcapflow-formats-'));
afterAll(() => rmSync(SCRATCH, { recursive: true }));

/** What `read` writes, and the options of a plan that ask for the same. */
const FORMATS: readonly (readonly [call: string, options: Record<string, PlanValue>])[] = [
  ['jsonl --with tcp,link', { format: 'jsonl', with: ['tcp', 'link'] }],
  ['csv --time-format iso', { format: 'csv', timeFormat: 'iso' }],
  [
    'csv --fields srcAddress,duration,service,bytes --where packets>2',
    { format: 'csv', fields: 'srcAddress,duration,service,bytes', where: 'packets>2' },
  ],
  ['table', { format: 'table' }],
  ['cic --preset cic', { format: 'cic', preset: 'cic' }],
  ['zeek', { format: 'zeek' }],
  ['zeek-json', { format: 'zeek-json' }],
  ['ecs --with community-id', { format: 'ecs', with: ['community-id'] }],
  ['ipfix --observation-domain 7', { format: 'ipfix', observationDomain: 7 }],
  ['arrow --with stats', { format: 'arrow', with: ['stats'] }],
  ['arrow --binary-addresses', { format: 'arrow', binaryAddresses: true }],
  ['parquet --binary-addresses', { format: 'parquet', binaryAddresses: true }],
  ['parquet --with payload=20', { format: 'parquet', with: ['payload=20'] }],
];

let outputs = 0;
function output(): string {
  return join(SCRATCH, `out-${outputs++}`);
}

function read(call: string): Buffer {
  const file = join(SCRATCH, 'serial');
  const { status, stderr } = spawnSync(
    process.execPath,
    [MAIN, 'read', '--no-progress', '-f', ...call.split(' '), '-o', file, ...INPUTS],
    { encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
  return readFileSync(file);
}

async function partsOf(options: Record<string, PlanValue>, ordered: boolean): Promise<Buffer[]> {
  const plan = await planOf(INPUTS, { options, output: output(), ordered });
  const { manifest } = await runPlan(plan);
  expect(manifest.readByOneEngine).toBe(undefined);
  return manifest.parts.map(({ name }) => readFileSync(join(plan.output, name)));
}

describe('a plan', () => {
  it.each(FORMATS)('gives the bytes of read --format %s', async (call, options) => {
    const [flows] = await partsOf(options, true);
    expect(flows?.equals(read(call))).toBe(true);
  });

  it('has the header of the format in each of its parts', async () => {
    const parts = (await partsOf({ format: 'csv' }, false)).map(String);
    const serial = String(read('csv'));
    const header = serial.slice(0, serial.indexOf('\n') + 1);
    expect(parts.length).toBe(2);
    for (const part of parts) expect(part.startsWith(header)).toBe(true);
    expect(sorted(header + parts.map((part) => part.slice(header.length)).join(''))).toBe(sorted(serial));
  });

  it('has the times of all captures in the log of each bucket', async () => {
    const parts = (await partsOf({ format: 'zeek' }, false)).map(String);
    const comments = (text: string): string => text.replaceAll(/^[^#].*\n/gm, '');
    expect(parts.map(comments)).toEqual(parts.map(() => comments(String(read('zeek')))));
  });

  it.each([
    ['what a flow is', { with: ['identify'] }, 'flows of other addresses'],
    ['datagrams', { format: 'netflow9' }, 'a plan writes parquet, arrow'],
    ['numbered lines', { preset: 'nfstream' }, 'numbers its lines'],
    ['no flows', { format: 'none' }, 'a plan writes parquet, arrow'],
    ['other columns in a fixed format', { format: 'cic', fields: 'srcPort' }, 'has columns of its own'],
    ['running records', { interim: 60 }, "unknown option 'interim'; a plan has no such"],
    ['a field of a group that is not on', { fields: 'tcp.forward.retransmittedBytes' }, 'add --with tcp'],
    ['an expression about such a group', { where: 'tcp.forward.retransmittedBytes > 1' }, '--with tcp'],
    ['flows of one direction for Zeek', { format: 'zeek', unidirectional: true }, 'both directions'],
  ])('is refused with %s', async (_, options, message) => {
    await expect(planSettings({ options: options as Record<string, PlanValue> })).rejects.toThrow(message);
  });
});
