/**
 * The view over a made-up capture, for tests in a real terminal. First argument: what happens. PID_FILE names where the
 * process writes its number. The last line is `ended: ` and why.
 */
import { writeFileSync } from 'node:fs';
import { runTop, terminalProblem } from '../../../src/cli/top/run_top.ts';
import { FakeSource, manyFlows } from './fake_source.ts';

const INTERVAL_MS = 100;

const [mode = 'few'] = process.argv.slice(2);
const capture = new AbortController();
const source = new FakeSource();

switch (mode) {
  case 'many':
    source.setFlows(manyFlows(100_000));
    break;
  case 'hostile':
    source.name = 'eth\x1b[2J0';
    source.setFlows(manyFlows(3));
    source.identityOf = () => ({ process: '\x1b]0;owned\x07evil\u202e (1)', direction: 'in', owner: 'AS64496 例え' });
    break;
  default:
    // The first carries most bytes, the second most packets, the third is the oldest.
    source.setFlows([
      {
        flow: 0,
        generation: 0,
        source: [10, 0, 0, 11],
        bytesForward: 3_000_000,
        packetsForward: 1000,
        first: 1_700_000_000,
      },
      {
        flow: 1,
        generation: 1,
        source: [10, 0, 0, 12],
        bytesForward: 2000,
        packetsForward: 2000,
        first: 1_700_000_000,
        protocol: 17,
        destinationPort: 53,
      },
      { flow: 2, generation: 2, source: [10, 0, 0, 13], bytesForward: 1000, packetsForward: 10, first: 1_600_000_000 },
      { flow: 3, generation: 3, source: [10, 0, 0, 14], bytesForward: 500, packetsForward: 5, first: 1_700_000_000 },
    ]);
}

// The last flow is the only one that goes on: 1250 bytes, 10 kbit, each time.
const read = source.readRows.bind(source);
let calls = 0;
source.readRows = (from, visit) => {
  if (from === 0) {
    calls++;
    if (mode === 'few') source.addPacket(3, 1250);
    if (mode === 'many') source.addPacket(calls % 100_000, 50_000);
    if (mode === 'throws' && calls === 5) throw new Error('the source has failed');
    if (mode === 'uncaught' && calls === 5)
      setTimeout(() => {
        throw new Error('nobody catches this');
      });
    if (mode === 'over' && calls === 5) capture.abort();
  }
  return read(from, visit);
};
// The counters go on while the table is paused.
const figures = source.figures.bind(source);
source.figures = () => {
  source.latest = {
    ...source.latest,
    packetsSeen: source.latest.packetsSeen + 1000,
    wireBytes: source.latest.wireBytes + 125_000,
    ...(mode === 'drops' ? { ringDrops: 1234, kernelDrops: 5 } : {}),
  };
  return figures();
};

async function main(): Promise<void> {
  const problem = terminalProblem(process.stdin, process.stdout);
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    process.exitCode = 1;
    return;
  }
  writeFileSync(process.env.PID_FILE ?? '/dev/null', String(process.pid));
  const before = process.cpuUsage();
  const began = performance.now();
  const { input, output, env } = { input: process.stdin, output: process.stdout, env: process.env };
  const end = await runTop(source, { input, output, env, intervalMs: INTERVAL_MS, signal: capture.signal });
  const used = process.cpuUsage(before);
  process.stdout.write(
    `cpu: ${((used.user + used.system) / 1000 / calls).toFixed(1)} ms per refresh, ${calls} refreshes in ${((performance.now() - began) / 1000).toFixed(1)} s\n`,
  );
  process.stdout.write(`ended: ${end}\n`);
}

main().catch((error: unknown) => {
  process.stdout.write(`failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
