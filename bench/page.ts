/**
 * The page in Chromium against the command on the same files: `node dist/bench/page.js [FILE…]`. Without files: `full`
 * and `churn` of workload.ts. Prints each figure with its bound: the time of reading, of scrolling to any row, the
 * longest tasks of the page while it reads and while it is used, the memory of page and worker, the bytes that are
 * loaded first. Ends with 1 when a bound is not kept. Times are those of a machine that does nothing else.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { FIRST_MAX, firstFiles, packedSize } from './first_load.ts';
import { measure, median } from './measure.ts';
import { ensureWorkload, PACKAGE_FOLDER } from './workload.ts';
import { benchArguments } from './arguments.ts';

const MAIN = join(PACKAGE_FOLDER, 'dist', 'bin', 'pcapflow', 'main.cjs');
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ROUNDS = 5;
const JUMPS = 100;
const POLL_MS = 20;
/** After each thing that is done with the page. */
const SETTLE_MS = 1000;
const MIB = 2 ** 20;

/** Milliseconds, as the page says. */
async function readOnPage(page: Page, file: string): Promise<number> {
  await page.evaluate(() => document.querySelector('.counts')!.replaceChildren());
  await page.setInputFiles('#files', file);
  for (;;) {
    const text = await page.evaluate(() => document.querySelector('.counts')!.textContent ?? '');
    const seconds = /read in ([\d.]+) s/.exec(text)?.[1];
    if (seconds !== undefined) return Number(seconds) * 1000;
    if (text.startsWith('Nothing')) throw new Error(`${file}: the page could not read it`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Milliseconds from a jump of the scroll bar until the rows of that place are drawn, for places all over the table. */
function scrollTimes(page: Page, jumps: number): Promise<number[]> {
  return page.evaluate(async (most) => {
    const rows = document.querySelector('.rows')!;
    const shown = (): string | null | undefined =>
      document.querySelector('.rows-window .row')?.getAttribute('aria-rowindex');
    const times: number[] = [];
    for (let n = 0; n < most; n++) {
      const before = shown();
      const began = performance.now();
      rows.scrollTop = ((n * 0.618 + 0.3) % 1) * (rows.scrollHeight - rows.clientHeight);
      while (shown() === before && performance.now() - began < 1000) await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      times.push(performance.now() - began);
    }
    return times;
  }, jumps);
}

/** Runs in a page before its own scripts: notes the longest task that kept it from answering. */
function watchTasks(): void {
  const state = globalThis as { longestTask?: number };
  state.longestTask = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) state.longestTask = Math.max(state.longestTask ?? 0, duration);
  }).observe({ entryTypes: ['longtask'] });
}

/** Milliseconds since the last call; 0: none took 50. */
async function longestTask(page: Page): Promise<number> {
  // An observer is told a little later.
  await page.waitForTimeout(200);
  return page.evaluate(() => {
    const state = globalThis as { longestTask?: number };
    const longest = state.longestTask ?? 0;
    state.longestTask = 0;
    return longest;
  });
}

/** What a person does: sort, select, filter, look at diagrams and at a flow. */
async function usePage(page: Page): Promise<void> {
  const settled = (): Promise<void> => page.waitForTimeout(SETTLE_MS);
  for (const column of ['bytes', 'srcAddress', 'duration']) {
    await page.click(`.row-heads .cell-${column} button`);
    await settled();
  }
  for (const list of ['Top talkers', 'Protocols', 'How flows ended']) {
    await page.locator(`[aria-label="${list}"] .share`).first().click();
    await settled();
  }
  await page.getByRole('button', { name: 'Show all flows' }).click();
  await page.fill('#view-filter', 'bytes > 100 and dstPort < 1024');
  await settled();
  await page.fill('#view-filter', '');
  await settled();
  for (const tab of ['sankey', 'hosts', 'scatter', 'timeline', 'table']) {
    await page.click(`#tab-${tab}`);
    await settled();
  }
  await page.locator('.rows-window .row').first().click();
  await settled();
  await page.keyboard.press('Escape');
}

/** Bytes of scripts and arrays, by where they are. */
function memory(page: Page): Promise<Record<string, number>> {
  return page.evaluate(async () => {
    interface Part {
      readonly bytes: number;
      readonly attribution: readonly { readonly scope: string }[];
    }
    type Measure = () => Promise<{ readonly breakdown: readonly Part[] }>;
    const { breakdown } = await (
      performance as unknown as { measureUserAgentSpecificMemory: Measure }
    ).measureUserAgentSpecificMemory();
    const sums: Record<string, number> = {};
    for (const { bytes, attribution } of breakdown) {
      const scope = attribution[0]?.scope ?? 'shared';
      sums[scope] = (sums[scope] ?? 0) + bytes;
    }
    return sums;
  });
}

/** A figure and what it may be at most, or must be at least. */
function figure(name: string, value: number, unit: string, bound: { most: number } | { least: number }): void {
  const isKept = 'most' in bound ? value <= bound.most : value >= bound.least;
  const limit = 'most' in bound ? `at most ${bound.most}` : `at least ${bound.least}`;
  if (!isKept) process.exitCode = 1;
  console.log(
    `  ${name.padEnd(32)} ${value.toFixed(0).padStart(7)} ${unit}, ${limit}: ${isKept ? 'kept' : 'NOT KEPT'}`,
  );
}

const least = (values: readonly number[]): number => Math.min(...values);

/** @param page that has read nothing yet */
async function compare(page: Page, file: string): Promise<void> {
  const command: number[] = [];
  const onPage: number[] = [];
  const whole: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    command.push(measure([process.execPath, MAIN, 'read', file, '-f', 'none']).wallSeconds * 1000);
    const began = performance.now();
    onPage.push(await readOnPage(page, file));
    whole.push(performance.now() - began);
  }
  const [one, other] = [least(command), least(onPage)];
  console.log(`${basename(file)}: ${await page.textContent('.counts')}`);
  console.log(`  the command ${one.toFixed(0)} ms, the page ${other.toFixed(0)} ms: least of ${ROUNDS}`);
  figure('speed of the command', (100 * one) / other, '%', { least: 60 });
  figure('from choosing to all shown', (100 * least(whole)) / one, '% of the command', { most: 200 });
  figure('longest task while reading', await longestTask(page), 'ms', { most: 200 });
  const times = await scrollTimes(page, JUMPS);
  figure('scrolling to any row, median', median(times) ?? 0, 'ms', { most: 50 });
  figure(`scrolling, worst of ${JUMPS}`, Math.max(...times), 'ms', { most: 100 });
  await usePage(page);
  figure('longest task while used', await longestTask(page), 'ms', { most: 200 });
  const parts = await memory(page);
  const detail = Object.entries(parts).map(([scope, bytes]) => `${scope} ${(bytes / MIB).toFixed(0)} MiB`);
  const all = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  figure('memory of page and worker', all / MIB, `MiB (${detail.join(', ')})`, { most: 400 });
}

const executablePath = BROWSERS.find(existsSync);
if (executablePath === undefined) throw new Error(`there is no Chromium at ${BROWSERS.join(', ')}`);
const { positionals: given } = benchArguments({
  program: 'page',
  about: 'What the page of pcapflow web takes to load and to show captures, in Chromium.',
  operands: '[CAPTURE...]',
});
const files = given.length > 0 ? given : (['full', 'churn'] as const).map((profile) => ensureWorkload(profile).path);
const child = spawn(process.execPath, [MAIN, 'web'], { stdio: ['ignore', 'pipe', 'ignore'] });
const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
const args = ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
const browser = await chromium.launch({ executablePath, args });
try {
  console.log('loaded first');
  figure('bytes of gzip', packedSize(firstFiles()), 'bytes', { most: FIRST_MAX });
  for (const file of files) {
    const page = await browser.newPage({ viewport: { width: 1360, height: 850 } });
    await page.addInitScript(watchTasks);
    await page.goto(url);
    await compare(page, file);
    await page.close();
  }
} finally {
  await browser.close();
  child.kill();
}
