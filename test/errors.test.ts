import { describe, expect, test } from 'vitest';
import { asParserError } from '../src/errors.ts';
import { HostError, LookupError } from '../src/host/index.ts';
import * as host from '../src/host/index.ts';
import { CallbackError, CaptureError, FilterError, FParserError, PcapflowError } from '../src/index.ts';

const cause = new Error('disk on fire');

describe('PcapflowError', () => {
  test.each([
    new FParserError('ERR_ENGINE', 'x', { cause }),
    new CaptureError('ERR_READ', 'a.pcap', 7, 'x', { cause }),
    new FilterError('ERR_FILTER_SYNTAX', 'x', 3, { cause }),
    new CallbackError('tcp', cause),
    new HostError('ERR_NO_RESOLVER', 'x', { cause }),
  ])('is the base of $name, with its code and its cause', (error) => {
    expect(error).toBeInstanceOf(PcapflowError);
    expect(error.name).toBe(error.constructor.name);
    expect(error.code).toMatch(/^ERR_[A-Z_]+$/);
    expect(error.cause).toBe(cause);
  });

  test('is the base of LookupError', () => {
    expect(new LookupError('ERR_PID_NOT_FOUND', 'x', true)).toBeInstanceOf(PcapflowError);
  });

  test('is the same class in pcapflow and pcapflow/host', () => {
    expect(host.PcapflowError).toBe(PcapflowError);
  });
});

describe('asParserError', () => {
  test('keeps an error of ours, whatever code is proposed', () => {
    const error = new FilterError('ERR_FILTER_SYNTAX', 'x');
    expect(asParserError(error, 'ERR_READ')).toBe(error);
  });

  test('wraps any other error with the code, its message and it as the cause', () => {
    expect(asParserError(cause, 'ERR_READ')).toMatchObject({ code: 'ERR_READ', message: 'disk on fire', cause });
    expect(asParserError('text', 'ERR_ENGINE')).toMatchObject({ code: 'ERR_ENGINE', message: 'text', cause: 'text' });
  });
});
