/** What `pcapflow cluster` does with a queue in Redis. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { jobsOf } from '../../cluster/plan.ts';
import type { Plan } from '../../cluster/plan.ts';
import { planSettings } from '../../cluster/plan_options.ts';
import { PlanQueue } from '../../cluster/queue/plan_queue.ts';
import { addressText, redisAddress } from '../../cluster/queue/redis_address.ts';
import type { RedisAddress } from '../../cluster/queue/redis_address.ts';
import { checkRedis } from '../../cluster/queue/redis_connection.ts';
import { planStatus } from '../../cluster/queue/status.ts';
import { runWorker } from '../../cluster/queue/worker.ts';
import type { WorkerEnd } from '../../cluster/queue/worker.ts';
import type { ValuesAt } from '../../options/table.ts';
import { EXIT_NOT_FOUND, EXIT_OK, EXIT_PART } from '../exit.ts';
import { withPackages } from '../optional_package.ts';
import { Output } from '../output.ts';
import { printError } from '../print_error.ts';
import { STOP_SIGNALS } from '../signals.ts';
import { readPlan } from './read_plan.ts';
import { reportManifest } from './report_manifest.ts';
import { statusText } from './status_text.ts';

type Values = ValuesAt<'cluster'> & { readonly redis: string; readonly plan: string };

interface Opened {
  readonly plan: Plan;
  readonly address: RedisAddress;
  readonly queue: PlanQueue;
  readonly values: Values;
}

type Action = (opened: Opened) => Promise<number>;

export const QUEUE_ACTIONS = {
  submit: withQueue(submit),
  worker: withQueue(work),
  status: withQueue(status),
  cancel: withQueue(cancel),
} as const;

const SECOND_MS = 1_000;

function withQueue(action: Action): (values: Values) => Promise<number> {
  return async (values) => {
    const plan = readPlan(values.plan, { root: values.root });
    await planSettings(plan);
    if ([plan.output, ...plan.inputs.map(({ url }) => url)].some((url) => url.startsWith('s3:'))) {
      await withPackages('a plan with s3://', ['@aws-sdk/client-s3'], () => import('@aws-sdk/client-s3'));
    }
    const address = redisAddress(values.redis, values.redisPasswordFile);
    await checkRedis(address);
    const queue = new PlanQueue(plan, address, () => undefined);
    try {
      return await action({ plan, address, queue, values });
    } finally {
      await queue.close();
    }
  };
}

async function submit({ plan, queue }: Opened): Promise<number> {
  const state = await queue.state();
  if (state === 'running') return say('the plan is in the queue already');
  if (state === 'completed')
    return say('the plan is complete already; to run it again: pcapflow cluster cancel, or plan --again');
  // Results of steps that are done are files: such a step ends at once.
  if (state !== 'absent') await queue.remove();
  await queue.addTree();
  const steps = `${jobsOf(plan, 'map')} map steps, ${jobsOf(plan, 'reduce')} reduce steps, 1 merge step`;
  return say(`${state === 'absent' ? 'submitted' : 'submitted again'}: ${steps}; run: pcapflow cluster worker`);
}

async function work({ plan, address, queue, values }: Opened): Promise<never> {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    // The second one ends it at once; steps are then given to others when the lock is over.
    if (stop.signal.aborted) process.exit(EXIT_PART);
    void say(`${signal}: steps that are not done in 20 s are handed back; the next signal ends at once`);
    stop.abort();
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  let status = EXIT_PART;
  try {
    const settings = {
      file: resolve(values.plan),
      ...(values.root === undefined ? {} : { roots: values.root }),
      jobs: values.jobs ?? availableParallelism(),
      heapMib: values.heap,
      lockMs: values.lockDuration * SECOND_MS,
      stalledMs: values.stalledInterval * SECOND_MS,
      copyMs: values.copyAfter * SECOND_MS,
    };
    if ((await queue.state()) === 'absent') void say(`waiting for: pcapflow cluster submit (${addressText(address)})`);
    const end = await runWorker(queue, address, settings, (line) => void printError(line), stop.signal);
    await say(WORKER_ENDS[end]);
    if (end === 'completed') status = await reportManifest(plan);
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
  }
  // A child that was only just starting hears nothing yet, and would keep this process. It ends with it.
  process.exit(status);
}

const WORKER_ENDS: Readonly<Record<WorkerEnd, string>> = {
  completed: 'the plan is complete',
  failed: 'the plan has failed: see pcapflow cluster status; submit it again to try what has failed again',
  cancelled: 'the plan was cancelled',
  stopped: 'ended; its steps were handed back',
};

async function status({ queue, values }: Opened): Promise<number> {
  const found = await planStatus(queue, Date.now());
  const output = new Output(undefined, true);
  const text = values.format === 'json' ? `${JSON.stringify(found)}\n` : statusText(found);
  await output.addBytes(Buffer.from(text));
  await output.close();
  return found.state === 'absent' ? EXIT_NOT_FOUND : EXIT_OK;
}

async function cancel({ queue }: Opened): Promise<number> {
  if ((await queue.state()) === 'absent') {
    await printError('the plan is not in the queue');
    return EXIT_NOT_FOUND;
  }
  await queue.cancel();
  return say('removed from the queue; results of steps that are done stay where they are');
}

async function say(line: string): Promise<number> {
  await printError(line);
  return EXIT_OK;
}
