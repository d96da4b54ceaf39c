/** What tcpreplay sends is on the page of `live --web` as another capture of the same packets writes it. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMAND, LiveCommand } from '../../live/live_command.ts';
import { canUseNamespaces, NamespacePair, NEAR } from '../../live/netns.ts';
import { capLoads } from '../../source/cap/cap_loads.ts';
import { CHROMIUM, launch, openPage, until } from './browser.ts';
import type { OpenPage } from './browser.ts';

const TOUR = fileURLToPath(new URL('../../../pcaps/tour.pcap', import.meta.url));
const OPTIONS = ['--flow-timeout', '3', '--fin-timeout', '3', '--filter', 'ip or ip6'];
const isPossible = CHROMIUM !== undefined && canUseNamespaces && capLoads;

describe.skipIf(!isPossible)('the page of live --web in a namespace (needs Chromium, root and libpcap)', () => {
  let pair: NamespacePair;
  let browser: Browser;
  let opened: OpenPage;
  let web: ReturnType<NamespacePair['near']['start']>;

  beforeAll(async () => {
    pair = new NamespacePair();
    web = pair.near.start(process.execPath, COMMAND, 'live', NEAR, '--web', ...OPTIONS);
    let url = '';
    for await (const line of createInterface(web.stderr!))
      if (line.startsWith('http://')) {
        url = line;
        break;
      }
    web.stderr!.resume();
    // The server is on the loopback address of the namespace: so must be the browser.
    const inside = pair.file('chromium.sh');
    writeFileSync(inside, `#!/bin/sh\nexec ip netns exec ${pair.near.name} ${CHROMIUM} "$@"\n`, { mode: 0o755 });
    browser = await launch(inside);
    opened = await openPage(browser, url);
    await until(opened.page, () => /^live: /.test(document.querySelector('.counts')?.textContent ?? ''));
  });
  afterAll(async () => {
    await browser?.close();
    web?.kill('SIGKILL');
    pair?.dispose();
  });

  it('has as many flows and packets as JSON Lines, each with the same ends and bytes', async () => {
    const { page, faults } = opened;
    const written = await LiveCommand.start(pair, pair.near, NEAR, '-f', 'jsonl', ...OPTIONS);
    await pair.replay(TOUR, { rate: 200 });
    const ended = async (): Promise<number> =>
      Number(/^live: (\d+) flows ended, 0 active/.exec((await page.textContent('.counts')) ?? '')?.[1] ?? 0);
    await expect.poll(ended, { timeout: 120_000 }).toBeGreaterThan(25);
    const count = await ended();
    await expect.poll(() => written.flowCount, { timeout: 120_000 }).toBe(count);
    const { flows } = await written.end('SIGINT');
    expect(flows.length).toBeGreaterThan(25);
    const packets = flows.reduce((sum, one) => sum + Number(one.packetsForward) + Number(one.packetsReverse), 0);
    await until(
      page,
      ([wanted, most]) =>
        document.querySelector('.counts')!.textContent!.startsWith(`live: ${wanted} flows ended, 0 active`) &&
        document.querySelector('.flows-head')!.textContent!.includes(`Flows${wanted} flows, ${most} packets`),
      [flows.length, packets],
    );
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'JSON Lines', exact: true }).click(),
    ]);
    let text = '';
    for await (const part of await download.createReadStream()) text += String(part);
    const lines = text.trim().split('\n');
    const what = (flow: Readonly<Record<string, unknown>>): string =>
      ['srcAddress', 'srcPort', 'dstAddress', 'dstPort', 'protocol', 'bytesForward', 'bytesReverse', 'endReason']
        .map((name) => flow[name])
        .join(' ');
    const saved = lines.map((line) => what(JSON.parse(line) as Record<string, unknown>)).sort();
    expect(saved).toEqual(flows.map(what).sort());
    expect(faults).toEqual([]);
  });

  it('ends with the interface, and keeps what it has', async () => {
    const { page } = opened;
    const before = await page.getAttribute('.flow-table', 'aria-rowcount');
    pair.near.down(NEAR);
    await once(web, 'exit');
    await until(page, () => /followed for/.test(document.querySelector('.counts')?.textContent ?? ''));
    expect(await page.textContent('.problems')).toContain(NEAR);
    expect(await page.getAttribute('.flow-table', 'aria-rowcount')).toBe(before);
  });
});
