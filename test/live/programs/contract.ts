/**
 * Runs the contract of frame sources inside a namespace.
 *
 *     contract.mjs SOURCE FAR_NAMESPACE DIRECTORY
 *
 * One line of JSON for each case: its title and, when it failed, why.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIVE_SUBJECTS } from './sources.ts';
import { pcap } from '../../builders/index.ts';
import type { CaptureRecord } from '../../builders/index.ts';
import { FAR, finished } from '../netns.ts';
import { CONTRACT } from '../../source/live/contract.ts';
import type { ContractSubject } from '../../source/live/contract.ts';

const [, , sourceName = '', farName = '', directory = ''] = process.argv;
const live = LIVE_SUBJECTS[sourceName];
if (live === undefined) throw new RangeError(`no source ${sourceName}`);

async function send(records: readonly CaptureRecord[]): Promise<void> {
  const file = join(directory, 'sent.pcap');
  writeFileSync(file, pcap(records));
  await finished(
    spawn(
      'ip',
      ['netns', 'exec', farName, 'tcpreplay', '--quiet', '--preload-pcap', '--pps=5000', `--intf1=${FAR}`, file],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    ),
  );
}

const subject: ContractSubject = { ...live, waits: false, make: (_records, options) => live.make(options), send };

for (const { title, run } of CONTRACT) {
  const problem = await run(subject).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.stack : String(error)),
  );
  process.stdout.write(`${JSON.stringify({ title, problem })}\n`);
}
// A source that did not let go of everything must not keep this process alive unnoticed: it is told at the next turn.
setTimeout(() => {
  process.stderr.write(`still held: ${process.getActiveResourcesInfo().join(', ')}\n`);
  process.exit(1);
}, 3000).unref();
