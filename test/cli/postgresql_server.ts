/** A PostgreSQL server of one's own, in a folder that is deleted, reached by a socket in it. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';

/** Debian's place for what is not on the path, the newest version last. */
const DEBIAN = '/usr/lib/postgresql';
const bin = existsSync(DEBIAN)
  ? readdirSync(DEBIAN)
      .map((version) => join(DEBIAN, version, 'bin'))
      .findLast((path) => existsSync(join(path, 'initdb')))
  : undefined;

/** The server refuses to run as root: then it runs as this user. */
const USER = 'postgres';
const ids: Ids | undefined = userInfo().uid === 0 ? idsOf(USER) : {};

export const hasPostgresql: boolean = bin !== undefined && ids !== undefined;

interface Ids {
  readonly uid?: number;
  readonly gid?: number;
}

function idsOf(user: string): Ids | undefined {
  const [, , uid, gid] =
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find(([name]) => name === user) ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

export class PostgresqlServer {
  readonly #folder: string;

  /** @param folder is the server's, and must be readable to its user */
  constructor(folder: string) {
    this.#folder = folder;
    const data = join(folder, 'data');
    mkdirSync(data);
    const { uid = -1, gid = -1 } = ids ?? {};
    for (const path of [folder, data]) chownSync(path, uid, gid);
    chmodSync(data, 0o700);
    this.#run('initdb', ['-D', data, '-A', 'trust', '-U', USER, '--no-sync', '-E', 'UTF8', '--locale=C']);
    const options = `-k ${folder} -c listen_addresses= -c fsync=off`;
    this.#run('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start']);
  }

  /** Runs SQL and psql's own commands, and gives what they print, without titles. */
  psql(script: string): string {
    const options = ['-h', this.#folder, '-U', USER, '-d', 'postgres', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];
    return this.#run('psql', options, script);
  }

  /** Ends the server and deletes the folder. */
  stop(): void {
    this.#run('pg_ctl', ['-D', join(this.#folder, 'data'), '-m', 'immediate', 'stop']);
    rmSync(this.#folder, { recursive: true });
  }

  #run(program: string, args: readonly string[], input = ''): string {
    const options = { ...ids, cwd: this.#folder, input, encoding: 'utf8', maxBuffer: 1 << 26 } as const;
    return execFileSync(join(bin ?? '', program), args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  }
}
