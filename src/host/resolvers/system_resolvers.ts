/** Which resolvers can be used on a system. */
import { open } from 'node:fs/promises';
import { type } from 'node:os';
import type { HostOptions } from '../options.ts';
import { COMMANDS } from './commands.ts';
import { findProgram } from './find_program.ts';
import { Resolver } from './resolver.ts';

export interface ProgramOptions extends HostOptions {
  /** Folders in which programs are looked for, as in PATH. Default: the environment's PATH. */
  readonly path?: string;
}

type CommandResolver = keyof typeof COMMANDS;

const OTHERS: readonly CommandResolver[] = [Resolver.Netstat, Resolver.Lsof, Resolver.Ss];
/** Names as `os.type()` and `process.platform` give them, in lower case. */
const BY_SYSTEM: ReadonlyMap<string, readonly CommandResolver[]> = new Map([
  ['windows', [Resolver.NetstatWindows]],
  ['windows_nt', [Resolver.NetstatWindows]],
  ['win32', [Resolver.NetstatWindows]],
  ['darwin', [Resolver.Lsof]],
  ['openbsd', [Resolver.BsdFstat]],
  ['freebsd', [Resolver.BsdSockstat, Resolver.BsdProcstat, Resolver.Lsof]],
]);

/** The best first; those whose program is not there are left out, so it may be empty.
 *  @param system such as `Linux`, `Darwin`, `Windows`, `FreeBSD`, in any case; default: this one */
export async function systemResolvers(system = type(), options: ProgramOptions = {}): Promise<Resolver[]> {
  const candidates = BY_SYSTEM.get(system.toLowerCase()) ?? OTHERS;
  const programs = await Promise.all(
    candidates.map((resolver) => findProgram(COMMANDS[resolver].program, options.path)),
  );
  const found: Resolver[] = candidates.filter((_, n) => programs[n] !== undefined);
  return (await isProcUsable(options)) ? [Resolver.Proc, ...found] : found;
}

async function isProcUsable({ procRoot = '/proc' }: HostOptions): Promise<boolean> {
  const readable = await Promise.all(['tcp', 'udp'].map((table) => isReadable(`${procRoot}/net/${table}`)));
  return readable.every(Boolean);
}

async function isReadable(file: string): Promise<boolean> {
  try {
    const handle = await open(file);
    await handle.close();
    return true;
  } catch {
    return false;
  }
}
