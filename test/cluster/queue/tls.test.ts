/** Redis behind TLS: used with a certificate that an authority of the user's has signed, refused with any other. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HAS_REDIS, RedisServer } from '../redis_server.ts';
import { readSerially, resultOf, sorted } from '../run_plan.ts';
import { captureFiles, ClusterProcess, planFile } from './queue_run.ts';
import type { Ended } from './queue_run.ts';

const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-tls-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

function openssl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
}

/** An authority and a certificate of 127.0.0.1 that it has signed. */
function makeCertificates(): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=authority', '-days', '2');
  openssl('req', ...key, '-keyout', 'redis.key', '-out', 'redis.csr', '-subj', '/CN=queue');
  writeFileSync(at('names'), 'subjectAltName=IP:127.0.0.1\n');
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names', '-days', '2'];
  openssl('x509', '-req', '-in', 'redis.csr', '-out', 'redis.pem', ...signed);
}

async function cluster(args: readonly string[], trusted = at('ca.pem')): Promise<Ended> {
  return new ClusterProcess(args, { NODE_EXTRA_CA_CERTS: trusted }).ended;
}

describe.skipIf(!HAS_REDIS || !HAS_OPENSSL)('Redis behind TLS (needs redis-server and openssl)', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    makeCertificates();
    const files = ['--tls-cert-file', at('redis.pem'), '--tls-key-file', at('redis.key'), '--tls-ca-cert-file'];
    redis = await RedisServer.start([...files, at('ca.pem')]);
  });
  afterAll(() => redis?.remove());

  it('runs a plan', async () => {
    const inputs = captureFiles(folder, 1_000, 2);
    const { plan, file } = await planFile(at('run'), inputs, { buckets: 2 });
    expect(redis.url).toMatch(/^rediss:/);
    const further = ['--redis', redis.url, '--plan', file];
    expect((await cluster(['submit', ...further])).status).toBe(0);
    const { status, stderr } = await cluster(['worker', '--jobs', '1', ...further]);
    expect(status, stderr).toBe(0);
    expect(sorted(resultOf(plan).text)).toBe(sorted((await readSerially(inputs, plan)).text));
  });

  it.each([
    ['an authority that is not trusted', () => ['rediss:', ''] as const, /self-signed certificate|unable to verify/],
    ['a name that the certificate does not have', () => ['localhost', at('ca.pem')] as const, /altnames/],
    ['a connection without TLS', () => ['redis:', at('ca.pem')] as const, /cluster_queue|Connection is closed|ECONN/],
  ])('is refused with %s', async (_, change, message) => {
    const [part, trusted] = change();
    const url = part === 'localhost' ? redis.url.replace('127.0.0.1', part) : redis.url.replace('rediss:', part);
    const { file } = await planFile(at('refused'), captureFiles(folder, 100, 1), {});
    const { status, stderr } = await cluster(['status', '--redis', url, '--plan', file], trusted);
    expect(stderr).toMatch(message);
    expect(status).toBe(1);
  });
});
