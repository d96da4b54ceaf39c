/** The page reads captures: counts, table, filters, problems, exports, all as the command has them. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, choose, counts, filterView, servePage, until } from './browser.ts';
import type { OpenPage, PageServer } from './browser.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const TOUR = `${ROOT}pcaps/tour.pcap`;

function command(...args: string[]): string {
  return execFileSync(process.execPath, [`${ROOT}dist/bin/pcapflow/main.cjs`, ...args], { encoding: 'utf8' });
}

interface Tcp {
  readonly retransmittedPackets: number;
  readonly rtt: { readonly n: number; readonly mean: number | null };
}

const sent = ({ retransmittedPackets }: Tcp): number => retransmittedPackets;

describe.skipIf(CHROMIUM === undefined)('the page (needs Chromium)', () => {
  let server: PageServer;
  let opened: OpenPage;

  beforeAll(async () => {
    server = await servePage();
    opened = await server.open();
  });
  afterAll(() => server?.close());

  const rows = (): Promise<string[]> =>
    opened.page.evaluate(() => [...document.querySelectorAll('.rows-window .row')].map((row) => row.textContent ?? ''));

  it('says in words what it has read', async () => {
    expect(await choose(opened.page, [TOUR])).toMatch(
      /^29 flows, 287 packets \(143\.9 KiB on the wire\), 2 not IP, read in /,
    );
    const labels = await opened.page.evaluate(() =>
      [...document.querySelectorAll('[aria-label="Top talkers"] .share')].map((one) => one.getAttribute('title')),
    );
    expect(labels[0]).toBe('192.0.2.10: 26 flows, 245 packets, 117.5 KiB');
    expect(opened.faults).toEqual([]);
  });

  it('asks for nothing but its own files, also while it reads', () => {
    const paths = opened.requests.map((url) => new URL(url)).filter(({ protocol }) => protocol !== 'data:');
    expect(paths.every(({ origin }) => `${origin}/` === server.url)).toBe(true);
    const known = new Set(['/', ...readdirSync(`${ROOT}dist/web`).map((name) => `/${name}`)]);
    expect(paths.map(({ pathname }) => pathname).filter((path) => !known.has(path))).toEqual([]);
  });

  it('saves the same bytes as the command writes', async () => {
    for (const [label, format] of [
      ['CSV', 'csv'],
      ['JSON Lines', 'jsonl'],
    ] as const) {
      const [download] = await Promise.all([
        opened.page.waitForEvent('download'),
        opened.page.getByRole('button', { name: label, exact: true }).click(),
      ]);
      expect(readFileSync(await download.path(), 'utf8')).toBe(command('read', TOUR, '-f', format));
    }
  });

  it('shows the flows of a view filter, and those that the command has for it', async () => {
    const where = 'bytes > 1KB and dstPort in (80, 443)';
    await filterView(opened.page, where, /4 flows of 29/);
    const wanted = command('read', TOUR, '-f', 'csv', '--fields', 'srcPort', '--where', where)
      .trim()
      .split('\n')
      .slice(1);
    expect((await rows()).length).toBe(wanted.length);
    expect((await rows()).every((row, n) => row.includes(`:${wanted[n]}`))).toBe(true);
  });

  it('shows where a view filter is wrong, in the words of the command', async () => {
    await opened.page.fill('#view-filter', 'bytes > 1MB and dstProt = 443');
    await until(opened.page, () => document.querySelector<HTMLElement>('#view-filter-error')?.hidden === false);
    expect(await opened.page.textContent('#view-filter-error')).toBe(
      "unknown field 'dstProt'; did you mean 'dstPort'?\n  bytes > 1MB and dstProt = 443\n                  ^",
    );
    expect(await opened.page.getAttribute('#view-filter', 'aria-invalid')).toBe('true');
  });

  it('narrows down by a click on a bar, and back by a click on its chip', async () => {
    await filterView(opened.page, '', /29 flows/);
    await opened.page.click('[aria-label="How flows ended"] [data-label="rst"]');
    await until(opened.page, () => /8 flows of 29/.test(document.querySelector('.flows-head')?.textContent ?? ''));
    expect((await rows()).every((row) => row.endsWith('rst'))).toBe(true);
    await opened.page.click('.chip');
    await until(opened.page, () => /29 flows/.test(document.querySelector('.flows-head')?.textContent ?? ''));
    expect(await opened.page.locator('.chip').count()).toBe(0);
  });

  it('sorts by a column, and shows one flow with all its fields', async () => {
    await opened.page.getByRole('button', { name: 'Bytes → / ←' }).click();
    await until(opened.page, () =>
      /192\.0\.2\.10:51000/.test(document.querySelector('.rows-window .row')?.textContent ?? ''),
    );
    await opened.page.focus('.flow-table');
    await opened.page.keyboard.press('Enter');
    await until(opened.page, () => document.querySelector<HTMLElement>('.flow-panel')?.hidden === false);
    const json = await opened.page.textContent('.flow-panel .copyable:last-child code');
    expect(`${json}\n`).toBe(command('read', TOUR, '-f', 'jsonl', '--top', '1'));
    await opened.page.keyboard.press('Escape');
    expect(await opened.page.isHidden('.flow-panel')).toBe(true);
  });

  it('reads with a capture filter, and shows where one is wrong', async () => {
    await opened.page.fill('#capture-filter', 'tcp prot 443');
    await until(opened.page, () => document.querySelector<HTMLElement>('#capture-filter-error')?.hidden === false);
    expect(await opened.page.textContent('#capture-filter-error')).toMatch(/\n {2}tcp prot 443\n {6}\^$/);
    await opened.page.fill('#capture-filter', 'tcp port 443');
    await opened.page.press('#capture-filter', 'Enter');
    await until(opened.page, () => /^3 flows/.test(document.querySelector('.counts')?.textContent ?? ''));
    expect(await counts(opened.page)).toMatch(/^3 flows, 287 packets .*, 165 filtered, read in /);
    await opened.page.fill('#capture-filter', '');
  });

  it('reports a damaged capture as the command does, and reads the same file again', async () => {
    const cut = { name: 'cut.pcap', mimeType: '', buffer: readFileSync(TOUR).subarray(0, 20_000) };
    for (let round = 0; round < 2; round++) {
      await opened.page.setInputFiles('#files', cut);
      expect(await counts(opened.page)).toMatch(/ flows?, /);
      expect(await opened.page.textContent('.problems')).toMatch(
        /^cut\.pcap: truncated: it ends inside the record at byte 19791; /,
      );
    }
    await opened.page.setInputFiles('#files', { name: 'text.pcap', mimeType: '', buffer: Buffer.from('no capture') });
    await until(opened.page, () => /is not a capture/.test(document.querySelector('.problems')?.textContent ?? ''));
    expect(opened.faults).toEqual([]);
  });

  it.each([
    ['gzip', gzipSync(readFileSync(TOUR))],
    [
      'two members of gzip',
      Buffer.concat(
        [readFileSync(TOUR).subarray(0, 9000), readFileSync(TOUR).subarray(9000)].map((part) => gzipSync(part)),
      ),
    ],
    ['stored blocks of gzip', gzipSync(readFileSync(TOUR), { level: 0 })],
  ])('reads a capture in %s', async (_what, buffer) => {
    await opened.page.setInputFiles('#files', { name: 'tour.pcap.gz', mimeType: '', buffer });
    expect(await counts(opened.page)).toMatch(/^29 flows, 287 packets /);
    expect(await opened.page.isHidden('.problems')).toBe(true);
  });

  it('reads what is whole of a compressed capture that is cut', async () => {
    const buffer = gzipSync(readFileSync(TOUR)).subarray(0, 20_000);
    await opened.page.setInputFiles('#files', { name: 'cut.pcap.gz', mimeType: '', buffer });
    await until(opened.page, () =>
      /compressed data is cut off/.test(document.querySelector('.problems')?.textContent ?? ''),
    );
    expect(opened.faults).toEqual([]);
  });

  it('has round trips, retransmissions and Community ID on request, in table, story and filters', async () => {
    const { page } = opened;
    await choose(page, [TOUR]);
    const read = command('read', TOUR, '-f', 'jsonl', '--with', 'tcp,community-id').trim().split('\n');
    const flows = read.map(
      (line) => JSON.parse(line) as { communityId: string; tcp: Record<'forward' | 'reverse', Tcp> | null },
    );
    for (const name of ['Round trips', 'Community ID']) {
      await page.getByRole('button', { name }).click();
      expect(await counts(page)).toMatch(/^29 flows, 287 packets /);
    }
    const most = Math.max(...flows.map(({ tcp }) => (tcp === null ? 0 : sent(tcp.forward) + sent(tcp.reverse))));
    await filterView(
      page,
      'protocol = tcp and tcp.forward.rtt.n > 0',
      new RegExp(`Flows${flows.filter(({ tcp }) => (tcp?.forward.rtt.n ?? 0) > 0).length} flows of 29`),
    );
    await page.getByRole('button', { name: 'RTT → / ←' }).click();
    const largest = Math.max(...flows.map(({ tcp }) => (tcp?.forward.rtt.mean ?? 0) + (tcp?.reverse.rtt.mean ?? 0)));
    // The rows are sorted a little later.
    await until(
      page,
      (largestMs) => {
        const text = document.querySelector('.rows-window .cell-rtt')?.textContent ?? '';
        const sum = text.split(' / ').reduce((total, part) => total + (parseFloat(part) || 0), 0);
        return / ms \/ /.test(text) && Math.abs(sum - largestMs) < 0.5;
      },
      largest / 1e6,
    );
    const cell = await page.textContent('.rows-window .cell-retransmitted');
    expect(cell).toMatch(/^\d+ \/ \d+$/);
    await page.focus('.flow-table');
    await page.keyboard.press('Enter');
    await until(page, () => /Mean round trips/.test(document.querySelector('.story')?.textContent ?? ''));
    const json = JSON.parse((await page.textContent('.flow-panel .copyable:last-child code')) ?? '') as {
      communityId: string;
    };
    expect(flows.map(({ communityId }) => communityId)).toContain(json.communityId);
    await page.keyboard.press('Escape');
    await filterView(page, `communityId = '${json.communityId}'`, /1 flow of 29/);
    await page.fill('#view-filter', '');
    await page.getByRole('button', { name: 'Sent again' }).click();
    const again = flows.filter(({ tcp }) => tcp !== null && sent(tcp.forward) + sent(tcp.reverse) > 0).length;
    expect(most > 0).toBe(again > 0);
    await until(
      page,
      (count) => document.querySelector('.flows-head')?.textContent?.startsWith(`Flows${count} flow`) === true,
      again,
    );
    await page.click('.chip');
    await page.getByRole('button', { name: 'Community ID' }).click();
    await counts(page);
    await page.getByRole('button', { name: 'Round trips' }).click();
    expect(await counts(page)).toMatch(/^29 flows, 287 packets /);
    expect(await page.isHidden('.row-heads .cell-rtt')).toBe(true);
    expect(opened.faults).toEqual([]);
  });

  it('works without the network once it is loaded', async () => {
    await opened.page.context().setOffline(true);
    expect(await choose(opened.page, [TOUR])).toMatch(/^29 flows/);
    await opened.page.context().setOffline(false);
  });
});
