/**
 * Takes the pictures of the page that the documents show, and those of test/web/shots, which are there to be looked at:
 * `node docs/make/screens.mjs`, after a build, where Chromium is installed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const executablePath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

const server = spawn(process.execPath, [`${ROOT}dist/bin/pcapflow/main.cjs`, 'web', `${ROOT}pcaps/tour.pcap`]);
const [url] = await once(createInterface(server.stdout), 'line');
const browser = await chromium.launch({ executablePath, args });

/** Waits until the page shows something. */
async function shown(page, selector, pattern) {
  while (!pattern.test((await page.textContent(selector)) ?? '')) await page.waitForTimeout(50);
  await page.waitForTimeout(300);
}

for (const colorScheme of ['light', 'dark']) {
  const page = await browser.newPage({ viewport: { width: 1360, height: 850 }, colorScheme });
  await page.goto(url);
  await shown(page, '.counts', /read in/);
  await page.screenshot({ path: `${ROOT}docs/images/page-${colorScheme}.png` });
  if (colorScheme === 'dark') {
    await page.click('#tab-sankey');
    await shown(page, '.sankey', /https/);
    await page.screenshot({ path: `${ROOT}docs/images/who-to-whom-dark.png` });
  } else {
    await page.click('[data-label="rst"]');
    await shown(page, '.flows-head', /8 flows of 29/);
    await page.click('.rows .row:nth-child(2)');
    await shown(page, '.flow-panel', /All fields/);
    await page.screenshot({ path: `${ROOT}docs/images/flow-light.png` });
  }
}
for (const width of [1360, 800])
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ viewport: { width, height: 850 }, colorScheme });
    await page.goto(url);
    await shown(page, '.counts', /read in/);
    await page.click('[data-group="identify"]');
    await shown(page, '[aria-label="Applications"].panel', /tls/);
    await page.screenshot({ path: `${ROOT}test/web/shots/${colorScheme}-${width}.png` });
  }
await browser.close();
server.kill();
