/** Processes and all that they have started: the parents of all processes, followed downwards. */
import type { HostOptions } from '../options.ts';
import { processIds } from './process_list.ts';
import { processParent } from './process_parent.ts';

/**
 * These processes and their descendants, ascending. A process whose parent has ended belongs to whoever adopted it.
 * @throws {HostError} ERR_PROC_UNAVAILABLE
 */
export function processTree(roots: readonly number[], options: HostOptions = {}): number[] {
  const children = new Map<number, number[]>();
  for (const pid of processIds(options)) {
    const parent = processParent(pid, options);
    if (parent === undefined) continue;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [pid]);
    else siblings.push(pid);
  }
  const found = new Set<number>();
  const left = [...roots];
  for (let pid = left.pop(); pid !== undefined; pid = left.pop()) {
    if (found.has(pid)) continue;
    found.add(pid);
    left.push(...(children.get(pid) ?? []));
  }
  return [...found].sort((a, b) => a - b);
}
