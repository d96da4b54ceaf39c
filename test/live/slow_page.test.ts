/** `pcapflow live --web` with a page that has stopped reading: it misses flows, and the capture misses nothing. */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capLoads } from '../source/cap/cap_loads.ts';
import { canUseNamespaces } from './netns.ts';

const MAIN = fileURLToPath(new URL('../../dist/bin/pcapflow/main.cjs', import.meta.url));
/** With a row of 2 KiB each they are more than what waits for a page, and what the sockets hold. */
const FLOWS = 8000;
const BURST = 100;
/** Of this process alone, so that another run of this test sends elsewhere. */
const NETWORK = `127.${1 + (process.pid % 250)}`;

interface Snapshot {
  readonly packetsSeen: number;
  readonly packetsDroppedRing: number;
}

/** A page, as far as the server knows. */
class Listener {
  /** Flows that came, and flows that it was told it misses. */
  got = 0;
  missed = 0;
  snapshot: Snapshot | undefined;
  readonly response: IncomingMessage;
  #text = '';

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8');
  }

  listen(): void {
    this.response.on('data', (part: string) => {
      const blocks = (this.#text + part).split('\n\n');
      this.#text = blocks.pop() ?? '';
      for (const block of blocks) this.#hear(block);
    });
  }

  #hear(block: string): void {
    const [, name] = /^event: (\w+)$/m.exec(block) ?? [];
    const data = JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '{}') as Snapshot & { count: number; flows: number };
    if (name === 'flows') this.got += data.count;
    if (name === 'gap') this.missed += data.flows;
    if (name === 'snapshot') this.snapshot = data;
  }
}

describe.skipIf(!canUseNamespaces || !capLoads)('a page that has stopped reading (needs root and libpcap)', () => {
  let child: ReturnType<typeof spawn>;
  let url: URL;
  const sender = createSocket('udp4');

  beforeAll(async () => {
    const options = ['--web', '--filter', `udp and dst net ${NETWORK}.0.0/16`, '--flow-timeout', '0.1'];
    const args = [MAIN, 'live', 'lo', ...options, '--with', 'payload=1024'];
    child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    for await (const line of createInterface(child.stderr!))
      if (line.startsWith('http://')) {
        url = new URL(line);
        break;
      }
  });
  afterAll(() => {
    child?.kill('SIGKILL');
    sender.close();
  });

  async function connect(): Promise<Listener> {
    const headers = { Authorization: `Bearer ${url.hash.slice('#token='.length)}` };
    const asked = request({ port: url.port, path: '/live', headers, agent: false }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return new Listener(response);
  }

  async function send(flow: number): Promise<void> {
    await new Promise<void>((resolve) =>
      sender.send(new Uint8Array(1024), 9, `${NETWORK}.${flow >> 8}.${flow & 255}`, () => resolve()),
    );
  }

  it('costs the capture and other pages nothing', async () => {
    const [stopped, other] = [await connect(), await connect()];
    stopped.response.pause();
    other.listen();
    const seen = (): number => other.snapshot?.packetsSeen ?? 0;
    for (let flow = 0; flow < FLOWS; flow += BURST) {
      await Promise.all(Array.from({ length: BURST }, (_, n) => send(flow + n)));
      // Neither the kernel's buffer nor the other page is to be flooded.
      await expect.poll(() => other.got + other.missed + BURST * 10, { timeout: 120_000 }).toBeGreaterThan(flow);
    }
    await expect.poll(seen, { timeout: 120_000 }).toBe(FLOWS);
    await expect.poll(() => other.got, { timeout: 120_000 }).toBe(FLOWS);
    expect(other.snapshot).toMatchObject({ packetsSeen: FLOWS, packetsDroppedRing: 0 });

    stopped.listen();
    stopped.response.resume();
    // It is told what it misses with the first flow behind the gap.
    await expect
      .poll(
        async () => {
          await send(FLOWS + 1);
          return stopped.missed;
        },
        { timeout: 120_000, interval: 500 },
      )
      .toBeGreaterThan(0);
    await expect.poll(() => stopped.got + stopped.missed, { timeout: 120_000 }).toBeGreaterThanOrEqual(FLOWS);
  });
});
