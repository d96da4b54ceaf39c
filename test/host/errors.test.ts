import { expect, it } from 'vitest';

import { HostError } from '../../src/host/errors.ts';

it('has a code for programs, a message for people and the cause', () => {
  const cause = new Error('ENOENT');
  const error = new HostError('ERR_PROC_UNAVAILABLE', '/proc/net/tcp cannot be read', { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'HostError',
    code: 'ERR_PROC_UNAVAILABLE',
    message: '/proc/net/tcp cannot be read',
    cause,
  });
});

it('is called by the name of its subclass', () => {
  class LookupError extends HostError {}
  expect(new LookupError('ERR_PID_NOT_FOUND', 'none')).toMatchObject({
    name: 'LookupError',
    code: 'ERR_PID_NOT_FOUND',
  });
});
