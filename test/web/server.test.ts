/** The local server: who is answered, with which headers, and what nobody gets. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/bin/pcapflow/main.cjs', import.meta.url));
const TOUR = fileURLToPath(new URL('../../pcaps/tour.pcap', import.meta.url));

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

describe('the server of the page', () => {
  let child: ReturnType<typeof spawn>;
  let port = 0;
  let token = '';

  beforeAll(async () => {
    child = spawn(process.execPath, [MAIN, 'web', TOUR], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(createInterface(child.stdout!), 'line')) as [string];
    const match = /^http:\/\/127\.0\.0\.1:(\d+)\/#token=([\w-]{43})$/.exec(line);
    expect(match, line).not.toBeNull();
    port = Number(match![1]);
    token = match![2]!;
  });
  afterAll(() => child.kill('SIGKILL'));

  /** The path is sent as it is, without any normalisation. */
  function ask(path: string, headers: OutgoingHttpHeaders = {}, method = 'GET'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
        );
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  const bearer = (given = token): OutgoingHttpHeaders => ({ Authorization: `Bearer ${given}` });

  it('gives out the page with headers that keep everything else away', async () => {
    const { status, headers, body } = await ask('/');
    expect(status).toBe(200);
    expect(body.toString()).toContain('<script type="module" src="page.js">');
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    const policy = headers['content-security-policy'];
    for (const rule of [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "style-src 'self'",
      "frame-ancestors 'none'",
    ])
      expect(policy).toContain(rule);
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe-inline');
    expect((await ask('/engine.wasm')).headers['content-type']).toBe('application/wasm');
  });

  it('answers to the names of this machine only, whatever they resolve to', async () => {
    for (const host of [`localhost:${port}`, `[::1]:${port}`]) expect((await ask('/', { host })).status).toBe(200);
    const foreign = [
      'rebound.example',
      `rebound.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `127.0.0.1.:${port}`,
    ];
    for (const host of foreign) expect((await ask('/', { host })).status, host).toBe(421);
    expect((await ask('/offer', { ...bearer(), host: `rebound.example:${port}` })).status).toBe(421);
  });

  it('refuses other origins and sites, also with the token', async () => {
    const own = `http://127.0.0.1:${port}`;
    expect((await ask('/offer', { ...bearer(), origin: own })).status).toBe(200);
    for (const origin of ['https://example.com', 'null', `https://127.0.0.1:${port}`, `${own}.example.com`]) {
      expect((await ask('/offer', { ...bearer(), origin })).status, origin).toBe(403);
    }
    expect((await ask('/offer', { ...bearer(), 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  it('only lets read', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await ask('/offer', bearer(), method)).status, method).toBe(405);
    }
    const head = await ask('/page.js', {}, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  it('gives captures only to who has the token, and only those that were named', async () => {
    const part = { Range: 'bytes=0-23' };
    for (const headers of [{}, bearer(''), bearer(token.slice(1)), bearer(`${token}x`), bearer(token.toUpperCase())]) {
      expect((await ask('/offer', headers)).status).toBe(403);
      expect((await ask('/capture/0', { ...headers, ...part })).status).toBe(403);
    }
    expect((await ask(`/offer?token=${token}`)).status).toBe(403);
    expect(JSON.parse((await ask('/offer', bearer())).body.toString())).toEqual({
      captures: [{ name: 'tour.pcap', size: readFileSync(TOUR).length }],
      live: null,
    });
    const { status, headers, body } = await ask('/capture/0', { ...bearer(), ...part });
    expect([status, headers['content-range']]).toEqual([206, `bytes 0-23/${readFileSync(TOUR).length}`]);
    expect(body.equals(readFileSync(TOUR).subarray(0, 24))).toBe(true);
    expect((await ask('/capture/1', { ...bearer(), ...part })).status).toBe(404);
  });

  it('gives parts of a capture that lie in it', async () => {
    const { length } = readFileSync(TOUR);
    const rest = await ask('/capture/0', { ...bearer(), Range: `bytes=${length - 5}-${length + 1000}` });
    expect(rest.body.equals(readFileSync(TOUR).subarray(length - 5))).toBe(true);
    for (const range of [
      undefined,
      'bytes=5-2',
      `bytes=${length}-${length}`,
      'bytes=-5',
      'bytes=0-1,4-5',
      'bytes=0-99999999999999999',
    ]) {
      const headers = range === undefined ? bearer() : { ...bearer(), Range: range };
      expect((await ask('/capture/0', headers)).status, range).toBe(416);
    }
  });

  it('knows no paths but its own', async () => {
    const tricks = [
      '/../../package.json',
      '/..%2f..%2fpackage.json',
      '//etc/passwd',
      '/page.js/',
      '/capture/../offer',
      '/capture/-1',
      '/.build-web',
    ];
    for (const path of tricks) expect((await ask(path, bearer())).status, path).toBe(404);
  });

  it('ends by a signal', async () => {
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('pcapflow web', () => {
  async function run(...args: string[]): Promise<[number, string]> {
    const child = spawn(process.execPath, [MAIN, 'web', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    child.stderr.on('data', (part: Buffer) => (text += part.toString()));
    const [status] = (await once(child, 'close')) as [number];
    return [status, text];
  }

  it('opens a browser without the token in its arguments, and reports when there is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pcapflow-web-'));
    try {
      const opener = join(folder, process.platform === 'darwin' ? 'open' : 'xdg-open');
      writeFileSync(
        opener,
        `#!/bin/sh\necho "$1" > ${folder}/argument\ncat "$1" > ${folder}/part\nmv ${folder}/part ${folder}/page\n`,
        { mode: 0o755 },
      );
      const start = (PATH: string): ReturnType<typeof spawn> =>
        spawn(process.execPath, [MAIN, 'web', '--open'], { env: { ...process.env, PATH }, stdio: 'pipe' });
      const child = start(`${folder}:/bin:/usr/bin`);
      const [url] = (await once(createInterface(child.stdout!), 'line')) as [string];
      await vi.waitUntil(() => existsSync(join(folder, 'page')), { timeout: 120_000 });
      expect(readFileSync(join(folder, 'page'), 'utf8')).toContain(`url=${url}"`);
      const argument = readFileSync(join(folder, 'argument'), 'utf8').trim();
      expect(argument).not.toContain('token');
      expect(statSync(dirname(argument)).mode & 0o777).toBe(0o700);
      child.kill('SIGINT');
      await once(child, 'exit');
      expect(existsSync(argument)).toBe(false);

      const alone = start(join(folder, 'nowhere'));
      let said = '';
      alone.stderr!.on('data', (part: Buffer) => (said += part.toString()));
      await vi.waitUntil(() => said.includes('--open'), { timeout: 120_000 });
      expect(said).toMatch(/--open: (xdg-)?open is not installed; open the URL above in a browser/);
      alone.kill('SIGINT');
      expect(await once(alone, 'exit')).toEqual([0, null]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('does not begin with a capture that it cannot read in parts, nor on a port that is taken', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pcapflow-web-'));
    try {
      expect(await run(join(folder, 'none.pcap'))).toEqual([1, expect.stringContaining('no such file')]);
      expect(await run(folder)).toEqual([1, expect.stringContaining('is not a regular file')]);
      expect(await run('--port', '70000')).toEqual([1, expect.stringContaining('65535')]);
      writeFileSync(join(folder, 'a.pcap'), '');
      expect(await run('--port', '1', join(folder, 'a.pcap'), '--nonsense')).toEqual([
        1,
        expect.stringContaining('nonsense'),
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
