/** `pcapflow web` in a real browser: its headers leave the page whole, and the captures it names are read by parts. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, counts, launch, openPage, until } from './browser.ts';
import type { OpenPage } from './browser.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MAIN = `${ROOT}dist/bin/pcapflow/main.cjs`;
const FILES = ['tour.pcap', 'udp.pcap'].map((name) => `${ROOT}pcaps/${name}`);

describe.skipIf(CHROMIUM === undefined)('pcapflow web in a browser (needs Chromium)', () => {
  let child: ReturnType<typeof spawn>;
  let browser: Browser;
  let url = '';
  let opened: OpenPage;

  beforeAll(async () => {
    child = spawn(process.execPath, [MAIN, 'web', ...FILES], { stdio: ['ignore', 'pipe', 'ignore'] });
    [url] = (await once(createInterface(child.stdout!), 'line')) as [string];
    browser = await launch();
    opened = await openPage(browser, url);
  });
  afterAll(async () => {
    await browser?.close();
    child?.kill('SIGKILL');
  });

  it('shows the captures that the command names, as one', async () => {
    const flows = execFileSync(process.execPath, [MAIN, 'read', ...FILES, '-f', 'jsonl'])
      .toString()
      .trim()
      .split('\n');
    expect(flows.length).toBe(33);
    expect(await counts(opened.page)).toMatch(/^33 flows, 294 packets /);
    expect(await opened.page.textContent('.names')).toBe('tour.pcap, udp.pcap');
    expect(await opened.page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(opened.faults).toEqual([]);
  });

  it.each([
    ['sankey', '.sankey .band', 20],
    ['hosts', '.hosts circle', 10],
    ['scatter', '.scatter-canvas', 1],
    ['timeline', '.gantt-canvas', 1],
  ])('draws the diagram %s', async (name, selector, least) => {
    await opened.page.click(`#tab-${name}`);
    await until(opened.page, (wanted) => document.querySelector(wanted) !== null, selector);
    expect(await opened.page.locator(selector).count()).toBeGreaterThanOrEqual(least);
    expect(opened.faults).toEqual([]);
  });

  it('narrows down by a click into a diagram', async () => {
    await opened.page.click('#tab-sankey');
    await until(opened.page, () => document.querySelector('.sankey') !== null);
    await opened.page.focus('.sankey [aria-label^="UDP 53 domain"]');
    await opened.page.keyboard.press('Enter');
    await until(opened.page, () => /4 flows of 33/.test(document.querySelector('.flows-head')?.textContent ?? ''));
    expect(await opened.page.textContent('.chip code')).toBe('protocol = 17 and dstPort = 53');
  });

  it('says why captures are not there when the token is wrong', async () => {
    const { page } = await openPage(browser, url.replace(/.{4}$/, 'none'));
    await until(page, () =>
      /403: the token is missing or wrong/.test(document.querySelector('.problems')?.textContent ?? ''),
    );
    expect(await page.isVisible('.problems')).toBe(true);
  });
});
