/** Plans: checked whatever they come from, and named by their content. */
import { describe, expect, it } from 'vitest';
import { checkJob, jobId, jobsOf, parsePlan, planId, planText } from '../../src/cluster/plan.ts';
import type { Plan } from '../../src/cluster/plan.ts';

const ENGINE = 'ab'.repeat(32);

const PLAN: Plan = {
  version: 1,
  engine: ENGINE,
  inputs: [
    { url: '/captures/a.pcap', size: 24, tag: '1', group: 0, firstNs: '18446744073709551615' },
    { url: 's3://bucket/b.pcap', size: 0, tag: '"etag"', group: 0, firstNs: null },
    { url: '/captures/c.pcap', size: 2 ** 40, tag: '2', group: 1, firstNs: '0' },
  ],
  runs: [[2], [0, 1]],
  buckets: 7,
  output: '/flows',
  options: { flowTimeout: 60, filter: 'tcp', with: ['tcp'], unidirectional: true },
  onBadFile: 'partial',
  ordered: false,
  again: '',
};

function changed(change: object): string {
  return JSON.stringify({ ...PLAN, ...change });
}

function input(change: object): string {
  return changed({ inputs: [{ ...PLAN.inputs[0], ...change }], runs: [[0]] });
}

describe('a plan', () => {
  it('is what its text says', () => {
    expect(parsePlan(planText(PLAN), 'plan.json')).toEqual(PLAN);
    expect(planText(parsePlan(planText(PLAN), 'plan.json'))).toBe(planText(PLAN));
  });

  it('has as many jobs as runs and buckets, and one merge', () => {
    expect([jobsOf(PLAN, 'map'), jobsOf(PLAN, 'reduce'), jobsOf(PLAN, 'merge')]).toEqual([2, 7, 1]);
    expect(() => checkJob(PLAN, 'reduce', 6, ENGINE)).not.toThrow();
    expect(() => checkJob(PLAN, 'reduce', 7, ENGINE)).toThrow(
      '--index 7: stage reduce of this plan has the jobs 0 to 6',
    );
    expect(() => checkJob(PLAN, 'map', -1, ENGINE)).toThrow('jobs 0 to 1');
    expect(() => checkJob(PLAN, 'map', 0.5, ENGINE)).toThrow('jobs 0 to 1');
    expect(() => checkJob(PLAN, 'map', 0, 'cd'.repeat(32))).toThrow('another build of pcapflow');
  });

  it('is another one when anything in it is, and its jobs are others', () => {
    const others: Partial<Plan>[] = [
      { engine: 'cd'.repeat(32) },
      { buckets: 8 },
      { output: '/other' },
      { options: {} },
      { onBadFile: 'fail' },
      { again: '1' },
      { runs: [[0], [1], [2]] },
      { inputs: PLAN.inputs.map((one) => ({ ...one, size: one.size + 1 })) },
    ];
    const ids = [PLAN, ...others.map((change) => ({ ...PLAN, ...change }))].map(planId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(jobId({ ...PLAN, again: '1' }, 'map', 0)).not.toBe(jobId(PLAN, 'map', 0));
    expect(jobId(PLAN, 'reduce', 3)).toBe(`${planId(PLAN).slice(0, 32)}-reduce-00003`);
  });

  it('maps the same whether its flows are ordered or not', () => {
    const ordered = { ...PLAN, ordered: true };
    expect(jobId(ordered, 'map', 1)).toBe(jobId(PLAN, 'map', 1));
    expect(jobId(ordered, 'reduce', 1)).not.toBe(jobId(PLAN, 'reduce', 1));
    expect(jobId(ordered, 'merge', 0)).not.toBe(jobId(PLAN, 'merge', 0));
  });

  it('does not depend on the order in which options are named', () => {
    const options = Object.fromEntries(Object.entries(PLAN.options).reverse());
    expect(planId({ ...PLAN, options })).toBe(planId(PLAN));
  });

  it.each([
    ['text that is not JSON', '{', 'plan.json is not a plan'],
    ['a list', '[]', 'it is not an object'],
    ['another version', changed({ version: 2 }), 'version is 2; this pcapflow knows version 1'],
    ['more than it may have', changed({ command: 'rm' }), 'it has "command", which is not known'],
    ['less than it must have', JSON.stringify({ version: 1 }), 'it has no engine'],
    ['no inputs', changed({ inputs: [], runs: [] }), '0 inputs'],
    [
      'an input in two runs',
      changed({
        runs: [
          [0, 1],
          [1, 2],
        ],
      }),
      'runs[1] has 1',
    ],
    ['an input in no run', changed({ runs: [[0, 1]] }), 'its runs have 2 of 3 inputs'],
    ['a run of what is not there', changed({ runs: [[0, 1, 2, 3]] }), 'runs[0] has 3'],
    ['no buckets', changed({ buckets: 0 }), 'buckets is 0; 1 to 4096 are possible'],
    ['too many buckets', changed({ buckets: 4097 }), '1 to 4096 are possible'],
    ['a policy that is not known', changed({ onBadFile: 'ignore' }), 'fail, skip, partial'],
    ['an option that is an object', changed({ options: { filter: { toString: 1 } } }), 'options.filter is {"toString"'],
    ['a way up in an input', input({ url: '/captures/../etc/shadow' }), "'.' and '..' are not allowed"],
    ['a way up in a bucket', input({ url: 's3://bucket/../other/b.pcap' }), "'.' and '..' are not allowed"],
    ['a relative input', input({ url: 'a.pcap' }), 'an absolute path or s3://bucket/name is expected'],
    ['another kind of URL', input({ url: 'http://host/a.pcap' }), 'an absolute path or s3://bucket/name is expected'],
    ['an input that is not text', input({ url: 7 }), 'inputs[0].url is 7'],
    ['control characters', input({ url: '/captures/\u0000' }), 'has control characters'],
    ['a negative size', input({ size: -1 }), 'inputs[0].size is -1'],
    ['a time beyond all times', input({ firstNs: '18446744073709551616' }), 'inputs[0].firstNs'],
    ['a group that skips one', input({ group: 2 }), 'inputs[0].group is 2 behind 0'],
    ['a way up in the output', changed({ output: '/flows/../../etc' }), "output is \"/flows/../../etc\"; '.' and '..'"],
    ['a name in again', changed({ again: '../x' }), 'letters and digits are expected'],
    ['an engine that is not a digest', changed({ engine: '../../x' }), 'engine is not a SHA-256'],
  ])('is refused with %s', (_, text, message) => {
    expect(() => parsePlan(text, 'plan.json')).toThrow(RangeError);
    expect(() => parsePlan(text, 'plan.json')).toThrow(message);
  });

  it('stays below its roots', () => {
    const text = planText({ ...PLAN, inputs: PLAN.inputs.slice(0, 1), runs: [[0]] });
    expect(parsePlan(text, 'plan.json', { roots: ['/captures', '/flows/'] }).output).toBe('/flows');
    expect(() => parsePlan(text, 'plan.json', { roots: ['/captures'] })).toThrow(
      'output is "/flows", which is not below /captures (--root)',
    );
    expect(() => parsePlan(text, 'plan.json', { roots: ['/capt', '/flows'] })).toThrow('inputs[0].url');
  });
});
