/** Whether this process may see what processes of other users have open (proc_pid_fd(5), capabilities(7)). */
import { readFileSync } from 'node:fs';
import type { HostOptions } from '../options.ts';

const CAP_DAC_OVERRIDE = 1n;
const CAP_DAC_READ_SEARCH = 2n;
const CAP_SYS_PTRACE = 19n;

/** False when it is unknown: then at least one's own processes can be seen. */
export function seesAllProcesses({ procRoot = '/proc' }: HostOptions = {}): boolean {
  let status: string;
  try {
    status = readFileSync(`${procRoot}/self/status`, 'latin1');
  } catch {
    return false;
  }
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  const has = (capability: bigint): boolean => ((effective >> capability) & 1n) === 1n;
  // The one to see the folder of descriptors, the other to follow its links.
  return has(CAP_SYS_PTRACE) && (has(CAP_DAC_READ_SEARCH) || has(CAP_DAC_OVERRIDE));
}
