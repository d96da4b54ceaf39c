/** The page as people use it: by keyboard, with a screen reader, on small screens, by dropping files, bad names. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFlows } from '../../../src/api/read_flows.ts';
import { CHROMIUM, choose, counts, filterView, servePage, until } from './browser.ts';
import type { OpenPage, PageServer } from './browser.ts';

const PCAPS = fileURLToPath(new URL('../../../pcaps/', import.meta.url));
const TOUR = `${PCAPS}tour.pcap`;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FLOWS = Number(process.env.PCAPFLOW_PAGE_FLOWS ?? 300_000);
const WIDTHS = [1360, 1024, 800];

const WHERES = [
  'protocol = tcp',
  'protocol != tcp and bytes < 1KB',
  'dstPort in (53, 80, 443)',
  'service = https or service = domain',
  'address in 192.0.2.0/24 and not dstPort = 443',
  'tcpFlagsForward has syn and packetsReverse = 0',
  'endReason = rst',
  'duration > 1s and packets >= 10',
  'srcPort > 50000 or srcPort = 0',
  'bytesForward > bytesReverse',
];
const FILTERS = [
  'tcp',
  'udp port 53',
  'icmp or icmp6',
  'ip6',
  'net 192.0.2.0/24 and not tcp',
  'tcp[tcpflags] & tcp-syn != 0',
  'greater 500',
  'src host 192.0.2.10',
  'tcp portrange 1-1023 and less 100',
  'vlan or arp',
];

/** A capture of so many flows of one packet each: UDP between two networks, a millisecond apart. */
function manyFlows(flows: number): File {
  const size = 16 + 42;
  const bytes = new Uint8Array(24 + flows * size);
  const data = new DataView(bytes.buffer);
  data.setUint32(0, 0xa1b2c3d4, true);
  data.setUint32(4, 0x00040002, true);
  data.setUint32(16, 65_535, true);
  data.setUint32(20, 1, true);
  for (let n = 0; n < flows; n++) {
    const at = 24 + n * size;
    data.setUint32(at, 1_700_000_000 + Math.floor(n / 1e4), true);
    data.setUint32(at + 4, (n % 1e4) * 100, true);
    data.setUint32(at + 8, 42, true);
    data.setUint32(at + 12, 42, true);
    data.setUint16(at + 16 + 12, 0x0800);
    data.setUint16(at + 30, 0x4500);
    data.setUint16(at + 32, 28);
    data.setUint16(at + 38, 0x4011);
    data.setUint32(at + 42, 0x0a000000 + n);
    data.setUint32(at + 46, 0xc0000201);
    data.setUint16(at + 50, 1024 + (n % 60_000));
    data.setUint16(at + 52, 53);
    data.setUint16(at + 54, 8);
  }
  return new File([bytes], 'many.pcap');
}

const text = (page: Page, selector: string): Promise<string> =>
  page.evaluate((wanted) => document.querySelector(wanted)?.textContent ?? '', selector);

/** Serious faults of accessibility, as axe sees them. */
async function faultsOf(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    interface Violation {
      readonly id: string;
      readonly impact: string;
      readonly nodes: readonly { readonly html: string }[];
    }
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: readonly Violation[] }> } };
    const { violations } = await axe.run();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

describe.skipIf(CHROMIUM === undefined)('the page for people (needs Chromium)', () => {
  let server: PageServer;
  let opened: OpenPage;

  beforeAll(async () => {
    server = await servePage();
    opened = await server.open({}, `globalThis.build = ${manyFlows}`);
  });
  afterAll(() => server?.close());

  it.each(['light', 'dark'] as const)('has no serious fault of accessibility when it is %s', async (colorScheme) => {
    const { page } = await server.open({ colorScheme, bypassCSP: true, reducedMotion: 'reduce' });
    await page.addScriptTag({ content: AXE });
    await choose(page, [TOUR]);
    expect(await faultsOf(page)).toEqual([]);
    await page.locator('.rows-window .row').first().click();
    await until(page, () => document.querySelector<HTMLElement>('.flow-panel')?.hidden === false);
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  });

  it.each(WIDTHS)('fits on a screen of %i px, with long addresses', async (width) => {
    const { page } = await server.open({ viewport: { width, height: 800 } });
    await choose(page, [`${PCAPS}ipv6-extensions.pcap`]);
    const seen = await page.evaluate(() => {
      const row = document.querySelector('.rows-window .row')!;
      const cells = [...row.children].map((cell) => cell.getBoundingClientRect()).filter(({ width: own }) => own > 0);
      const over = cells.filter((box, n) => n > 0 && box.left < cells[n - 1]!.right - 1).length;
      const outside = [...document.querySelectorAll('button, input, .panel')]
        .map((one) => one.getBoundingClientRect())
        .filter((box) => box.width > 0 && (box.right > innerWidth + 1 || box.left < -1)).length;
      return { over, outside, wider: document.documentElement.scrollWidth > innerWidth, cells: cells.length };
    });
    expect(seen).toEqual({ over: 0, outside: 0, wider: false, cells: expect.any(Number) });
    expect(seen.cells).toBeGreaterThanOrEqual(5);
    await page.context().close();
  });

  it('shows the top talker without a click, failing connections by one, the story of one by another', async () => {
    const { page } = await server.open();
    await choose(page, [TOUR]);
    await page.evaluate(() => {
      const state = globalThis as unknown as { clicks: number };
      state.clicks = 0;
      addEventListener('click', () => state.clicks++, { capture: true });
    });
    const clicks = (): Promise<number> => page.evaluate(() => (globalThis as unknown as { clicks: number }).clicks);
    await until(page, () => document.querySelectorAll('[aria-label="Top talkers"] .share').length > 5);
    expect(await text(page, '[aria-label="Top talkers"] .share')).toMatch(/^192\.0\.2\.10117\.5 KiB84 %$/);
    expect(await clicks()).toBe(0);

    let failed = 0;
    const where = 'endReason = rst or protocol = tcp and packetsReverse = 0';
    for await (const _flow of readFlows(TOUR, { where })) failed++;
    await page.getByRole('button', { name: 'Failed' }).click();
    await until(page, (wanted) => document.querySelectorAll('.rows-window .row').length === wanted, failed);
    expect(await clicks()).toBe(1);

    await page.locator('.rows-window .row').first().click();
    await until(page, () => document.querySelector<HTMLElement>('.flow-panel')?.hidden === false);
    expect(await text(page, '.story')).toMatch(/^Began 2023-11-14 .* UTC, took 0\.015s, ended: closed with RST\./);
    expect(await clicks()).toBe(2);
    await page.context().close();
  });

  it('is used by keys alone', async () => {
    const { page } = opened;
    await choose(page, [TOUR]);
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('view-filter');
    await page.keyboard.type('protocol = tcp');
    await page.keyboard.press('Enter');
    await until(page, () => /of 29/.test(document.querySelector('.flows-head')?.textContent ?? ''));
    await page.keyboard.press('Escape');
    await filterView(page, '', /29 flows/);
    for (let n = 0; n < 60; n++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement?.classList.contains('flow-table'))) break;
    }
    const active = (): Promise<string | null> =>
      page.getAttribute('.rows-window .row[aria-selected="true"]', 'aria-rowindex');
    expect(await active()).toBe('2');
    await page.keyboard.press('ArrowDown');
    expect(await active()).toBe('3');
    await page.keyboard.press('End');
    await until(
      page,
      () => document.querySelector('[aria-selected="true"].row')?.getAttribute('aria-rowindex') === '30',
    );
    await page.keyboard.press('Home');
    await until(
      page,
      () => document.querySelector('[aria-selected="true"].row')?.getAttribute('aria-rowindex') === '2',
    );
    await page.keyboard.press('Enter');
    await until(page, () => document.querySelector<HTMLElement>('.flow-panel')?.hidden === false);
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('flow-table');
    expect(opened.faults).toEqual([]);
  });

  it('does not move what is there while flows come', async () => {
    const { page } = await server.open();
    await page.evaluate(() => {
      const shifts: number[] = [];
      (globalThis as unknown as { shifts: number[] }).shifts = shifts;
      new PerformanceObserver((list) => {
        if (document.querySelector('.app.is-empty') !== null) return;
        for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
      }).observe({ type: 'layout-shift' });
    });
    await choose(page, [TOUR]);
    await until(page, () => document.querySelectorAll('.rows-window .row').length > 5);
    const sum = await page.evaluate(() =>
      (globalThis as unknown as { shifts: number[] }).shifts.reduce((all, one) => all + one, 0),
    );
    expect(sum).toBeLessThan(0.1);
    await page.context().close();
  });

  it('has for each of 20 filters as many flows as the library', async () => {
    const { page } = opened;
    for (const where of WHERES) {
      let flows = 0;
      for await (const _flow of readFlows(TOUR, { where })) flows++;
      await filterView(page, where, new RegExp(`^Flows${flows} flows? of 29`));
    }
    await filterView(page, '', /29 flows/);
    for (const filter of FILTERS) {
      let flows = 0;
      for await (const _flow of readFlows(TOUR, { filter })) flows++;
      await page.fill('#capture-filter', filter);
      await page.press('#capture-filter', 'Enter');
      await until(
        page,
        (wanted) => document.querySelector('.counts')?.textContent?.startsWith(wanted) === true,
        `${flows} flow`,
      );
      expect(await counts(page), filter).toMatch(new RegExp(`^${flows} flows?, 287 packets .*read in`));
    }
    await page.fill('#capture-filter', '');
    await page.press('#capture-filter', 'Enter');
    await until(page, () => /^29 flows.*read in/.test(document.querySelector('.counts')?.textContent ?? ''));
    expect(opened.faults).toEqual([]);
  });

  it('takes several files that are dropped, and shows their names as text', async () => {
    const { page } = opened;
    const files = ['tour.pcap', 'udp.pcap'].map((name) => readFileSync(PCAPS + name).toString('base64'));
    await page.evaluate((given) => {
      const names = ['<img src=x onerror=document.title=1>\u202egnp.pcap', '<b>b</b>.pcap'];
      const transfer = new DataTransfer();
      given.forEach((base64, n) => {
        const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
        transfer.items.add(new File([bytes], names[n]!));
      });
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, files);
    await until(page, () =>
      /^33 flows, 294 packets.*read in/.test(document.querySelector('.counts')?.textContent ?? ''),
    );
    expect(await text(page, '.names')).toBe('<img src=x onerror=document.title=1>\\u{202e}gnp.pcap, <b>b</b>.pcap');
    await page.setInputFiles('#files', { name: '<i>\u202e.pcap', mimeType: '', buffer: Buffer.from('nothing') });
    await until(page, () => /is not a capture/.test(document.querySelector('.problems')?.textContent ?? ''));
    expect(await text(page, '.problems')).toMatch(/^<i>\\u\{202e\}\.pcap: /);
    expect(await page.locator('img, .names *, .problems i, main b').count()).toBe(0);
    expect(await page.title()).toBe('pcapflow');
  });

  it('stops in the middle of a capture, and reads the next one', async () => {
    const { page } = opened;
    await page.evaluate(async (flows) => {
      const { build } = globalThis as unknown as { build(count: number): File };
      const one = build(flows);
      const transfer = new DataTransfer();
      transfer.items.add(new File([one, ...Array.from({ length: 40 }, () => one.slice(24))], 'long.pcap'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
      const isReading = (): boolean => document.querySelector<HTMLProgressElement>('.progress')!.value > 0;
      while (!isReading()) await new Promise((resolve) => setTimeout(resolve));
      document.querySelector<HTMLButtonElement>('.reading button')!.click();
    }, FLOWS / 3);
    expect(await counts(page)).toMatch(/stopped before the end, read in/);
    expect(await choose(page, [TOUR])).toMatch(/^29 flows, 287 packets/);
    expect(opened.faults).toEqual([]);
  });

  it(`goes to any of ${FLOWS} flows, with few elements`, async () => {
    const { page } = opened;
    await page.evaluate((flows) => {
      const { build } = globalThis as unknown as { build(count: number): File };
      const transfer = new DataTransfer();
      transfer.items.add(build(flows));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, FLOWS);
    await until(
      page,
      (flows) => document.querySelector('.flow-table')?.getAttribute('aria-rowcount') === String(flows + 1),
      FLOWS,
    );
    await counts(page);
    for (const part of [0.5, 0.25, 1]) {
      const wanted = Math.round(part * FLOWS);
      await page.evaluate((share) => {
        const rows = document.querySelector('.rows')!;
        rows.scrollTop = share * (rows.scrollHeight - rows.clientHeight);
      }, part);
      await until(
        page,
        (near) => {
          const rows = [...document.querySelectorAll('.rows-window .row')];
          const places = rows.map((row) => Number(row.getAttribute('aria-rowindex')) - 1);
          return places.some((place) => Math.abs(place - near) < 100);
        },
        wanted,
      );
    }
    await until(page, (last) => document.querySelector(`[aria-rowindex="${last}"]`) !== null, FLOWS + 1);
    expect(await page.locator('.rows-window .row').count()).toBeLessThan(60);
    expect(opened.faults).toEqual([]);
  });
});
