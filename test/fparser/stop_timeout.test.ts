/** stop() while a callback is under way that never settles, or takes its time. */
import { describe, expect, it } from 'vitest';
import { FParser } from '../../src/fparser/index.ts';
import { ipv4, tcp, RST } from '../builders/index.ts';
import { SMALL, at, captureOf, forAll } from './runs.ts';

const path = captureOf(
  Array.from({ length: 40 }, (_, n) => at(n, tcp({ srcPort: n + 1, dstPort: 80, flags: RST }).over(ipv4()))),
);
const NEVER = new Promise<void>(() => undefined);
const OPTIONS = { isFile: true, ...SMALL, finTimeout: 0, maxBacklog: 1 } as const;

describe('stop() and a callback', () => {
  it('that never settles: it is named, the wait is given up, and the parser ends in order', async () => {
    const errors: string[] = [];
    let calls = 0;
    let called = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      called = resolve;
    });
    const parser = new FParser(path, {
      ...OPTIONS,
      stopTimeout: 0.05,
      ...forAll(() => {
        calls++;
        called();
        return NEVER;
      }),
      errorCallback: (error) => {
        errors.push(error.message);
        return NEVER;
      },
      killCallback: () => void errors.push('killed'),
    });
    await begun;
    await parser.stop();
    const info = await parser.done;
    expect(parser.state).toBe('dead');
    expect(calls).toBe(1);
    expect(errors).toEqual([
      expect.stringMatching(/^the tcp callback failed: its promise did not settle within 0\.05 s after stop\(\)/),
      'killed',
    ]);
    expect(info.flowsUncollected + 1).toBe(info.flowsEnded);
  });

  it('that settles late, but in time: everything is handed over', async () => {
    let calls = 0;
    let settle: () => void = () => undefined;
    const parser = new FParser(path, {
      ...OPTIONS,
      stopTimeout: 60,
      ...forAll(() => {
        calls++;
        if (calls > 1) return undefined;
        return new Promise<void>((resolve) => {
          settle = resolve;
        });
      }),
    });
    await parser.ready;
    const stopped = parser.stop();
    setImmediate(() => setImmediate(() => settle()));
    const timer = setInterval(() => settle(), 5);
    await stopped;
    clearInterval(timer);
    const { flowsEnded } = await parser.done;
    expect(calls).toBe(flowsEnded);
  });
});
