/**
 * Where Redis is, and whether it may be used. Everyone who can write to a queue decides what workers do, so beyond this
 * machine the connection must be encrypted and have a password.
 */
import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { messageOf } from '../../errors.ts';

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly isEncrypted: boolean;
}

const PORT = 6379;
const PROTOCOLS: ReadonlySet<string> = new Set(['redis:', 'rediss:']);

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * @param text `redis://[user[:password]@]host[:port][/database]`, or `rediss://` for TLS
 * @param passwordFile file whose first line is the password, so that it is not in the list of processes
 * @throws {RangeError} for another form; for a host beyond loopback without TLS or password. The password is not in it
 */
export function redisAddress(text: string, passwordFile?: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !PROTOCOLS.has(url.protocol) || url.hostname === '') {
    throw new RangeError('--redis must be redis://HOST[:PORT][/DATABASE], or rediss:// for TLS');
  }
  const database = url.pathname.replace(/^\/$/, '').slice(1);
  if (!/^\d{0,4}$/.test(database) || url.search !== '' || url.hash !== '') {
    throw new RangeError(
      `--redis: '${url.pathname}${url.search}${url.hash}' is not the number of a database, as in /0`,
    );
  }
  const address: RedisAddress = {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? PORT : Number(url.port),
    database: Number(database),
    username: decoded(url.username),
    password: passwordOf(decoded(url.password), passwordFile),
    isEncrypted: url.protocol === 'rediss:',
  };
  refuseOpen(address);
  return address;
}

/** The address for messages: without user and password. */
export function addressText({ host, port, database, isEncrypted }: RedisAddress): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${isEncrypted ? 'rediss' : 'redis'}://${name}:${port}${database === 0 ? '' : `/${database}`}`;
}

function passwordOf(inUrl: string | undefined, file: string | undefined): string | undefined {
  if (file === undefined) return inUrl;
  if (inUrl !== undefined)
    throw new RangeError('the password is in --redis and in --redis-password-file; leave one out');
  const [line] = textOf(file).split(/\r?\n/, 1);
  if (line === undefined || line === '')
    throw new RangeError(`${file}: the first line is empty; it must be the password`);
  return line;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new RangeError(`--redis-password-file: ${messageOf(error)}`, { cause: error });
  }
}

function decoded(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RangeError("--redis: user and password must be written with %XX for '%', '@', ':' and '/'");
  }
}

function refuseOpen(address: RedisAddress): void {
  if (isLoopback(address.host)) return;
  const missing = [
    ...(address.isEncrypted ? [] : ['TLS (rediss://)']),
    ...(address.password === undefined ? ['a password (--redis-password-file)'] : []),
  ];
  if (missing.length === 0) return;
  throw new RangeError(
    `${addressText(address)} is beyond this machine and needs ${missing.join(' and ')}: ` +
      'who can write to the queue decides what workers do',
  );
}

function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family === 0 ? host === 'localhost' : loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
