/**
 * The full-screen view of `pcapflow top` by itself, without engine and terminal: `node dist/bench/top.bench.js
 * [FLOWS]`. Milliseconds of CPU per refresh (all rows copied, rates, order, the lines of a 200x60 terminal) while every
 * fifth flow has new packets, and milliseconds per key that is typed into the filter line.
 */
import { TopView } from '../src/cli/top/view.ts';
import { FakeSource, manyFlows } from '../test/cli/top/fake_source.ts';
import { median } from './measure.ts';
import { benchArguments } from './arguments.ts';

const { positionals } = benchArguments({
  program: 'top.bench',
  about: 'Milliseconds that a refresh of top takes.',
  operands: '[FLOWS]',
});
const FLOWS = Number(positionals[0] ?? 100_000);
const REFRESHES = 20;
const COLUMNS = 200;
const ROWS = 60;
const FILTER = '443 tcp 10.0.';
/** For 100,000 flows. */
const REFRESH_MS_MAX = 60;

const source = new FakeSource();
source.setFlows(manyFlows(FLOWS));
const view = new TopView(source, 0);
let seconds = 0;

function type(text: string): void {
  view.press({ name: '', ctrl: false, text });
}

async function refresh(): Promise<number> {
  for (let n = 0; n < FLOWS / 5; n++) source.addPacket((seconds * 7919 + n * 13) % FLOWS, 100 + ((n * 31) % 1400));
  const before = process.cpuUsage();
  await view.refresh(++seconds * 1000, () => Promise.resolve());
  view.lines(COLUMNS, ROWS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function report(name: string): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < REFRESHES; n++) times.push(await refresh());
  const typical = median(times) ?? 0;
  console.log(`${name.padEnd(10)} ${typical.toFixed(1)} ms per refresh, at most ${Math.max(...times).toFixed(1)}`);
  return typical;
}

const typical: number[] = [];
for (const [key, name] of [
  ['', 'rate'],
  ['b', 'bytes'],
  ['p', 'packets'],
  ['a', 'age'],
] as const) {
  type(key);
  typical.push(await report(name));
}
type('/');
const keys: number[] = [];
for (const character of FILTER) {
  const began = performance.now();
  type(character);
  view.lines(COLUMNS, ROWS);
  keys.push(performance.now() - began);
}
typical.push(await report('filtered'));
console.log(`filter     ${(median(keys) ?? 0).toFixed(1)} ms per key, at most ${Math.max(...keys).toFixed(1)}`);
if (FLOWS === 100_000 && Math.max(...typical) > REFRESH_MS_MAX) {
  console.log(`more than ${REFRESH_MS_MAX} ms per refresh`);
  process.exitCode = 1;
}
