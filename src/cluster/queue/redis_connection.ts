/** Connections to Redis: the first one says in words why Redis cannot be used; later ones wait until it is back. */
import { Redis } from 'ioredis';
import { PcapflowError, messageOf } from '../../errors.ts';
import { addressText } from './redis_address.ts';
import type { RedisAddress } from './redis_address.ts';

/** Redis cannot be used. */
class QueueError extends PcapflowError<'ERR_QUEUE'> {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('ERR_QUEUE', message, options);
  }
}

const CONNECT_TIMEOUT_MS = 5_000;
const RETRY_STEP_MS = 100;
const RETRY_MAX_MS = 2_000;

interface Access {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: object;
}

interface Lasting extends Access {
  readonly maxRetriesPerRequest: null;
  readonly retryStrategy: (times: number) => number;
}

/** For connections that outlive restarts of Redis. */
export function connectionOptions(address: RedisAddress): Lasting {
  return {
    ...accessOptions(address),
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * RETRY_STEP_MS, RETRY_MAX_MS),
  };
}

/**
 * Checks that Redis answers, takes the password and keeps what it is given.
 * @throws {QueueError} with the reason and what can be done
 */
export async function checkRedis(address: RedisAddress): Promise<void> {
  const redis = new Redis({
    ...accessOptions(address),
    lazyConnect: true,
    enableOfflineQueue: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: () => null,
  });
  // What it emits is the less precise twin of what connect() rejects with, but for the password.
  let emitted: unknown;
  redis.on('error', (error) => (emitted ??= error));
  try {
    await redis.connect();
    const policy = /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1];
    if (policy !== undefined && policy !== 'noeviction') {
      throw new QueueError(
        `${addressText(address)}: maxmemory-policy is ${policy}, which can lose jobs; set it to noeviction`,
      );
    }
  } catch (error) {
    throw error instanceof QueueError ? error : refused(address, emitted ?? error);
  } finally {
    redis.disconnect();
  }
}

function accessOptions(address: RedisAddress): Access {
  const { host, port, database, username, password, isEncrypted } = address;
  return {
    host,
    port,
    db: database,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(isEncrypted ? { tls: {} } : {}),
  };
}

function refused(address: RedisAddress, error: unknown): QueueError {
  const message = messageOf(error);
  return new QueueError(`${addressText(address)}: ${reason(message)}`, { cause: error });
}

function reason(message: string): string {
  if (/WRONGPASS|invalid password/i.test(message)) return 'the user or the password is wrong';
  if (/NOAUTH/.test(message)) return 'it wants a password; give --redis-password-file';
  if (/NOPERM/.test(message)) return `the user lacks rights (${message}); docs/cluster_queue.md lists them`;
  if (/ECONNREFUSED/.test(message)) return 'nothing listens there; start redis-server, or correct --redis';
  if (/LOADING/.test(message)) return 'Redis is still loading its data; try again';
  return message;
}
