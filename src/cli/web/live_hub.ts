/**
 * Live flows for pages, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). Nothing
 * here waits for a page: for one that is slow, flows are left out and counted, and it is told how many.
 *
 * Events: `hello` once, `flows` (rows of the engine in Base64, under a number that `Last-Event-ID` resumes from),
 * `snapshot` (counters), `gap` (flows that this page does not get), `end`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KnownIdentity } from '../../flow/identity.ts';
import type { KnownHost } from '../../query/host_fields.ts';
import { answerText } from './answer_text.ts';

/** Flows that a page may still get when it comes late or comes back. */
const KEPT_FLOWS = 50_000;
/** Bytes that may wait for a page. */
const WAITING_MAX = 4 * 2 ** 20;
const CLIENTS_MAX = 8;
const HEARTBEAT_MS = 15_000;

/** What is known of flows besides their rows, each once: a row has the number of its own. */
export interface KnownOfFlows {
  /** What they are; undefined: that is not wanted. */
  readonly identities?: readonly KnownIdentity[] | undefined;
  /** Who is behind them; undefined: that is not shown. */
  readonly hosts?: readonly KnownHost[] | undefined;
}

interface KeptFlows {
  readonly id: number;
  readonly count: number;
  readonly text: string;
}

interface Client {
  readonly response: ServerResponse;
  /** Flows that it did not get since it was told. */
  missed: number;
}

export class LiveHub {
  readonly #hello: string;
  readonly #clients = new Set<Client>();
  readonly #kept: KeptFlows[] = [];
  #keptFlows = 0;
  /** Number of the last event of flows. */
  #id = 0;
  #snapshot = '';
  readonly #heartbeat: NodeJS.Timeout;

  /** @param hello what a page must know about rows */
  constructor(hello: object) {
    this.#hello = event('hello', hello);
    this.#heartbeat = setInterval(() => this.#sendAll(': still here\n\n', 0), HEARTBEAT_MS).unref();
  }

  /** Pages that listen. */
  get size(): number {
    return this.#clients.size;
  }

  /** Bytes that wait for pages. */
  get waiting(): number {
    return [...this.#clients].reduce((sum, { response }) => sum + response.writableLength, 0);
  }

  /** Answers a request with events until the page goes or the capture ends. */
  connect(request: IncomingMessage, response: ServerResponse): void {
    if (this.#clients.size === CLIENTS_MAX) {
      return answerText(response, 503, `${CLIENTS_MAX} pages follow this capture; close one of them`);
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(this.#hello);
    const last = Number(request.headers['last-event-id'] ?? 0);
    const first = this.#kept[0]?.id ?? this.#id + 1;
    if (last > 0 && last + 1 < first) response.write(event('gap', { flows: null }));
    for (const { id, text } of this.#kept) if (id > last) response.write(text);
    response.write(this.#snapshot);
    const client: Client = { response, missed: 0 };
    this.#clients.add(client);
    response.on('close', () => this.#clients.delete(client));
  }

  /** Flows have ended. @param rows as the engine wrote them; copied */
  flows(rows: Uint8Array, count: number, known: KnownOfFlows = {}): void {
    const id = ++this.#id;
    const base64 = Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength).toString('base64');
    const text = `id: ${id}\n${event('flows', { count, rows: base64, ...known })}`;
    this.#kept.push({ id, count, text });
    this.#keptFlows += count;
    while (this.#keptFlows > KEPT_FLOWS) this.#keptFlows -= this.#kept.shift()?.count ?? 0;
    this.#sendAll(text, count);
  }

  /** The counters as they are now. */
  snapshot(counters: object): void {
    this.#snapshot = event('snapshot', counters);
    this.#sendAll(this.#snapshot, 0);
  }

  /** The capture has ended. */
  end(reason: string): void {
    clearInterval(this.#heartbeat);
    for (const { response, missed } of this.#clients) {
      if (missed > 0) response.write(event('gap', { flows: missed }));
      response.end(event('end', { reason }));
    }
    this.#clients.clear();
  }

  #sendAll(text: string, flows: number): void {
    for (const client of this.#clients) {
      const { response } = client;
      if (response.writableLength > WAITING_MAX) {
        client.missed += flows;
        continue;
      }
      if (client.missed > 0) response.write(event('gap', { flows: client.missed }));
      client.missed = 0;
      response.write(text);
    }
  }
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
