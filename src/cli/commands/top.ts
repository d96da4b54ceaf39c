/** `pcapflow top`: the active flows of interfaces on a full screen. */
import { STARTS } from '../../attribution/live_identities.ts';
import type { LiveReader } from '../../reader/live_reader.ts';
import type { ValuesAt } from '../../options/table.ts';
import { dropTo } from '../../source/live/rights.ts';
import { openCapture } from '../capture_options.ts';
import { printError } from '../print_error.ts';
import { EXIT_OK, EXIT_PART } from '../exit.ts';
import { visibilityWarning, openIdentities } from '../identities.ts';
import { ownerChoice } from '../owner_options.ts';
import { openOwners } from '../owners.ts';
import { liveSummary } from '../summary.ts';
import { HostNames } from '../top/host_names.ts';
import { LiveTopSource } from '../top/live_top_source.ts';
import { runTop, terminalProblem } from '../top/run_top.ts';
import { TopIdentities } from '../top/top_identities.ts';
import { say } from '../standard_streams.ts';

const SECOND_MS = 1000;

export async function top(values: ValuesAt<'top'>, interfaces: readonly string[]): Promise<number> {
  const intervalMs = values.interval * SECOND_MS;
  const problem = terminalProblem(process.stdin, process.stdout);
  if (problem !== undefined) throw new RangeError(problem);
  const messages = new Messages();
  const owner = ownerChoice(values);
  const reader = await openCapture(interfaces, values, { starts: STARTS }, (warning) =>
    messages.add(`warning: ${warning}`),
  );
  try {
    const names = values.names ? new HostNames() : undefined;
    const owners = owner === undefined ? undefined : await openOwners(owner);
    const identities = new TopIdentities(await openIdentities(reader, values), owners, reader.identities);
    try {
      await reader.start();
      if (values.user !== undefined) dropTo(values.user);
      messages.hold();
      const limit = visibilityWarning();
      if (limit !== undefined) messages.add(`warning: ${limit}`);
      await show(reader, new LiveTopSource(reader, interfaces, identities, names), intervalMs);
    } finally {
      messages.release();
      await identities.close();
    }
  } finally {
    await reader.close();
  }
  say(liveSummary(reader));
  for (const { message } of reader.problems) messages.add(message);
  return reader.problems.length > 0 ? EXIT_PART : EXIT_OK;
}

/** Shows flows until a key, a signal or the end of the capture; then ends the capture in order, so that its counters add up. */
async function show(reader: LiveReader, source: LiveTopSource, intervalMs: number): Promise<void> {
  const capture = new AbortController();
  const drained = drain(reader, source).finally(() => capture.abort());
  // Awaited below; until then a failure must not count as unhandled.
  drained.catch(() => undefined);
  const { stdin: input, stdout: output, env } = process;
  await runTop(source, { input, output, env, intervalMs, signal: capture.signal });
  reader.stop();
  await drained;
}

/** Of flows that have ended only sums are kept. */
async function drain(reader: LiveReader, source: LiveTopSource): Promise<void> {
  while (await reader.advance()) source.takeEnded();
}

/** Lines for standard error, held back while the screen is in use. */
class Messages {
  #held: string[] | undefined;

  add(message: string): void {
    if (this.#held === undefined) void printError(message);
    else this.#held.push(message);
  }

  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const message of held) this.add(message);
  }
}
