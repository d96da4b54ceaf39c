/** Live flows for pages: whole, in order, resumed; a page that does not read costs little and is told what it lacks. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LiveHub } from '../../src/cli/web/live_hub.ts';

const ROW = 160;
/** What may wait for a page, and one event more. */
const WAITING_MAX = 4.5 * 2 ** 20;

interface HubEvent {
  readonly id: string | undefined;
  readonly name: string;
  readonly data: Record<string, unknown>;
}

describe('the hub of live pages', () => {
  let hub: LiveHub;
  let server: Server;
  const responses: IncomingMessage[] = [];

  beforeEach(async () => {
    hub = new LiveHub({ layout: 1, rowBytes: ROW });
    server = createServer((asked, response) => hub.connect(asked, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    hub.end('the test has ended');
    for (const response of responses.splice(0)) response.destroy();
    server.closeAllConnections();
    server.close();
  });

  async function connect(last?: number): Promise<IncomingMessage> {
    const headers = last === undefined ? {} : { 'last-event-id': String(last) };
    const asked = request({ port: (server.address() as AddressInfo).port, headers, agent: false }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    responses.push(response);
    return response;
  }

  async function eventsUntilEnd(response: IncomingMessage): Promise<HubEvent[]> {
    let text = '';
    for await (const part of response) text += String(part);
    return text
      .split('\n\n')
      .filter((block) => block.includes('data: '))
      .map((block) => {
        const line = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
        return { id: line('id'), name: line('event') ?? '', data: JSON.parse(line('data') ?? '') };
      });
  }

  const rows = (count: number, byte: number): Uint8Array => new Uint8Array(count * ROW).fill(byte);

  it('sends what came before and what comes, in order, and the end', async () => {
    hub.flows(rows(2, 1), 2);
    hub.snapshot({ packetsSeen: 5 });
    const response = await connect();
    hub.flows(rows(1, 2), 1, { identities: [{ app: 'dns', dnsQuery: 'a\n\nb' }] });
    hub.end('unplugged');
    const events = await eventsUntilEnd(response);
    expect(events.map(({ name }) => name)).toEqual(['hello', 'flows', 'snapshot', 'flows', 'end']);
    expect(events.map(({ id }) => id)).toEqual([undefined, '1', undefined, '2', undefined]);
    const sent = Buffer.concat(
      events.filter(({ name }) => name === 'flows').map(({ data }) => Buffer.from(String(data.rows), 'base64')),
    );
    expect(sent.equals(Buffer.concat([rows(2, 1), rows(1, 2)]))).toBe(true);
    expect(events.map(({ data }) => data.identities).filter((one) => one !== undefined)).toEqual([
      [{ app: 'dns', dnsQuery: 'a\n\nb' }],
    ]);
    expect(events.at(-1)?.data).toEqual({ reason: 'unplugged' });
  });

  it('resumes behind the last event that a page had, or says that some are gone', async () => {
    for (let n = 1; n <= 5; n++) hub.flows(rows(20_000, n), 20_000);
    const [resumed, late] = [await connect(4), await connect(1)];
    hub.end('done');
    expect((await eventsUntilEnd(resumed)).map(({ name, id }) => id ?? name)).toEqual(['hello', '5', 'end']);
    expect((await eventsUntilEnd(late)).map(({ name, id }) => id ?? name)).toEqual(['hello', 'gap', '4', '5', 'end']);
  });

  it('leaves out flows for a page that does not read, keeps little for it, and tells it how many', async () => {
    const slow = await connect();
    slow.pause();
    let sent = 0;
    for (; sent < 400; sent++) hub.flows(rows(512, sent % 256), 512);
    expect(hub.waiting).toBeLessThan(WAITING_MAX);
    const reading = eventsUntilEnd(slow);
    slow.resume();
    // When it has caught up, the next event is preceded by what it lacks.
    await expect.poll(() => hub.waiting, { timeout: 120_000 }).toBe(0);
    hub.flows(rows(1, 7), 1);
    hub.end('done');
    const events = await reading;
    const got = events.filter(({ name }) => name === 'flows').reduce((sum, { data }) => sum + Number(data.count), 0);
    const missed = events.filter(({ name }) => name === 'gap').reduce((sum, { data }) => sum + Number(data.flows), 0);
    expect(missed).toBeGreaterThan(0);
    expect(got + missed).toBe(sent * 512 + 1);
  });

  it('has room for eight pages', async () => {
    const eight = await Promise.all(Array.from({ length: 8 }, () => connect()));
    expect(eight.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(200));
    expect((await connect()).statusCode).toBe(503);
    eight[0]!.destroy();
    await expect.poll(() => hub.size, { timeout: 120_000 }).toBe(7);
    expect((await connect()).statusCode).toBe(200);
  });
});
