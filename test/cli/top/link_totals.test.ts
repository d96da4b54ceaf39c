/** What interfaces carry: the kernel's figures, and what becomes of them when interfaces come and go. */
import { expect, it } from 'vitest';
import { LinkCounter, parseNetDev } from '../../../src/cli/top/link_totals.ts';

const netDev = (figures: Readonly<Record<string, readonly [number, number]>>): string =>
  [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls',
    ...Object.entries(figures).map(
      ([name, [received, sent]]) => `  ${name}:${received} 2 0 0 0 0 0 0 ${String(sent).padStart(8)} 3 0 0 0 0 0 0`,
    ),
    '',
  ].join('\n');

it('is read by the name of the interface, with or without a blank in front of the figures', () => {
  const text = `${netDev({ eth0: [100, 20], 'br-1.7': [7, 8] })}    lo: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0\n`;
  expect([...parseNetDev(text)]).toEqual([
    ['eth0', { received: 100, sent: 20 }],
    ['br-1.7', { received: 7, sent: 8 }],
    ['lo', { received: 5, sent: 6 }],
  ]);
  expect([...parseNetDev('')]).toEqual([]);
});

it('counts from the start on, of the interfaces that are meant, and from 0 after one was made again', () => {
  let figures: Readonly<Record<string, readonly [number, number]>> = { eth0: [100, 10], eth1: [1, 1] };
  const [one, both, any] = [['eth0'], ['eth0', 'eth1'], ['any']].map(
    (names) => new LinkCounter(names, () => netDev(figures)),
  );
  const totals = (): unknown[] => [one, both, any].map((counter) => counter?.totals());
  figures = { eth0: [150, 30], eth1: [2, 4], wlan0: [9, 9] };
  expect(totals()).toEqual([
    { received: 50, sent: 20 },
    { received: 51, sent: 23 },
    { received: 60, sent: 32 },
  ]);
  figures = { eth0: [5, 6], eth1: [2, 4] };
  expect(totals()[0]).toEqual({ received: 55, sent: 26 });
});

it('is not known where the kernel has no such file', () => {
  const missing = (): string => {
    throw new Error('ENOENT');
  };
  expect(new LinkCounter(['eth0'], missing).totals()).toBeUndefined();
});
