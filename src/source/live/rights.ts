/**
 * The right to capture (CAP_NET_RAW, capabilities(7)), and dropping it once a capture is open. An open capture
 * continues without it; a new one cannot be opened.
 */
import { readFileSync } from 'node:fs';
import { FParserError } from '../../errors.ts';

const CAP_NET_RAW = 13n;

/** A user as in passwd(5). */
interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Functions missing from Node's types. */
type PosixProcess = NodeJS.Process & { initgroups(user: string, extraGroup: number): void };

/** @throws {FParserError} ERR_PERMISSION with the commands that help */
export function checkRights(): void {
  if (!hasRights()) throw permissionError();
}

/** Whether this process has CAP_NET_RAW. In a user namespace it may have it and yet be refused. */
export function hasRights(): boolean {
  return mayCapture(readFileSync('/proc/self/status', 'utf8'));
}

/** `CapEff:	000001fffeffffff`, effective capabilities as a bit set. */
export function mayCapture(status: string): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1];
  return effective !== undefined && ((BigInt(`0x${effective}`) >> CAP_NET_RAW) & 1n) === 1n;
}

export function permissionError(cause?: unknown): FParserError {
  return new FParserError(
    'ERR_PERMISSION',
    `no permission to capture (CAP_NET_RAW); one of these helps:\n${remedies()
      .map((line) => `  ${line}`)
      .join('\n')}`,
    { cause },
  );
}

/**
 * Commands that run the same program with the right to capture. We grant it to a copy of `node`; otherwise every script
 * on this machine could capture.
 */
export function remedies(command: readonly string[] = process.argv): string[] {
  const [node = process.execPath, ...script] = command.map(quote);
  const copy = '/usr/local/bin/node-capture';
  return [
    ['sudo', node, ...script].join(' '),
    `sudo cp ${node} ${copy} && sudo setcap cap_net_raw+ep ${copy} && ${[copy, ...script].join(' ')}`,
  ];
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

const PASSWORD_FILE = '/etc/passwd';

/**
 * Becomes an ordinary user for good: supplementary groups, group, user, in this order, verified.
 * @param user name, or number, of a user in /etc/passwd
 * @throws {RangeError} no such user, or one with all rights
 * @throws {FParserError} ERR_PERMISSION: not allowed, or rights are left
 */
export function dropTo(user: string, passwordFile = PASSWORD_FILE): void {
  const found = ordinaryUser(user, passwordFile);
  try {
    (process as PosixProcess).initgroups(found.name, found.gid);
    process.setgid?.(found.gid);
    process.setuid?.(found.uid);
  } catch (cause) {
    throw new FParserError('ERR_PERMISSION', `cannot become ${user}: ${(cause as Error).message}; only root can`, {
      cause,
    });
  }
  verifyDropped(found);
}

/** The user of this name or number, if there is one. */
export function findUser(user: string, passwordFile = PASSWORD_FILE): User | undefined {
  return parseUsers(readFileSync(passwordFile, 'utf8')).find(({ name, uid }) => name === user || String(uid) === user);
}

/** The same. @throws {RangeError} no such user, or one with all rights */
export function ordinaryUser(user: string, passwordFile = PASSWORD_FILE): User {
  const found = findUser(user, passwordFile);
  if (found === undefined) throw new RangeError(`${user}: no such user in ${passwordFile}`);
  if (found.uid === 0) throw new RangeError(`${user}: has all rights itself; name an ordinary user`);
  return found;
}

function verifyDropped({ name, uid, gid }: User): void {
  const left: string[] = [];
  if (process.getuid?.() !== uid || process.geteuid?.() !== uid) left.push('user');
  if (process.getgid?.() !== gid || process.getegid?.() !== gid) left.push('group');
  const status = readFileSync('/proc/self/status', 'utf8');
  if (!/^CapEff:\s*0+$/m.test(status) || !/^CapPrm:\s*0+$/m.test(status)) left.push('capabilities');
  try {
    process.setuid?.(0);
    left.push('the way back');
  } catch {
    // As it should be.
  }
  if (left.length > 0) throw new FParserError('ERR_PERMISSION', `became ${name}, but kept: ${left.join(', ')}`);
}

/** Lines such as `daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin`. */
export function parseUsers(text: string): User[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', , uid = '', gid = ''] = line.split(':');
    return name !== '' && /^\d+$/.test(uid) && /^\d+$/.test(gid) ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}
