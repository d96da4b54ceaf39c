/** nfcapd, a collector of flow records that is not ours, on a port of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasTool } from '../live/netns.ts';
import { waitFor } from '../source/live/collecting_sink.ts';

export const hasNfcapd: boolean = hasTool('nfcapd') && hasTool('nfdump');

export class Nfcapd {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #store: string;
  #log = '';

  private constructor(port: number, store: string) {
    this.port = port;
    this.#store = store;
    const options = ['-w', store, '-p', String(port), '-b', '127.0.0.1', '-t', '3600', '-B', '8000000'];
    this.#child = spawn('nfcapd', options, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (text) => (this.#log += String(text)));
  }

  /** Resolves when it receives. @param folder for what it stores */
  static async start(folder: string): Promise<Nfcapd> {
    const probe = createSocket('udp4').bind(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address();
    probe.close();
    await once(probe, 'close');
    const nfcapd = new Nfcapd(port, mkdtempSync(join(folder, 'nfcapd-')));
    await waitFor(
      () => nfcapd.#log.includes('Startup'),
      () => nfcapd.#log,
    );
    return nfcapd;
  }

  /** Ends it when it has taken all that was sent. Returns what it said, and the file that it stored. */
  async end(): Promise<{ readonly log: string; readonly path: string }> {
    await waitFor(
      () => isQueueEmpty(this.port) && isAsleep(this.#child.pid ?? 0) && isQueueEmpty(this.port),
      () => queueLine(this.port),
    );
    this.#child.kill('SIGTERM');
    await once(this.#child, 'close');
    const stored = readdirSync(this.#store).find((name) => /^nfcapd\.\d+$/.test(name));
    return { log: this.#log, path: join(this.#store, stored ?? '') };
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** Has the system delivered all that came to this UDP port? */
function isQueueEmpty(port: number): boolean {
  return / [0-9A-F]{8}:00000000 /.test(queueLine(port));
}

function queueLine(port: number): string {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = readFileSync('/proc/net/udp', 'utf8').split('\n');
  return lines.find((one) => one.includes(`:${hex} 00000000`)) ?? '';
}

/** It waits for the next datagram: a signal before that would make it forget the one that it has taken. */
function isAsleep(pid: number): boolean {
  return / S /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
