/** The local server: who is answered, with which headers, and what nobody gets. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LiveHub } from '../../src/cli/web/live_hub.ts';
import { listening } from '../../src/cli/web/listening.ts';
import { RESPONSE_HEADERS } from '../../src/cli/web/request_rules.ts';
import { startPageServer } from '../../src/cli/web/server.ts';
import type { PageServer } from '../../src/cli/web/server.ts';

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
    expect(headers['content-security-policy']?.toString().split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "worker-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types pcapflow',
    ]);
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

  it('refuses with the same headers as it answers', async () => {
    const refused: readonly (readonly [number, Promise<Answer>])[] = [
      [421, ask('/', { host: 'rebound.example' })],
      [403, ask('/', { origin: 'https://example.com' })],
      [403, ask('/', { 'sec-fetch-site': 'cross-site' })],
      [405, ask('/', {}, 'POST')],
      [403, ask('/offer')],
      [403, ask('/capture/0')],
      [404, ask('/nothing')],
      [416, ask('/capture/0', bearer())],
    ];
    for (const [status, asked] of refused) {
      const answer = await asked;
      expect(answer.status).toBe(status);
      expect(answer.headers).toMatchObject(RESPONSE_HEADERS);
      // Nobody is told what would have been right.
      expect(answer.body.toString()).not.toContain(token);
    }
  });

  it.skipIf(process.platform !== 'linux')('listens on the loopback address only', () => {
    const open = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(
        ([, local, , state]) =>
          state === '0A' && local?.endsWith(`:${port.toString(16).toUpperCase().padStart(4, '0')}`),
      );
    expect(open.map(([, local]) => local?.split(':')[0])).toEqual(['0100007F']);
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

describe('the server of a live page', () => {
  const ROOM = 8;
  let server: PageServer;
  let hub: LiveHub;
  const answers: IncomingMessage[] = [];

  beforeAll(async () => {
    hub = new LiveHub({ layout: 1, rowBytes: 160 });
    server = await startPageServer(listening({ port: 0, listen: '127.0.0.1' }), (path) =>
      path === '/live' ? (asked, response) => hub.connect(asked, response) : undefined,
    );
  });
  afterAll(() => {
    for (const answer of answers) answer.destroy();
    hub.end('the test has ended');
    server.close();
  });

  async function follow(headers: OutgoingHttpHeaders, path = '/live'): Promise<number> {
    const asked = request({ host: '127.0.0.1', port: new URL(server.url).port, path, headers, agent: false }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answers.push(answer);
    return answer.statusCode ?? 0;
  }

  it('gives flows to who has the token, wherever it is not in a URL, and to no other site', async () => {
    const token = new URL(server.url).hash.slice('#token='.length);
    const known = { Authorization: `Bearer ${token}` };
    expect(await follow({})).toBe(403);
    expect(await follow({}, `/live?token=${token}`)).toBe(403);
    expect(await follow({ Authorization: `Bearer ${token.slice(1)}` })).toBe(403);
    expect(await follow({ ...known, host: 'rebound.example' })).toBe(421);
    expect(await follow({ ...known, origin: 'https://example.com' })).toBe(403);
    expect(hub.size).toBe(0);
    for (let n = 0; n < ROOM; n++) expect(await follow(known)).toBe(200);
    expect(hub.size).toBe(ROOM);
    expect(await follow(known)).toBe(503);
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
