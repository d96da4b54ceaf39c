/** Whether this process may see the open descriptors of other users' processes (proc_pid_fd(5), capabilities(7)). */
import { readFileSync } from 'node:fs';
import type { HostOptions } from '../options.ts';

const CAP_DAC_OVERRIDE = 1n;
const CAP_DAC_READ_SEARCH = 2n;
const CAP_SYS_PTRACE = 19n;

/** False when unknown; the user's own processes are visible in any case. */
export function seesAllProcesses({ procRoot = '/proc' }: HostOptions = {}): boolean {
  let status: string;
  try {
    status = readFileSync(`${procRoot}/self/status`, 'latin1');
  } catch {
    return false;
  }
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  const has = (capability: bigint): boolean => ((effective >> capability) & 1n) === 1n;
  // The first allows listing the folder of descriptors, the second reading its links.
  return has(CAP_SYS_PTRACE) && (has(CAP_DAC_READ_SEARCH) || has(CAP_DAC_OVERRIDE));
}
