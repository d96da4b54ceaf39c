/** Processes on the page of `live --web`: only when they were asked for. Whatever their names are, they stay text. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canUseNamespaces } from '../../live/netns.ts';
import { capLoads } from '../../source/cap/cap_loads.ts';
import { CHROMIUM, filterView, launch, openPage, until } from './browser.ts';
import type { OpenPage } from './browser.ts';

const MAIN = fileURLToPath(new URL('../../../dist/bin/pcapflow/main.cjs', import.meta.url));
/** Markup, an escape code and a mark that turns the reading direction: as many bytes as the kernel keeps of a name. */
const HOSTILE = '<img src=\u001b\u202e>';
const SHOWN = '<img src=\\x1b\\u{202e}>';
const isPossible = CHROMIUM !== undefined && canUseNamespaces && capLoads;

describe.skipIf(!isPossible)('processes on the page of live --web (needs Chromium, root and libpcap)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pcapflow-page-'));
  const receiver = createSocket('udp4');
  const started: ChildProcess[] = [];
  let browser: Browser;

  beforeAll(async () => {
    copyFileSync('/bin/bash', join(folder, HOSTILE));
    receiver.bind(0, '127.0.0.1');
    await once(receiver, 'listening');
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    for (const child of started) child.kill('SIGKILL');
    receiver.close();
    rmSync(folder, { recursive: true });
  });

  /** A capture of what the receiver gets, and its page. */
  async function follow(...options: string[]): Promise<OpenPage> {
    const filter = `udp dst port ${receiver.address().port}`;
    const args = [MAIN, 'live', 'lo', '--web', '--filter', filter, '--flow-timeout', '0.3', ...options];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    started.push(child);
    for await (const line of createInterface(child.stderr!)) {
      if (!line.startsWith('http://')) continue;
      const opened = await openPage(browser, line);
      await until(opened.page, () => /^live: /.test(document.querySelector('.counts')?.textContent ?? ''));
      return opened;
    }
    throw new Error('the capture has not begun');
  }

  /** A process with the name sends a datagram, and stays. */
  function send(): void {
    const script = `exec 3>/dev/udp/127.0.0.1/${receiver.address().port}; echo 1 >&3; read`;
    started.push(spawn(join(folder, HOSTILE), ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'] }));
  }

  /** What the server sends to a page up to an event. */
  async function eventsUntil(url: string, name: string): Promise<string> {
    const token = new URL(url).hash.replace('#token=', '');
    const { body } = await fetch(new URL('/live', url), { headers: { Authorization: `Bearer ${token}` } });
    let text = '';
    for await (const part of body!.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (text.includes(`event: ${name}\n`) && text.endsWith('\n\n')) break;
    }
    return text;
  }

  it('are named when they were asked for, and names stay text', async () => {
    const { page, faults } = await follow('--web-show-processes');
    send();
    await until(page, () => document.querySelector('.rows-window .cell-process') !== null);
    const [name, pid] = ((await page.textContent('.rows-window .cell-process')) ?? '').split('/');
    expect([name, Number(pid)]).toEqual([SHOWN, started.at(-1)?.pid]);
    const share = page.locator('[aria-label="Processes"] .share');
    expect(await share.getAttribute('data-label')).toBe(SHOWN);
    expect(await share.getAttribute('title')).toContain(`${SHOWN}: 1 flow, 1 packet`);

    await share.click();
    await until(page, () => document.querySelector('.chip code') !== null);
    expect(await page.textContent('.chip code')).toBe(`process.name = "${SHOWN}"`);
    expect(await page.textContent('.problems')).toBe('');
    await page.locator('.rows-window .row').first().click();
    await until(page, () => document.querySelector<HTMLElement>('.flow-panel')?.hidden === false);
    expect(await page.textContent('.flow-panel .fields')).toContain(`process.name${SHOWN}`);

    const all = (await page.textContent('body')) ?? '';
    expect(all).not.toContain('\u001b');
    expect(all).not.toContain('\u202e');
    expect(await page.locator('img').count()).toBe(0);
    await filterView(page, 'direction = inbound', /^Flows0 flows/);
    await filterView(page, 'process.name != bash and direction = outbound', /^Flows1 flow/);
    expect(faults).toEqual([]);
  });

  it('are not even sent to the page when they were not', async () => {
    const { page, faults } = await follow();
    send();
    await until(page, () => document.querySelector('.rows-window .cell-process') !== null);
    expect(await page.isHidden('.row-heads .cell-process')).toBe(true);
    expect(await page.isHidden('[aria-label="Processes"].panel')).toBe(true);
    expect(await page.textContent('.rows-window .cell-process')).toBe('');
    expect((await page.textContent('body')) ?? '').not.toContain('<img');
    const sent = await eventsUntil(page.url(), 'flows');
    expect(sent).toContain('"rows":"');
    expect(sent).not.toMatch(/hosts|<img/);
    await page.fill('#view-filter', 'process.name = bash');
    await until(page, () => document.querySelector<HTMLElement>('#view-filter-error')?.hidden === false);
    expect(faults).toEqual([]);
  });
});
