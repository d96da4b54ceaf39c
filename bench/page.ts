/**
 * The page in Chromium against the command on the same files: `node dist/bench/page.js [FILE…]`. Without files: `full`
 * and `churn` of workload.ts. Prints the time of reading, of scrolling to any row, the longest task of the page, and
 * the memory of page and worker.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { measure, median } from './measure.ts';
import { ensureWorkload, PACKAGE_FOLDER } from './workload.ts';

const MAIN = join(PACKAGE_FOLDER, 'dist', 'bin', 'pcapflow', 'main.cjs');
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ROUNDS = 5;
const JUMPS = 100;
const POLL_MS = 50;
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

/** Milliseconds; 0: none took 50. */
function longestTask(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as { longestTask?: number }).longestTask ?? 0);
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

const least = (values: readonly number[]): number => Math.min(...values);

async function compare(page: Page, file: string): Promise<void> {
  const command: number[] = [];
  const onPage: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    command.push(measure([process.execPath, MAIN, 'read', file, '-f', 'none']).wallSeconds * 1000);
    onPage.push(await readOnPage(page, file));
  }
  const [one, other] = [least(command), least(onPage)];
  console.log(`${basename(file)}: ${await page.textContent('.counts')}`);
  const share = ((100 * one) / other).toFixed(0);
  console.log(`  reading   page ${other.toFixed(0)} ms, command ${one.toFixed(0)} ms: ${share} % (least of ${ROUNDS})`);
  const times = await scrollTimes(page, JUMPS);
  console.log(
    `  scrolling median ${median(times)?.toFixed(0)} ms, worst ${Math.max(...times).toFixed(0)} ms of ${JUMPS} jumps`,
  );
  console.log(`  tasks     longest of the page ${(await longestTask(page)).toFixed(0)} ms`);
  const parts = Object.entries(await memory(page)).map(([scope, bytes]) => `${scope} ${(bytes / MIB).toFixed(0)} MiB`);
  console.log(`  memory    ${parts.join(', ')}`);
}

const executablePath = BROWSERS.find(existsSync);
if (executablePath === undefined) throw new Error(`there is no Chromium at ${BROWSERS.join(', ')}`);
const given = process.argv.slice(2);
const files = given.length > 0 ? given : (['full', 'churn'] as const).map((profile) => ensureWorkload(profile).path);
const child = spawn(process.execPath, [MAIN, 'web'], { stdio: ['ignore', 'pipe', 'ignore'] });
const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
const args = ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
const browser = await chromium.launch({ executablePath, args });
try {
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
