/** A plan stays below its roots, also where links lead elsewhere. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePlan, planText } from '../../src/cluster/plan.ts';
import type { Plan } from '../../src/cluster/plan.ts';
import { runStage } from '../../src/cluster/stages.ts';
import { planOf } from './run_plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-roots-'));
const root = join(folder, 'root');
const outside = join(folder, 'outside');
const roots = [root];
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  mkdirSync(root);
  mkdirSync(outside);
  copyFileSync(fileURLToPath(new URL('../../pcaps/tour.pcap', import.meta.url)), join(outside, 'secret.pcap'));
  copyFileSync(join(outside, 'secret.pcap'), join(root, 'own.pcap'));
  symlinkSync(join(outside, 'secret.pcap'), join(root, 'link.pcap'));
  symlinkSync('own.pcap', join(root, 'inside.pcap'));
  symlinkSync(outside, join(root, 'away'));
});

async function plan(input: string, output: string): Promise<Plan> {
  const made = await planOf([join(root, input)], { output: join(root, output) });
  return parsePlan(planText(made), 'plan.json', { roots });
}

describe('below its roots a plan', () => {
  it('reads no input that is a link to elsewhere', async () => {
    const message = `${join(root, 'link.pcap')} leads to ${join(outside, 'secret.pcap')}, which is not below ${root}`;
    await expect(runStage(await plan('link.pcap', 'out'), 'map', 0, { roots })).rejects.toThrow(message);
    await expect(runStage(await plan('link.pcap', 'out'), 'map', 0, { roots })).rejects.toThrow(RangeError);
    await runStage(await plan('link.pcap', 'anywhere'), 'map', 0);
  });

  it('writes to no folder that is a link to elsewhere', async () => {
    for (const output of ['away', 'away/further/flows'])
      await expect(runStage(await plan('own.pcap', output), 'map', 0, { roots })).rejects.toThrow('which is not below');
    mkdirSync(join(root, 'linked'));
    symlinkSync(outside, join(root, 'linked/work'));
    await expect(runStage(await plan('own.pcap', 'linked'), 'map', 0, { roots })).rejects.toThrow('which is not below');
    expect(readdirSync(outside)).toEqual(['secret.pcap']);
  });

  it('may have links that stay there, and roots that are links themselves', async () => {
    await runStage(await plan('inside.pcap', 'inside'), 'map', 0, { roots });
    symlinkSync(root, join(folder, 'alias'));
    await runStage(await plan('own.pcap', 'alias'), 'map', 0, { roots: [join(folder, 'alias')] });
    expect(readdirSync(join(root, 'inside'))).toEqual(['work']);
  });
});
