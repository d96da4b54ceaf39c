/** Names of users from passwd(5). Users of other name services are not found. */
import { readFileSync, statSync } from 'node:fs';

interface PasswordFile {
  /** Modification time and size, to detect changes. */
  readonly version: string;
  readonly names: ReadonlyMap<number, string>;
}

const files = new Map<string, PasswordFile>();

/** Name of a user; undefined when the file does not have the uid. The file is read again only when it has changed. */
export function userName(uid: number, passwordFile = '/etc/passwd'): string | undefined {
  const stat = statSync(passwordFile, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const version = `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
  let file = files.get(passwordFile);
  if (file?.version !== version) {
    file = { version, names: parsePasswords(read(passwordFile)) };
    files.set(passwordFile, file);
  }
  return file.names.get(uid);
}

/** Number of a user; undefined when the file does not have the name. */
export function userNumber(name: string, passwordFile = '/etc/passwd'): number | undefined {
  const line = read(passwordFile)
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  const uid = line?.split(':')[2] ?? '';
  return /^[0-9]+$/.test(uid) ? Number(uid) : undefined;
}

/** uid -> name of lines such as `daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin`; the first of several names wins. */
export function parsePasswords(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name = '', , uid = ''] = line.split(':');
    if (name !== '' && /^[0-9]+$/.test(uid) && !names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
