/** `pcapflow live --web` in a real browser: flows appear on the page as they end. */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLES } from '../../content/messages/index.ts';
import { canUseNamespaces } from '../../live/netns.ts';
import { capLoads } from '../../source/cap/cap_loads.ts';
import { CHROMIUM, launch, openPage, until } from './browser.ts';
import type { OpenPage } from './browser.ts';

const MAIN = fileURLToPath(new URL('../../../dist/bin/pcapflow/main.cjs', import.meta.url));
const FLOWS = 20;
const [STUN = ''] = SAMPLES.find(({ expected }) => expected.app === 'stun')?.client ?? [];
const isPossible = CHROMIUM !== undefined && canUseNamespaces && capLoads;

describe.skipIf(!isPossible)('pcapflow live --web (needs Chromium, root and libpcap)', () => {
  let child: ReturnType<typeof spawn>;
  let browser: Browser;
  let opened: OpenPage;
  const receiver = createSocket('udp4');

  beforeAll(async () => {
    receiver.bind(0, '127.0.0.1');
    await once(receiver, 'listening');
    const filter = `udp port ${receiver.address().port}`;
    const args = [MAIN, 'live', 'lo', '--web', '--filter', filter, '--flow-timeout', '0.3', '--with', 'identify'];
    child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const lines = createInterface(child.stderr!);
    let url = '';
    for await (const line of lines)
      if (line.startsWith('http://')) {
        url = line;
        break;
      }
    browser = await launch();
    opened = await openPage(browser, url);
    await until(opened.page, () => /^live: /.test(document.querySelector('.counts')?.textContent ?? ''));
  });
  afterAll(async () => {
    await browser?.close();
    child?.kill('SIGKILL');
    receiver.close();
  });

  it('shows flows as they end, what they are, and the counters', async () => {
    for (let n = 0; n < FLOWS; n++) {
      const sender = createSocket('udp4');
      sender.send(STUN, receiver.address().port, '127.0.0.1', () => sender.close());
      await once(sender, 'close');
    }
    await until(
      opened.page,
      (flows) =>
        document
          .querySelector('.counts')
          ?.textContent?.startsWith(`live: ${flows} flows ended, 0 active, ${flows} packets`) === true,
      FLOWS,
    );
    await until(opened.page, () => document.querySelectorAll('.rows-window .row').length > 5);
    expect(await opened.page.getAttribute('.flow-table', 'aria-rowcount')).toBe(String(FLOWS + 1));
    expect(new Set(await opened.page.locator('.rows-window .cell-application').allTextContents())).toEqual(
      new Set(['stun']),
    );
    const share = opened.page.locator('[aria-label="Applications"] .share');
    expect(await share.getAttribute('title')).toContain(`stun: ${FLOWS} flows`);
    expect(opened.faults).toEqual([]);
  });

  it('keeps what it has when the capture ends', async () => {
    child.kill('SIGINT');
    await once(child, 'exit');
    await until(opened.page, () => /followed for/.test(document.querySelector('.counts')?.textContent ?? ''));
    expect(await opened.page.textContent('.counts')).toMatch(/^20 flows, 20 packets /);
    expect(await opened.page.textContent('.problems')).toBe('the capture has ended');
  });
});
