/** What flows are about, on the page: the same as the command says, as columns, bars, filters, stories and exports. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACK, ethernet, ipv4, pcap, SYN, tcp, udp } from '../../builders/index.ts';
import type { CaptureRecord } from '../../builders/index.ts';
import { escapeHostile } from '../../../src/text/sanitize.ts';
import { SAMPLES } from '../../content/messages/index.ts';
import { CHROMIUM, choose, counts, filterView, servePage, until } from './browser.ts';
import type { OpenPage, PageServer } from './browser.ts';

const MAIN = fileURLToPath(new URL('../../../dist/bin/pcapflow/main.cjs', import.meta.url));
const START = 1_700_000_000_000_000_000n;
const STEP = 1_000_000n;
const SERVER = '192.0.2.1';
/** Markup, and a mark that turns the reading direction. */
const HOSTILE = '<img src=x onerror="document.title=1">\u202e';
const REQUEST = `GET / HTTP/1.1\r\nHost: ${HOSTILE}\r\nUser-Agent: ${HOSTILE}\r\n\r\n`;

/** A conversation for each sample, each from a host of its own, and one with bad names. */
function capture(): Uint8Array {
  const list: CaptureRecord[] = [];
  const request = [new TextEncoder().encode(REQUEST)];
  const bad = { transport: 'tcp', ports: [40_000, 80], client: request, server: [] } as const;
  for (const [n, { transport, ports, client, server }] of [...SAMPLES, bad].entries()) {
    const host = `10.0.${n >> 8}.${n & 255}`;
    const next: [number, number] = [1, 1];
    const add = (side: 0 | 1, payload: Uint8Array, flags = ACK): void => {
      const [src, dst] = side === 0 ? [host, SERVER] : [SERVER, host];
      const [srcPort, dstPort] = [ports[side], ports[1 - side]!];
      const header =
        transport === 'udp'
          ? udp({ srcPort, dstPort, payload })
          : tcp({ srcPort, dstPort, seq: next[side] - (flags === SYN ? 1 : 0), flags, payload });
      next[side] += payload.length;
      const frame = header.over(ipv4({ src, dst })).over(ethernet());
      list.push({ timestampNs: START + BigInt(list.length) * STEP, frame });
    };
    if (transport === 'tcp') add(0, new Uint8Array(0), SYN);
    for (const part of client) add(0, part);
    for (const part of server) add(1, part);
  }
  return pcap(list);
}

interface Line {
  readonly bytesForward: number;
  readonly bytesReverse: number;
  readonly identify: {
    readonly app?: string;
    readonly serverName?: string;
    readonly dnsQuery?: string;
    readonly peerNames?: readonly string[];
  };
}

/** The names that a flow counts for, each once. */
function namesOf({ identify: { serverName, dnsQuery, peerNames = [] } }: Line): readonly string[] {
  const all = [serverName, dnsQuery, ...peerNames].filter((name) => name !== undefined);
  return [...new Set(all)];
}

describe.skipIf(CHROMIUM === undefined)('applications on the page (needs Chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pcapflow-page-'));
  const file = join(folder, 'samples.pcap');
  let server: PageServer;
  let opened: OpenPage;
  let flows: readonly Line[];

  function command(...options: string[]): string {
    const args = [MAIN, 'read', file, '--with', 'identify', ...options];
    return execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  }

  beforeAll(async () => {
    writeFileSync(file, capture());
    flows = command('-f', 'jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    server = await servePage();
    opened = await server.open();
    await choose(opened.page, [file]);
  });
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true });
  });

  const texts = (selector: string): Promise<string[]> =>
    opened.page.evaluate(
      (wanted) => [...document.querySelectorAll(wanted)].map(({ textContent }) => textContent ?? ''),
      selector,
    );
  const labels = (list: string): Promise<(string | null)[]> =>
    opened.page.evaluate(
      (name) =>
        [...document.querySelectorAll(`[aria-label="${name}"] .share`)].map((one) => one.getAttribute('data-label')),
      list,
    );

  it('are there when they are asked for, and load what they need only then', async () => {
    const loaded = (): boolean => opened.requests.some((url) => url.endsWith('/identify.js'));
    expect(await opened.page.isHidden('.row-heads .cell-application')).toBe(true);
    expect(await opened.page.isHidden('[aria-label="Applications"].panel')).toBe(true);
    expect(loaded()).toBe(false);
    await opened.page.getByRole('button', { name: 'Applications' }).click();
    await until(opened.page, () => document.querySelector('.flow-table.has-identify .cell-name') !== null);
    expect(await counts(opened.page)).toMatch(new RegExp(`^${flows.length} flows`));
    expect(loaded()).toBe(true);
    expect(await opened.page.isVisible('.row-heads .cell-application')).toBe(true);
    const found = new Set(flows.map(({ identify }) => identify.app));
    for (const app of ['tls', 'quic', 'dns', 'http', 'ssh']) expect(found).toContain(app);
  });

  it('have the values of the command in their columns', async () => {
    const columns = command('-f', 'csv', '--fields', 'srcAddress,identify.app,identify.serverName,identify.dnsQuery');
    const expected = new Map(
      columns
        .trim()
        .split('\n')
        .map((line) => line.split(','))
        .map(([address, app, name, query]) => [address, [app, name === '' ? query : name]]),
    );
    await until(opened.page, () => document.querySelectorAll('.rows-window .row').length > 5);
    const rows = await texts('.rows-window .cell');
    const heads = (await texts('.row-heads .cell')).length;
    for (let at = 0; at < rows.length; at += heads) {
      const address = rows[at + 3]!.split(':')[0]!;
      expect(rows.slice(at + 5, at + 7), address).toEqual(expected.get(address));
    }
  });

  it('are saved byte for byte as the command writes them', async () => {
    for (const [label, format] of [
      ['CSV', 'csv'],
      ['JSON Lines', 'jsonl'],
    ] as const) {
      const [download] = await Promise.all([
        opened.page.waitForEvent('download'),
        opened.page.getByRole('button', { name: label, exact: true }).click(),
      ]);
      expect(readFileSync(await download.path(), 'utf8')).toBe(command('-f', format));
    }
  });

  it('are summed up in bars, and a click leaves just those flows', async () => {
    const largestBy = (keysOf: (flow: Line) => readonly string[]): string[] => {
      const bytes = new Map<string, number>();
      for (const flow of flows)
        for (const key of keysOf(flow)) bytes.set(key, (bytes.get(key) ?? 0) + flow.bytesForward + flow.bytesReverse);
      return [...bytes].sort(([, one], [, other]) => other - one).map(([key]) => key);
    };
    const appOf = ({ identify: { app } }: Line): readonly string[] => (app === undefined ? [] : [app]);
    expect(await labels('Applications')).toEqual(largestBy(appOf).slice(0, 6));
    expect(await labels('Names asked for')).toEqual(largestBy(namesOf).slice(0, 6).map(escapeHostile));
    // Some have their name only from the DNS answers of others.
    const byAnswers = flows.filter(
      ({ identify }) => identify.serverName === undefined && identify.dnsQuery === undefined,
    );
    expect(byAnswers.some((flow) => namesOf(flow).length > 0)).toBe(true);
    for (const [list, keysOf] of [
      ['Applications', appOf],
      ['Names asked for', namesOf],
    ] as const) {
      const [label] = await labels(list);
      const count = flows.filter((flow) => keysOf(flow).includes(label!)).length;
      expect(count).toBeGreaterThan(0);
      await opened.page.locator(`[aria-label="${list}"] .share`).first().click();
      await until(
        opened.page,
        ([all, some]) =>
          document.querySelector('.flows-head')!.textContent!.includes(`Flows${some} flow`) &&
          document.querySelector('.flows-head')!.textContent!.includes(`of ${all}`),
        [flows.length, count],
      );
      await opened.page.click('.chip');
      await until(
        opened.page,
        (all) => document.querySelector('.flows-head')!.textContent!.includes(`Flows${all} flows,`),
        flows.length,
      );
    }
  });

  it('can be asked for in the view filter, and sorted', async () => {
    const where = 'identify.app in (tls, quic) and identify.alpn in (h2)';
    const count = command('-f', 'csv', '--where', where).trim().split('\n').length - 1;
    expect(count).toBeGreaterThan(0);
    await filterView(opened.page, where, new RegExp(`Flows${count} flows? of`));
    await filterView(opened.page, '', new RegExp(`Flows${flows.length} flows,`));
    await opened.page.click('.row-heads .cell-application button');
    const apps = flows.map(({ identify }) => identify.app ?? '').sort();
    await until(
      opened.page,
      (first) => document.querySelector('.rows-window .cell-application')?.textContent === first,
      apps[0],
    );
    await opened.page.click('.row-heads .cell-application button');
    await until(
      opened.page,
      (last) => document.querySelector('.rows-window .cell-application')?.textContent === last,
      apps.at(-1),
    );
  });

  it('are in the story of a flow, and bad names stay text', async () => {
    await filterView(opened.page, 'srcPort = 40000', /Flows1 flow of/);
    await opened.page.locator('.rows-window .row').first().click();
    await until(opened.page, () => document.querySelector<HTMLElement>('.flow-panel')?.hidden === false);
    expect(await texts('.story')).toEqual([expect.stringContaining('Application: http')]);
    const panel = (await texts('.flow-panel')).join();
    expect(panel).toContain('<img src=x onerror=');
    expect(panel).not.toContain('\u202e');
    expect(await opened.page.evaluate(() => document.querySelectorAll('img').length)).toBe(0);
    expect(await opened.page.title()).not.toBe('1');
    expect(opened.faults).toEqual([]);
  });

  it('are gone again when they are not wanted, with what was asked of them', async () => {
    await opened.page.keyboard.press('Escape');
    const some = flows.filter(({ identify }) => identify.app === 'http').length;
    await filterView(opened.page, 'identify.app = http', new RegExp(`Flows${some} flows? of`));
    await opened.page.getByRole('button', { name: 'Applications' }).click();
    await until(opened.page, () => document.querySelector('.flow-table.has-identify') === null);
    await counts(opened.page);
    expect(await opened.page.inputValue('#view-filter')).toBe('');
    expect(await opened.page.isHidden('[aria-label="Applications"].panel')).toBe(true);
  });
});
