/** Flows that wait for answers: in order, not for ever, and without more of them than may wait. */
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { WaitingFlows } from '../../src/cli/waiting_flows.ts';
import type { WaitingFlow } from '../../src/cli/waiting_flows.ts';
import { OwnerLookup } from '../../src/owner/index.ts';
import type { OwnerSource } from '../../src/owner/index.ts';

const FLOWS_MAX = 20_000;

const flow = (n: number, answered?: Promise<void>): WaitingFlow => ({
  src: '10.0.0.1',
  dst: `20.${n >> 16}.${(n >> 8) & 255}.${n & 255}`,
  answered,
  text: (_, owner) => `${n} ${owner?.asn ?? '-'}\n`,
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

it('come out in their order, each when its answer is there', async () => {
  let text = '';
  const waiting = new WaitingFlows({ owners: undefined, live: true, write: async (more) => void (text += more) });
  let answer = (): void => undefined;
  waiting.add(
    flow(
      0,
      new Promise((resolve) => {
        answer = resolve;
      }),
    ),
  );
  waiting.add(flow(1));
  const finished = waiting.finish();
  for (let turns = 0; turns < 5; turns++) await setImmediate();
  expect(text).toBe('');
  answer();
  await finished;
  expect(text).toBe('0 -\n1 -\n');
  expect(waiting.count).toBe(0);
});

it('come out without owners when too many would wait for a service that is silent', async () => {
  const silent: OwnerSource = {
    name: 'silent',
    ask: (_, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve({ origins: new Map(), failures: [], errors: [], failed: 0 }));
      }),
  };
  const owners = await OwnerLookup.open({ source: silent });
  let lines = 0;
  const waiting = new WaitingFlows({
    owners,
    live: true,
    write: async (text) => void (lines += text.split('\n').length - 1),
  });
  for (const n of numbers(3 * FLOWS_MAX)) {
    waiting.add(flow(n));
    if (n % 512 === 0) await waiting.room();
    expect(waiting.count).toBeLessThanOrEqual(FLOWS_MAX + 512);
  }
  expect(lines).toBeGreaterThan(FLOWS_MAX);
  const finished = waiting.finish();
  await owners.close();
  await finished;
  expect(lines).toBe(3 * FLOWS_MAX);
});

it('stop when they cannot be written, and say why', async () => {
  const waiting = new WaitingFlows({
    owners: undefined,
    live: true,
    write: () => Promise.reject(new Error('no space')),
  });
  for (const n of numbers(10)) waiting.add(flow(n));
  await expect(waiting.finish()).rejects.toThrow('no space');
  await expect(waiting.room()).rejects.toThrow('no space');
});
