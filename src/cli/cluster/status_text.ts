/** Status of a plan for people. */
import type { PlanStatus } from '../../cluster/queue/status.ts';
import { sizeText } from '../../text/figure_text.ts';
import { tableLines } from '../../text/table.ts';
import { ageText } from '../../text/time_text.ts';

const NUMBERS = new Set([1, 2, 3, 4, 5, 6]);

export function statusText(status: PlanStatus): string {
  const { plan, state, stages, workers, slowest, copies, skewed, failures, foreign } = status;
  const rows = stages.map(({ stage, steps, completed, active, delayed, failed, waiting }) =>
    [stage, steps, completed, active, waiting, delayed, failed].map(String),
  );
  const titles = ['stage', 'steps', 'done', 'active', 'waiting', 'again', 'failed'];
  return [
    `plan ${plan}: ${state}; workers: ${workers}\n`,
    `${progressText(status)}\n\n`,
    ...tableLines({ titles, right: NUMBERS }, rows),
    ...section('longest active', slowest, ({ id, worker, seconds, bytes }) => [
      `${id}  ${ageText(seconds)}  ${sizeText(bytes)} read  ${worker ?? 'unknown worker'}`,
    ]),
    ...(copies > 0 ? [`\nsecond runs of steps that last long: ${copies}\n`] : []),
    ...section('buckets with more than ten times the median', skewed, ({ bucket, amount, median }) => [
      `reduce-${bucket}  ${sizeText(amount)} of packets; the median is ${sizeText(median)}`,
    ]),
    ...section('failures', failures, ({ id, attempts, again, reason }) => [
      `${id}  attempt ${attempts}${again ? ', will be tried again' : ', not tried again'}: ${reason}`,
    ]),
    ...section('entries that are not of this plan', foreign, (id) => [id]),
  ].join('');
}

function progressText({ bytes, bytesTotal, bytesPerSecond, secondsLeft }: PlanStatus): string {
  const rate = bytesPerSecond === null ? '' : `, ${sizeText(bytesPerSecond)}/s`;
  const left = secondsLeft === null || secondsLeft === 0 ? '' : `, ${ageText(secondsLeft)} left in this stage`;
  return `captures divided: ${sizeText(bytes)} of ${sizeText(bytesTotal)}${rate}${left}`;
}

function section<T>(title: string, entries: readonly T[], lines: (entry: T) => readonly string[]): readonly string[] {
  return entries.length === 0 ? [] : [`\n${title}:\n`, ...entries.flatMap(lines).map((line) => `  ${line}\n`)];
}
