/**
 * How long a plan takes on many machines, from what its stages cost on one core, and how far from the ideal that is.
 * See HELP; the model is cluster_model.ts, and the costs are measured by cluster_costs.ts or given.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PROFILE_NAMES } from '../src/options/generate_options.ts';
import { skewedBuckets } from '../src/cluster/skew.ts';
import { Random } from '../src/generate/random.ts';
import { tableLines } from '../src/text/table.ts';
import { measureCosts } from './cluster_costs.ts';
import { bucketPackets, coreSpeeds, StageRun } from './cluster_model.ts';
import type { StageCosts, StageOutcome, Trouble } from './cluster_model.ts';

const HELP = `usage: npm run bench:cluster -- [options]
Simulates a plan on many machines: makespan against the ideal, in which work is divided evenly and nothing fails.

  --machines N     (100)         --cores N        of each (1)
  --files N        map jobs (10000), --gigabytes N of each (10): their sizes are within a half and one and a half of it
  --buckets N      (1000)        --pairs N        pairs of addresses (1000000)
  --zipf S         exponent of Zipf's law for the packets of the pairs; 0: all have as many (0.8)
  --slow P         share of the machines that are slow (0.05), --slow-times N times slower (4)
  --failing P      chance that an attempt fails (0.01), --lost P that its machine is lost in it (0.005)
  --profile NAME   what costs are measured with: ${PROFILE_NAMES.join(', ')} (full)
  --costs FILE     costs that were measured before, as --save-costs FILE writes them
  --seed N         (1)           --json           for programs
`;

const { values } = parseArgs({
  options: {
    machines: { type: 'string', default: '100' },
    cores: { type: 'string', default: '1' },
    files: { type: 'string', default: '10000' },
    gigabytes: { type: 'string', default: '10' },
    buckets: { type: 'string', default: '1000' },
    pairs: { type: 'string', default: '1000000' },
    zipf: { type: 'string', default: '0.8' },
    slow: { type: 'string', default: '0.05' },
    'slow-times': { type: 'string', default: '4' },
    failing: { type: 'string', default: '0.01' },
    lost: { type: 'string', default: '0.005' },
    profile: { type: 'string', default: 'full' },
    costs: { type: 'string' },
    'save-costs': { type: 'string' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

type NumberName = Exclude<keyof typeof values, 'profile' | 'costs' | 'save-costs' | 'json' | 'help'>;

function number(name: NumberName, min: number, max = Infinity): number {
  const value = Number(values[name]);
  if (!(value >= min && value <= max)) throw new RangeError(`--${name} ${values[name]}: from ${min} to ${max}`);
  return value;
}

/** A plan and what goes wrong with it. */
interface Scenario {
  readonly name: string;
  readonly zipf: number;
  readonly trouble: Trouble;
}

interface Outcome {
  readonly scenario: string;
  readonly stages: Readonly<Record<'map' | 'reduce' | 'merge', StageOutcome>>;
  /** Seconds of the whole plan. */
  readonly makespan: number;
  /** All work, divided evenly among all cores. */
  readonly ideal: number;
  readonly skewed: number;
}

function scenarios(): readonly Scenario[] {
  const none: Trouble = { slowShare: 0, slowTimes: 1, failing: 0, lost: 0, copies: true, isSorted: true };
  const zipf = number('zipf', 0, 10);
  const slow = { ...none, slowShare: number('slow', 0, 1), slowTimes: number('slow-times', 1) };
  const all = { ...slow, failing: number('failing', 0, 0.5), lost: number('lost', 0, 0.5) };
  return [
    { name: 'even, nothing fails', zipf: 0, trouble: none },
    { name: 'skewed addresses', zipf, trouble: none },
    { name: 'skewed, in any order', zipf, trouble: { ...none, isSorted: false } },
    { name: 'skewed, slow machines', zipf, trouble: slow },
    { name: 'the same without second runs', zipf, trouble: { ...slow, copies: false } },
    { name: 'skewed, slow, failures', zipf, trouble: all },
    { name: 'the same without second runs', zipf, trouble: { ...all, copies: false } },
  ];
}

function simulate({ name, zipf, trouble }: Scenario, costs: StageCosts): Outcome {
  const random = new Random(number('seed', 0, 2 ** 32 - 1));
  const [files, buckets] = [number('files', 1, 1e6), number('buckets', 1, 4096)];
  const gigabytes = Array.from({ length: files }, () => number('gigabytes', 1e-6) * (0.5 + random.unit()));
  const packets = gigabytes.reduce((sum, one) => sum + one, 0) * costs.packetsPerGigabyte;
  const ofBuckets = bucketPackets(packets, buckets, number('pairs', 1, 1e8), zipf, random);
  const { map, reduce, merge } = costs;
  const work = {
    map: gigabytes.map((one) => map.secondsPerJob + one * map.secondsPerGigabyte),
    reduce: ofBuckets.map((one) => reduce.secondsPerJob + (one / 1e6) * reduce.secondsPerMillionPackets),
    merge: [merge.secondsPerJob + buckets * merge.secondsPerBucket],
  };
  const speeds = coreSpeeds(number('machines', 1, 1e5), number('cores', 1, 1024), trouble);
  const run = (stage: keyof typeof work): StageOutcome => new StageRun(work[stage], speeds, trouble, random).run();
  const stages = { map: run('map'), reduce: run('reduce'), merge: run('merge') };
  const all = Object.values(stages);
  return {
    scenario: name,
    stages,
    makespan: all.reduce((sum, { seconds }) => sum + seconds, 0),
    ideal: all.reduce((sum, one) => sum + one.work, 0) / speeds.length,
    skewed: skewedBuckets(ofBuckets).length,
  };
}

function chosenCosts(): StageCosts {
  if (values.costs !== undefined) return JSON.parse(readFileSync(values.costs, 'utf8')) as StageCosts;
  const profile = PROFILE_NAMES.find((one) => one === values.profile);
  if (profile === undefined) throw new RangeError(`--profile ${values.profile}: one of ${PROFILE_NAMES.join(', ')}`);
  return measureCosts(profile, (line) => process.stderr.write(`${line}\n`));
}

function printTable(outcomes: readonly Outcome[], costs: StageCosts): void {
  const titles = ['scenario', 'map s', 'reduce s', 'merge s', 'makespan s', 'ideal s', 'times', 'failed', 'copies'];
  const rows = outcomes.map(({ scenario, stages, makespan, ideal }) => {
    const all = Object.values(stages);
    const sum = (name: 'failures' | 'copies'): string => String(all.reduce((total, one) => total + one[name], 0));
    const seconds = [...all.map((one) => one.seconds), makespan, ideal].map((one) => one.toFixed(1));
    return [scenario, ...seconds, (makespan / ideal).toFixed(2), sum('failures'), sum('copies')];
  });
  const right = new Set(titles.map((_, n) => n).filter((n) => n > 0));
  process.stdout.write(`costs: ${JSON.stringify(costs)}\n\n${[...tableLines({ titles, right }, rows)].join('')}`);
  const { stages, skewed } = outcomes[1] as Outcome;
  const { longestJob, work } = stages.reduce;
  process.stdout.write(
    `\nskewed: the longest reduce job takes ${longestJob.toFixed(1)} s of ${work.toFixed(0)} s;` +
      ` ${skewed} buckets have more than ten times the median\n`,
  );
}

if (values.help) {
  process.stdout.write(HELP);
} else {
  const costs = chosenCosts();
  if (values['save-costs'] !== undefined)
    writeFileSync(values['save-costs'], `${JSON.stringify(costs, undefined, 1)}\n`);
  const outcomes = scenarios().map((scenario) => simulate(scenario, costs));
  if (values.json) process.stdout.write(`${JSON.stringify({ costs, outcomes }, undefined, 1)}\n`);
  else printTable(outcomes, costs);
}
