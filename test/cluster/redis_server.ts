/** A redis-server of a test's own, on a free port of the loopback, with a password and an append-only file. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const HAS_REDIS = spawnSync('redis-server', ['--version']).status === 0;

export const PASSWORD = 'p@ss:word/1';

export class RedisServer {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'pcapflow-redis-'));
  readonly #further: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, further: readonly string[]) {
    this.port = port;
    this.#further = further;
  }

  /** @param further options of redis-server; with a certificate it speaks TLS only */
  static async start(further: readonly string[] = []): Promise<RedisServer> {
    for (;;) {
      const server = new RedisServer(await freePort(), further);
      try {
        await server.start();
        return server;
      } catch (error) {
        await server.remove();
        // Another process took it meanwhile.
        if (!(error as Error).message.includes('Address already in use')) throw error;
      }
    }
  }

  get #isEncrypted(): boolean {
    return this.#further.includes('--tls-cert-file');
  }

  get url(): string {
    return `${this.#isEncrypted ? 'rediss' : 'redis'}://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.port}`;
  }

  /** Starts it, also again with what it has kept. Returns when it accepts connections. */
  async start(): Promise<void> {
    const args = [
      '--port',
      this.#isEncrypted ? '0' : String(this.port),
      '--bind',
      '127.0.0.1',
      '--requirepass',
      PASSWORD,
      '--dir',
      this.#folder,
    ];
    const tls = this.#isEncrypted ? ['--tls-port', String(this.port), '--tls-auth-clients', 'no'] : [];
    const kept = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction', '--save', ''];
    const started = spawn('redis-server', [...args, ...tls, ...kept, ...this.#further], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#process = started;
    let text = '';
    await new Promise<void>((resolve, reject) => {
      started.stdout.on('data', (piece) => {
        text += String(piece);
        if (text.includes('Ready to accept connections')) resolve();
      });
      started.once('exit', () => reject(new Error(`redis-server has ended: ${text}`)));
    });
  }

  /** As a crash: nothing is written any more. */
  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#process ?? {};
    if (this.#process === undefined || exitCode !== null || signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
