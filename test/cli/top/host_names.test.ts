/** Names of hosts: asked for once, a few at a time, and again when they are old. */
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { HostNames } from '../../../src/cli/top/host_names.ts';

/** A resolver that answers when it is told to. */
class Resolver {
  readonly asked: string[] = [];
  readonly #answers = new Map<string, (name: string | undefined) => void>();

  readonly lookup = (address: string): Promise<string> => {
    this.asked.push(address);
    return new Promise((resolve, reject) => {
      this.#answers.set(address, (name) => (name === undefined ? reject(new Error('ENOTFOUND')) : resolve(name)));
    });
  };

  async answer(address: string, name?: string): Promise<void> {
    this.#answers.get(address)?.(name);
    await setImmediate();
  }
}

it('are not known at first, then by the answer, and asked for two at a time', async () => {
  const resolver = new Resolver();
  const names = new HostNames(resolver.lookup, () => 0);
  const all = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
  for (let times = 0; times < 2; times++)
    expect(all.map((one) => names.of(one))).toEqual([undefined, undefined, undefined]);
  expect(resolver.asked).toEqual(all.slice(0, 2));
  await resolver.answer('192.0.2.1', 'one.example');
  expect(resolver.asked).toEqual(all);
  await resolver.answer('192.0.2.2');
  expect(all.map((one) => names.of(one))).toEqual(['one.example', undefined, undefined]);
  expect(resolver.asked).toEqual(all);
});

it('are asked for again later, sooner where there was none, and stay meanwhile', async () => {
  const resolver = new Resolver();
  let now = 0;
  const names = new HostNames(resolver.lookup, () => now);
  for (const [address, name] of [
    ['192.0.2.1', 'one.example'],
    ['192.0.2.2', undefined],
  ] as const) {
    names.of(address);
    await resolver.answer(address, name);
  }
  now = 600_000;
  expect([names.of('192.0.2.1'), names.of('192.0.2.2')]).toEqual(['one.example', undefined]);
  expect(resolver.asked).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.2']);
  now = 4_000_000;
  expect(names.of('192.0.2.1')).toBe('one.example');
  expect(resolver.asked).toHaveLength(4);
});

it('are those of the hosts file of this machine', async () => {
  const names = new HostNames();
  names.of('127.0.0.1');
  await expect.poll(() => names.of('127.0.0.1'), { timeout: 120_000 }).toBe('localhost');
});
