/** Where the page is served: beyond this machine only over TLS, and under names that the certificate has. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listening } from '../../src/cli/web/listening.ts';
import { refusal } from '../../src/cli/web/request_rules.ts';

const MAIN = fileURLToPath(new URL('../../dist/bin/pcapflow/main.cjs', import.meta.url));
const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-listening-'));
const [cert, key] = [join(folder, 'page.pem'), join(folder, 'page.key')];
afterAll(() => rmSync(folder, { recursive: true }));

describe('the page is not served', () => {
  it.each([
    [['--listen', '192.0.2.1'], '--listen 192.0.2.1 is beyond this machine and needs --tls-cert and --tls-key'],
    [['--listen', '2001:db8::1'], '--listen 2001:db8::1 is beyond this machine and needs --tls-cert and --tls-key'],
    [['--listen', '0.0.0.0'], "--listen is '0.0.0.0'; it must be one IPv4 or IPv6 address of this machine"],
    [['--listen', 'localhost'], "--listen is 'localhost'; it must be one IPv4 or IPv6 address of this machine"],
    [['--tls-cert', 'a.pem'], '--tls-cert and --tls-key belong together; give both'],
    [['--tls-cert', join(folder, 'none'), '--tls-key', 'b'], 'none cannot be read: ENOENT'],
    [['--tls-cert', MAIN, '--tls-key', MAIN], 'is no certificate in PEM'],
  ])('on an address or with files such as %j', (args, message) => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'web', ...args], { encoding: 'utf8' });
    expect(stderr).toContain(message);
    expect(status).toBe(1);
  });
});

it('has the origins of this machine on each of its loopback addresses', () => {
  const local = ['http://127.0.0.1:80', 'http://localhost:80', 'http://[::1]:80'];
  expect(listening({ port: 0, listen: '127.0.0.1' }).origins(80)).toEqual(local);
  expect(listening({ port: 0, listen: '127.0.0.2' }).origins(80)).toEqual(['http://127.0.0.2:80', ...local]);
  expect(listening({ port: 0, listen: '::1' }).origins(80)).toEqual(expect.arrayContaining(local));
});

it('is asked for without the port that is usual for the scheme, as browsers do', () => {
  const ask = (host: string, origins: readonly string[]): number | undefined =>
    refusal({ method: 'GET', headers: { host, origin: `https://${host}` } }, origins)?.status;
  expect(ask('flows.example', ['https://flows.example:443'])).toBeUndefined();
  expect(ask('flows.example:443', ['https://flows.example:443'])).toBeUndefined();
  expect(ask('flows.example', ['https://flows.example:8443'])).toBe(421);
});

describe.skipIf(!HAS_OPENSSL)('over TLS (needs openssl)', () => {
  let child: ReturnType<typeof spawn>;
  let url: URL;
  beforeAll(async () => {
    writeFileSync(
      join(folder, 'request'),
      '[req]\ndistinguished_name=dn\nx509_extensions=ext\n[dn]\n[ext]\nsubjectAltName=IP:127.0.0.3,DNS:Flows.Example\n',
    );
    const files = ['-config', join(folder, 'request'), '-keyout', key, '-out', cert];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=page', '-days', '2', ...files];
    expect(spawnSync('openssl', made).status).toBe(0);
    const args = ['web', '--listen', '127.0.0.3', '--tls-cert', cert, '--tls-key', key];
    child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(createInterface(child.stdout!), 'line')) as [string];
    url = new URL(line);
  });
  afterAll(() => child?.kill('SIGKILL'));

  /** Status of the answer to whoever asks for the page as `host`. */
  function ask(host: string, headers: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const from = {
        host: '127.0.0.3',
        port: url.port,
        ca: readFileSync(cert),
        agent: false,
        servername: 'flows.example',
      };
      const asked = request({ ...from, headers: { host: `${host}:${url.port}`, ...headers } }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  it('prints a URL of the address', () => {
    expect(`${url.protocol} ${url.hostname}`).toBe('https: 127.0.0.3');
    expect(url.hash).toMatch(/^#token=[\w-]{43}$/);
  });

  it.each(['127.0.0.3', 'flows.example', 'localhost'])('answers requests to %s', async (host) => {
    expect(await ask(host, { origin: `https://${host}:${url.port}` })).toBe(200);
  });

  it('answers no other name, nor pages that came without TLS', async () => {
    expect(await ask('other.example')).toBe(421);
    expect(await ask('127.0.0.3', { origin: `http://127.0.0.3:${url.port}` })).toBe(403);
  });

  it('refuses a key that is not that of the certificate', () => {
    const other = join(folder, 'other.key');
    expect(spawnSync('openssl', ['genrsa', '-out', other, '2048']).status).toBe(0);
    const args = ['web', '--tls-cert', cert, '--tls-key', other];
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
    expect(stderr).toContain('--tls-cert and --tls-key cannot be used: ');
    expect(status).toBe(1);
  });
});
