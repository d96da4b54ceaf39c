/** A real browser with the built page, for tests. Without Chromium they are skipped by name. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const BUILT = new URL('../../../dist/web/', import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};
const WAIT_MS = 120_000;
const POLL_MS = 20;

/** Where Chromium is; undefined: it is not installed. */
export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

export interface OpenPage {
  readonly page: Page;
  /** What went wrong in the page so far. */
  readonly faults: readonly string[];
  /** Paths that were asked for. */
  readonly requests: readonly string[];
}

export interface PageServer {
  readonly url: string;
  /** @param script runs in the page before its own */
  open(options?: BrowserContextOptions, script?: string): Promise<OpenPage>;
  close(): Promise<void>;
}

/** @param executablePath of Chromium, or of a program that becomes it */
export function launch(executablePath = CHROMIUM ?? ''): Promise<Browser> {
  const args = ['--disable-dev-shm-usage', '--enable-precise-memory-info'];
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return chromium.launch({ executablePath, args });
}

/** Serves the page as any web server would: without headers of its own. */
export async function servePage(): Promise<PageServer> {
  const server = createServer(({ url = '/' }, response) => {
    const name = url === '/' ? 'index.html' : url.slice(1);
    const file = new URL(name, BUILT);
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'text/plain' }).end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser = await launch();
  return {
    url,
    open: (options, script) => openPage(browser, url, options, script),
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

export async function openPage(
  browser: Browser,
  url: string,
  options?: BrowserContextOptions,
  script?: string,
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 850 }, ...options });
  const page = await context.newPage();
  if (script !== undefined) await page.addInitScript(script);
  const faults: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  context.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  await until(page, () => document.querySelector('.app') !== null);
  return { page, faults, requests };
}

/** Waits for a condition in the page. (`waitForFunction` needs `eval`, which the page does not allow.) */
export async function until<A>(page: Page, condition: (argument: A) => boolean, argument?: A): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!(await page.evaluate(condition as (argument: unknown) => boolean, argument))) {
    if (Date.now() > end) throw new Error(`not within ${WAIT_MS} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Chooses files and waits until they are read. Resolves with the counts in words. */
export async function choose(page: Page, files: string[]): Promise<string> {
  await page.setInputFiles('#files', files);
  return counts(page);
}

/** The counts in words, when nothing is read any more. */
export async function counts(page: Page): Promise<string> {
  await until(page, () => /read in|Nothing/.test(document.querySelector('.counts')?.textContent ?? ''));
  return (await page.textContent('.counts')) ?? '';
}

/** Types a view filter and waits until the table shows what it leaves. */
export async function filterView(page: Page, text: string, flows: RegExp): Promise<void> {
  await page.fill('#view-filter', text);
  await until(
    page,
    (source) => new RegExp(source).test(document.querySelector('.flows-head')?.textContent ?? ''),
    flows.source,
  );
}
