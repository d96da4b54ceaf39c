import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FParserError } from '../../../src/errors.ts';
import { DeviceWatch } from '../../../src/source/live/device_watch.ts';
import type { InterfaceState } from '../../../src/source/live/interfaces.ts';

const UP: InterfaceState = { index: 3, up: true, loopback: false };

describe('DeviceWatch', () => {
  let states: Record<string, InterfaceState | undefined>;
  let problems: FParserError[];
  let losses: FParserError[];
  let watch: DeviceWatch;
  let newName: string | undefined;
  let renames: string[];

  const begin = (...names: readonly string[]): void => {
    states = Object.fromEntries(names.map((name) => [name, UP]));
    watch = new DeviceWatch({
      interfaces: names.map((name) => ({ name, index: UP.index })),
      onProblem: (error) => problems.push(error),
      onLost: (error) => losses.push(error),
      stateOf: (name) => states[name],
      nameOf: () => newName,
      onRenamed: (from, to) => renames.push(`${from} ${to}`),
    });
  };

  beforeEach(() => {
    vi.useFakeTimers();
    problems = [];
    losses = [];
    renames = [];
    newName = undefined;
  });
  afterEach(() => {
    watch.close();
    vi.useRealTimers();
  });

  it.each([
    ['down', { ...UP, up: false }, 'ERR_DEVICE_DOWN', /a0: .*`ip link set a0 up`/],
    ['gone', undefined, 'ERR_NO_SUCH_DEVICE', /a0: .*removed/],
    ['made again', { ...UP, index: 9 }, 'ERR_NO_SUCH_DEVICE', /a0: .*made again/],
  ])('tells within 100 ms that the interface is %s, once', (_what, state, code, message) => {
    begin('a0');
    vi.advanceTimersByTime(1000);
    expect(losses).toEqual([]);
    states.a0 = state;
    vi.advanceTimersByTime(100);
    expect(losses.map((error) => error.code)).toEqual([code]);
    expect(losses[0]?.message).toMatch(message);
    vi.advanceTimersByTime(1000);
    expect(losses).toHaveLength(1);
    expect(problems).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('follows an interface that was renamed, and watches it under its new name', () => {
    begin('a0');
    states.a0 = undefined;
    states.b0 = UP;
    newName = 'b0';
    vi.advanceTimersByTime(500);
    expect(renames).toEqual(['a0 b0']);
    expect(losses).toEqual([]);
    newName = undefined;
    states.b0 = undefined;
    vi.advanceTimersByTime(100);
    expect(losses.map(({ message }) => message)).toEqual([expect.stringMatching(/^b0: .*removed/)]);
  });

  it('tells of each change of one of two, and that none is left', () => {
    begin('a0', 'b0');
    states.a0 = { ...UP, up: false };
    vi.advanceTimersByTime(500);
    expect(problems.map(({ code }) => code)).toEqual(['ERR_DEVICE_DOWN']);
    states.a0 = UP;
    vi.advanceTimersByTime(500);
    states.a0 = { ...UP, up: false };
    vi.advanceTimersByTime(500);
    states.a0 = undefined;
    vi.advanceTimersByTime(500);
    expect(problems.map(({ code }) => code)).toEqual(['ERR_DEVICE_DOWN', 'ERR_DEVICE_DOWN', 'ERR_NO_SUCH_DEVICE']);
    expect(losses).toEqual([]);
    states.b0 = undefined;
    vi.advanceTimersByTime(100);
    expect(losses.map(({ message }) => message)).toEqual(['b0: the interface was removed']);
  });

  it('is silent when it is closed', () => {
    begin('a0');
    watch.close();
    states.a0 = undefined;
    vi.advanceTimersByTime(1000);
    expect(losses).toEqual([]);
  });
});
