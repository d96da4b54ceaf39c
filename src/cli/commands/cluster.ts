/** `pcapflow cluster`: one plan on many machines, which take its steps from a queue in Redis, or on this one alone. */
import type { ValuesAt } from '../../options/table.ts';
import { unknownName } from '../../text/nearest.ts';
import { MissingArguments } from '../command.ts';
import { withPackages } from '../optional_package.ts';

const ACTIONS = ['submit', 'worker', 'status', 'cancel', 'run'] as const;

/** @throws {RangeError} for wrong arguments, a package that is missing, or a plan that cannot be used */
export async function cluster(values: ValuesAt<'cluster'>, operands: readonly string[]): Promise<number> {
  const [name, ...further] = operands;
  if (name === undefined) throw new MissingArguments('an action is needed');
  const action = ACTIONS.find((one) => one === name);
  if (action === undefined) throw new RangeError(unknownName('action', name, ACTIONS));
  if (further.length > 0) throw new RangeError(`cluster ${action} takes no '${further[0]}'`);
  const { redis, plan } = values;
  if (action === 'run') {
    if (plan === undefined || !values.local) throw new RangeError('cluster run needs --local and --plan FILE');
    return (await import('../cluster/run_local.ts')).runLocally({ ...values, plan });
  }
  if (redis === undefined || plan === undefined) {
    throw new RangeError(`cluster ${action} needs ${redis === undefined ? '--redis URL' : '--plan FILE'}`);
  }
  const { QUEUE_ACTIONS } = await withPackages(
    'pcapflow cluster',
    ['bullmq', 'ioredis'],
    () => import('../cluster/queue_actions.ts'),
  );
  return QUEUE_ACTIONS[action]({ ...values, redis, plan });
}
