/** Follows the live capture of the server: its flows, its counters, its end. */
import type { Notice, Outcome, Progress, Source } from '../protocol.ts';
import { followLive } from './live_stream.ts';
import type { KnownOfRows } from './live_stream.ts';

const REFRESH_MS = 1000;

export type LiveSource = Extract<Source, { readonly kind: 'live' }>;

/** What it is followed for. */
export interface LiveHost {
  readonly rowBytes: number;
  readonly stopping: AbortSignal;
  say(notice: Notice): void;
  /** Shows what came. */
  refresh(): void;
  take(rows: Uint8Array, count: number, known: KnownOfRows): void;
  flows(): number;
  left(): Pick<Outcome, 'cancelled' | 'flowsLeftOut'>;
}

export async function follow(source: LiveSource, host: LiveHost): Promise<Outcome> {
  const began = performance.now();
  const state = { packets: 0, wireBytes: 0, missed: 0 };
  const progress = (): Progress => ({ bytes: 0, total: 0, packets: state.packets, flows: host.flows() });
  const timer = setInterval(() => host.refresh(), REFRESH_MS);
  const listener: Parameters<typeof followLive>[2] = {
    rows: (rows, count, known) => host.take(rows, count, known),
    snapshot: ({ packetsSeen, wireBytes, activeFlows, packetsDroppedRing, packetsDroppedKernel }) => {
      state.packets = packetsSeen;
      state.wireBytes = wireBytes;
      const dropped = packetsDroppedRing + (packetsDroppedKernel ?? 0);
      host.say({ kind: 'progress', progress: { ...progress(), live: { activeFlows, dropped, missed: state.missed } } });
    },
    gap: (flows) => (state.missed += flows ?? 1),
  };
  try {
    const reason = await followLive(source, host.rowBytes, listener, host.stopping);
    const notes = [reason, ...(state.missed > 0 ? [`this page was too slow for ${state.missed} flows`] : [])];
    const rest = { others: [], problems: [], problemsOmitted: 0, milliseconds: performance.now() - began };
    return { ...progress(), wireBytes: state.wireBytes, ...rest, notes, ...host.left() };
  } finally {
    clearInterval(timer);
    host.refresh();
  }
}
