/** Flows of a live capture as `pcapflow live --web` sends them: server-sent events with rows of the engine. */
import { LAYOUT_VERSION } from '../../assembly/layout.ts';
import type { KnownIdentity } from '../../src/flow/identity.ts';
import type { KnownHost } from '../../src/query/host_fields.ts';
import { CaptureError, messageOf } from '../../src/errors.ts';

const RETRY_MS = 1000;
const RETRIES = 5;

export interface Snapshot {
  readonly packetsSeen: number;
  readonly wireBytes: number;
  readonly activeFlows: number;
  readonly packetsDroppedRing: number;
  readonly packetsDroppedKernel: number | null;
}

/** What is known of flows besides their rows, if it is wanted; each row has the number of its own. */
export interface KnownOfRows {
  readonly identities?: readonly KnownIdentity[];
  readonly hosts?: readonly KnownHost[];
}

export interface LiveListener {
  rows(rows: Uint8Array, count: number, known: KnownOfRows): void;
  snapshot(snapshot: Snapshot): void;
  /** This page did not get these flows; null: nobody knows how many. */
  gap(flows: number | null): void;
}

export interface LiveSource {
  readonly name: string;
  readonly url: string;
  readonly token: string;
}

/** Listens until the capture ends. Resolves with the reason. @throws {CaptureError} when the server is gone */
export async function followLive(
  source: LiveSource,
  rowBytes: number,
  listener: LiveListener,
  signal: AbortSignal,
): Promise<string> {
  let last = '';
  for (let failures = 0; ; ) {
    try {
      for await (const { id, name, data } of eventsOf(source, last, signal)) {
        failures = 0;
        if (id !== '') last = id;
        if (name === 'hello') checkLayout(source.name, rowBytes, data as Hello);
        else if (name === 'end') return (data as { readonly reason: string }).reason;
        else tell(name, data, listener);
      }
    } catch (error) {
      if (signal.aborted) return 'stopped';
      if (error instanceof CaptureError || ++failures > RETRIES) {
        throw new CaptureError('ERR_READ', source.name, 0, `the capture is gone: ${messageOf(error)}`, {
          cause: error,
        });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

function tell(name: string, data: unknown, listener: LiveListener): void {
  if (name === 'snapshot') listener.snapshot(data as Snapshot);
  else if (name === 'gap') listener.gap((data as { readonly flows: number | null }).flows);
  else if (name === 'flows') {
    const { count, rows, ...known } = data as FlowsEvent;
    const text = atob(rows);
    listener.rows(
      Uint8Array.from({ length: text.length }, (_, n) => text.charCodeAt(n)),
      count,
      known,
    );
  }
}

interface FlowsEvent extends KnownOfRows {
  readonly count: number;
  /** In Base64. */
  readonly rows: string;
}

interface Hello {
  readonly layout: number;
  readonly rowBytes: number;
}

function checkLayout(name: string, rowBytes: number, hello: Hello): void {
  if (hello.layout === LAYOUT_VERSION && hello.rowBytes === rowBytes) return;
  const other = `${hello.layout} of ${hello.rowBytes} bytes, this page ${LAYOUT_VERSION} of ${rowBytes}`;
  throw new CaptureError('ERR_READ', name, 0, `its rows have layout ${other}; reload it`);
}

interface ServerEvent {
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
}

/** EventSource cannot send the token. */
async function* eventsOf({ url, token }: LiveSource, last: string, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  const headers = { Authorization: `Bearer ${token}`, ...(last === '' ? {} : { 'Last-Event-ID': last }) };
  const response = await fetch(url, { headers, signal });
  if (!response.ok || response.body === null) throw new Error(`the server answers ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const parts = new Map(
        block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
      );
      const data = parts.get('data');
      if (data !== undefined)
        yield { id: parts.get('id') ?? '', name: parts.get('event') ?? '', data: JSON.parse(data) };
    }
  }
}
