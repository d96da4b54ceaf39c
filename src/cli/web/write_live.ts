/** Gives the flows of a live capture to pages, in the place of an output. */
import { LAYOUT_VERSION, ROWS_MAX } from '../../../assembly/layout.ts';
import { rowAt } from '../../engine/table.ts';
import type { RowRange } from '../../engine/table.ts';
import type { LiveIdentities } from '../../attribution/live_identities.ts';
import type { WithName } from '../../flow/groups.ts';
import type { KnownIdentity } from '../../flow/identity.ts';
import { takeLeftOut } from '../../reader/flow_feed.ts';
import type { FlowFeed, RowIdentities } from '../../reader/flow_feed.ts';
import type { Writer } from '../flow_options.ts';
import type { LaterTest } from '../flow_query.ts';
import { FlowHosts } from './flow_hosts.ts';
import type { EndedFlows } from './flow_hosts.ts';
import type { Listening } from './listening.ts';
import { LiveHub } from './live_hub.ts';
import { startPageServer } from './server.ts';
import { say } from '../standard_streams.ts';

const SNAPSHOT_MS = 1000;

/** What there is to say about a capture besides its flows. */
export interface LiveFigures {
  readonly packetsDroppedRing: number;
  readonly packetsDroppedKernel: number | null;
}

/** Processes for pages to show. */
export interface ShownProcesses {
  /** Closed by the writer. */
  readonly identities: LiveIdentities;
  /** Which flows are wanted, once their processes are known; undefined: all. */
  readonly later: LaterTest | undefined;
}

/**
 * @param name of the interfaces
 * @param figures of the capture now
 * @param shown undefined: pages do not get processes
 */
export function liveWriter(name: string, at: Listening, figures: () => LiveFigures, shown?: ShownProcesses): Writer {
  return async (feed) => {
    const { engine } = feed;
    const groups: readonly WithName[] = engine.options.with ?? [];
    const hub = new LiveHub({ name, layout: LAYOUT_VERSION, rowBytes: engine.rowBytes, groups });
    const live = { name, groups, processes: shown !== undefined };
    const server = await startPageServer(at, (path) => {
      if (path === '/offer') return (_request, response) => response.end(JSON.stringify({ captures: [], live }));
      return path === '/live' ? (request, response) => hub.connect(request, response) : undefined;
    });
    say(`${server.url}\n`);
    const tell = (): void => hub.snapshot({ ...engine.counters(), ...figures(), activeFlows: engine.activeCount });
    const timer = setInterval(tell, SNAPSHOT_MS);
    takeLeftOut(feed);
    try {
      if (shown === undefined) while (await feed.advance()) take(feed, hub);
      else await takeWithHosts(feed, hub, shown);
      tell();
      hub.end(feed.failure?.message ?? 'the capture has ended');
    } finally {
      clearInterval(timer);
      server.close();
      await shown?.identities.close();
    }
  };
}

function take({ engine, identities }: FlowFeed, hub: LiveHub): void {
  while (engine.closedCount > 0) {
    engine.takeClosed(ROWS_MAX, (rows) => {
      const known = identities && numbered(engine.views.data, rows, identities);
      const bytes = engine.views.u8.subarray(rowAt(rows, 0), rowAt(rows, rows.count));
      if (rows.count > 0) hub.flows(bytes, rows.count, { identities: known });
    });
  }
}

async function takeWithHosts(feed: FlowFeed, hub: LiveHub, { identities, later }: ShownProcesses): Promise<void> {
  const { engine } = feed;
  const hosts = new FlowHosts(hub, later);
  while (await feed.advance()) {
    while (engine.closedCount > 0) {
      // A flow that has started and ended since the last look must be noted before it is taken.
      const ended = engine.locked(() => {
        identities.note();
        return engine.takeClosed(ROWS_MAX, (rows) => endedFlows(feed, rows, identities));
      });
      identities.ask();
      if (ended.count > 0) await hosts.add(ended);
    }
  }
  await hosts.finish();
}

function endedFlows({ engine, identities }: FlowFeed, rows: RowRange, asked: LiveIdentities): EndedFlows {
  const { data, u8 } = engine.views;
  const found = Array.from({ length: rows.count }, (_, n) => asked.takeRow(data, rowAt(rows, n)));
  const contents = identities && numbered(data, rows, identities);
  const numberAt = identities?.textAt ?? 0;
  const copy = u8.slice(rowAt(rows, 0), rowAt(rows, rows.count));
  const copied = new DataView(copy.buffer);
  return {
    rows: copy,
    count: rows.count,
    contents,
    contentOf: (n) => contents?.[copied.getUint32(n * rows.rowBytes + numberAt, true)],
    identities: found,
  };
}

/** What flows are. Each row gets the number of its own, in the place of a text that is not written. */
function numbered(data: DataView, rows: RowRange, identities: RowIdentities): readonly KnownIdentity[] {
  const numbers = new Map<KnownIdentity, number>();
  for (let n = 0; n < rows.count; n++) {
    const row = rowAt(rows, n);
    const identity = identities.take(row);
    const number = numbers.get(identity) ?? numbers.size;
    numbers.set(identity, number);
    data.setUint32(row + identities.textAt, number, true);
  }
  return [...numbers.keys()];
}
