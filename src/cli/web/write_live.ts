/** Gives the flows of a live capture to pages, in the place of an output. */
import { LAYOUT_VERSION, ROWS_MAX } from '../../../assembly/layout.ts';
import { rowAt } from '../../engine/table.ts';
import type { RowRange } from '../../engine/table.ts';
import type { WithName } from '../../flow/groups.ts';
import type { KnownIdentity } from '../../flow/identity.ts';
import { takeLeftOut } from '../../reader/flow_feed.ts';
import type { FlowFeed, RowIdentities } from '../../reader/flow_feed.ts';
import type { Writer } from '../flow_options.ts';
import { LiveHub } from './live_hub.ts';
import { startPageServer } from './server.ts';

const SNAPSHOT_MS = 1000;

/** What there is to say about a capture besides its flows. */
export interface LiveFigures {
  readonly packetsDroppedRing: number;
  readonly packetsDroppedKernel: number | null;
}

/**
 * @param name of the interfaces
 * @param figures of the capture now
 */
export function liveWriter(name: string, port: number, figures: () => LiveFigures): Writer {
  return async (feed) => {
    const { engine } = feed;
    const groups: readonly WithName[] = engine.options.with ?? [];
    const hub = new LiveHub({ name, layout: LAYOUT_VERSION, rowBytes: engine.rowBytes, groups });
    const server = await startPageServer(port, (path) => {
      if (path === '/offer')
        return (_request, response) => response.end(JSON.stringify({ captures: [], live: { name, groups } }));
      return path === '/live' ? (request, response) => hub.connect(request, response) : undefined;
    });
    process.stderr.write(`${server.url}\n`);
    const say = (): void => hub.snapshot({ ...engine.counters(), ...figures(), activeFlows: engine.activeCount });
    const timer = setInterval(say, SNAPSHOT_MS);
    takeLeftOut(feed);
    try {
      while (await feed.advance()) take(feed, hub);
      say();
      hub.end(feed.failure?.message ?? 'the capture has ended');
    } finally {
      clearInterval(timer);
      server.close();
    }
  };
}

function take({ engine, identities }: FlowFeed, hub: LiveHub): void {
  while (engine.closedCount > 0) {
    engine.takeClosed(ROWS_MAX, (rows) => {
      const known = identities && numbered(engine.views.data, rows, identities);
      const bytes = engine.views.u8.subarray(rowAt(rows, 0), rowAt(rows, rows.count));
      if (rows.count > 0) hub.flows(bytes, rows.count, known);
    });
  }
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
