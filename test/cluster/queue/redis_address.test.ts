/** Where Redis may be: this machine, or anywhere with TLS and a password. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addressText, redisAddress } from '../../../src/cluster/queue/redis_address.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-redis-address-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('the address of Redis', () => {
  it('has its parts from the URL', () => {
    expect(redisAddress('rediss://user:p%40ss@queue.example:7000/3')).toEqual({
      host: 'queue.example',
      port: 7000,
      database: 3,
      username: 'user',
      password: 'p@ss',
      isEncrypted: true,
    });
    expect(redisAddress('redis://[::1]')).toMatchObject({ host: '::1', port: 6379, database: 0, password: undefined });
  });

  it('has its password from the first line of a file', () => {
    const password = file('password', 'p@ss:word\r\nnot this\n');
    expect(redisAddress('redis://localhost', password).password).toBe('p@ss:word');
    expect(() => redisAddress('redis://:x@localhost', password)).toThrow('leave one out');
    expect(() => redisAddress('redis://localhost', file('empty', '\n'))).toThrow('the first line is empty');
    expect(() => redisAddress('redis://localhost', join(folder, 'none'))).toThrow(/--redis-password-file: ENOENT/);
  });

  it.each(['localhost', '127.0.0.1', '127.1.2.3', '[::1]'])('%s is this machine and needs neither', (host) => {
    expect(() => redisAddress(`redis://${host}`)).not.toThrow();
  });

  it.each(['10.0.0.1', 'queue.example', '[2001:db8::1]', '0.0.0.0', 'localhost.example', '127.0.0.1.example'])(
    '%s is beyond it and needs TLS and a password',
    (host) => {
      expect(() => redisAddress(`redis://${host}`)).toThrow(/needs TLS \(rediss:\/\/\) and a password/);
      expect(() => redisAddress(`redis://:secret@${host}`)).toThrow(/needs TLS \(rediss:\/\/\): who/);
      expect(() => redisAddress(`rediss://${host}`)).toThrow(/needs a password \(--redis-password-file\): who/);
      expect(() => redisAddress(`rediss://:secret@${host}`)).not.toThrow();
    },
  );

  it.each(['', 'localhost:6379', 'http://localhost', 'redis://', 'redis://localhost/x', 'redis://localhost/0?a=b'])(
    'is not %j',
    (text) => expect(() => redisAddress(text)).toThrow(RangeError),
  );

  it('is shown without user and password', () => {
    expect(addressText(redisAddress('rediss://user:secret@[2001:db8::1]/2'))).toBe('rediss://[2001:db8::1]:6379/2');
    expect(() => redisAddress('redis://user:secret@10.0.0.1')).toThrow(/^redis:\/\/10\.0\.0\.1:6379 is beyond/);
    expect(() => redisAddress('http://user:secret@10.0.0.1')).toThrow(/^(?!.*secret)/);
    expect(() => redisAddress('redis://user:%zz@10.0.0.1')).toThrow(/^(?!.*zz)/);
  });
});
