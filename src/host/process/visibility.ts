/** Why a process that has a socket may not be seen, by cause: said once, instead of one unnamed socket after another. */
import { readFileSync, readlinkSync } from 'node:fs';
import type { HostOptions } from '../options.ts';
import { processIds } from './process_list.ts';
import { seesAllProcesses } from './process_rights.ts';

export type Blindness = 'empty' | 'hidepid' | 'rights' | 'pidNamespace';

/** The first pid namespace of every kernel: PROC_PID_INIT_INO of linux/proc_ns.h. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

const SENTENCES: Readonly<Record<Blindness, string>> = {
  empty: 'lists no processes; mount proc there: `mount -t proc proc /proc`',
  hidepid:
    'hides the processes of other users (mount option hidepid); run as root, or in the group of the mount option gid',
  rights:
    'does not show which sockets the processes of other users have; run as root, or with CAP_SYS_PTRACE and ' +
    'CAP_DAC_READ_SEARCH',
  pidNamespace:
    'shows only the processes of this PID namespace; run in that of the host (containers: `--pid=host`) to see the others',
};

/** What limits the view, the first cause first; none: every process of the system is seen. */
export function blindness(options: HostOptions = {}): readonly Blindness[] {
  const { procRoot = '/proc' } = options;
  if (processIds(options).length === 0) return ['empty'];
  const seesAll = seesAllProcesses(options);
  const causes: Blindness[] = [];
  if (!seesAll) causes.push(isHidden(text(`${procRoot}/self/mountinfo`), procRoot, groups()) ? 'hidepid' : 'rights');
  const namespace = link(`${procRoot}/self/ns/pid`);
  if (namespace !== undefined && namespace !== FIRST_PID_NAMESPACE) causes.push('pidNamespace');
  return causes;
}

/** The cause and what helps, in one sentence without a full stop. */
export function blindnessText(cause: Blindness, { procRoot = '/proc' }: HostOptions = {}): string {
  return `${procRoot} ${SENTENCES[cause]}`;
}

/**
 * Why a process was not found, in one sentence without a full stop. Undefined: nothing limits the view.
 * @param denied processes whose descriptors may not be read; undefined: not known
 */
export function unseenText(denied: number | undefined, options: HostOptions = {}): string | undefined {
  const cause = blindness(options).find((one) => denied !== 0 || one !== 'rights');
  const reason = cause === undefined ? undefined : blindnessText(cause, options);
  if (denied === undefined || denied === 0) return reason;
  const whose = `the sockets of ${denied} ${denied === 1 ? 'process' : 'processes'} cannot be seen`;
  return `${whose}: ${reason ?? 'this process has the rights, so a security module of the kernel may forbid it'}`;
}

/**
 * Whether the mount hides other users' processes: `22 27 0:21 / /proc rw,relatime - proc proc rw,hidepid=invisible`,
 * proc_pid_mountinfo(5); the last mount on a place is the visible one.
 * @param groups of this process: the option `gid` lets one of them see all, except with `hidepid=ptraceable`
 */
export function isHidden(mountinfo: string, procRoot: string, groups: readonly number[]): boolean {
  const mounts = mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [type, , options = ''] = after.split(' ');
    return before.split(' ')[4] === procRoot && type === 'proc' ? [options.split(',')] : [];
  });
  const options = mounts.at(-1) ?? [];
  const of = (name: string): string | undefined =>
    options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
  const hidepid = of('hidepid');
  if (hidepid === undefined || hidepid === '0' || hidepid === 'off') return false;
  return hidepid === '4' || hidepid === 'ptraceable' || !groups.includes(Number(of('gid') ?? 0));
}

function groups(): readonly number[] {
  return [process.getegid?.() ?? -1, ...(process.getgroups?.() ?? [])];
}

function text(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
