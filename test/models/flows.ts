/**
 * The slow model of the whole engine: records in, flows out in the order in which they end. Maps, arrays and bigint; no
 * wheel, no table, no limits. It is what the engine is compared with, so it shares no code with it.
 */

import { ActiveFlow, compareFlows, type Timeouts } from './active_flow.ts';
import { decode, type DecodedPacket } from './decode.ts';
import { Fragments } from './fragments.ts';
import { keyOf, keyText } from './key.ts';
import type { CapturedFrame } from './capture.ts';
import type { EndReason, Flow } from '../../src/flow/flow.ts';

export interface FlowOptions {
  /** Default `bi`. */
  readonly direction?: 'uni' | 'bi';
  /** Silence that ends a flow; default 600 s. */
  readonly flowTimeoutNs?: bigint;
  /** Silence that ends a closed flow; default 30 s. 0: it ends with the closing packet. */
  readonly finTimeoutNs?: bigint;
  /** Greatest age; 0 (default) is off. */
  readonly activeTimeoutNs?: bigint;
  /** Later fragments: to the flow of their first one (default), or to a flow without ports. */
  readonly fragments?: 'attribute' | 'port0';
  readonly decapsulate?: boolean;
  /** Most flows at a time, at least 1; default no limit. */
  readonly maxFlows?: number;
  readonly snaplen?: number;
  /** Records that are let through; default all. It sees the record cut to `snaplen`. */
  readonly filter?: (record: CapturedFrame) => boolean;
  /** Called with each flow as it ends: its packets, for models of what is computed from them. */
  readonly onEnd?: (flow: ActiveFlow, record: Flow) => void;
}

export interface FlowCounters {
  packetsSeen: number;
  packetsDelivered: number;
  packetsFiltered: number;
  packetsMalformed: number;
  packetsNotTracked: number;
  truncated: number;
  fragmentsUnmatched: number;
  /** Records earlier than the latest before them. */
  timestampsBackwards: number;
  /** Records more than a day later than the latest before them. */
  timestampJumps: number;
  flowsStarted: number;
  flowsEnded: number;
  flowsEvicted: number;
}

const TICK_NS = 100_000_000n;
const DAY_NS = 86_400_000_000_000n;

export function flowsOf(
  records: Iterable<CapturedFrame>,
  options: FlowOptions = {},
): { flows: Flow[]; counters: FlowCounters } {
  const tracker = new Tracker(options);
  for (const record of records) tracker.take(record);
  return tracker.finish();
}

class Tracker {
  readonly #options: FlowOptions;
  readonly #direction: 'uni' | 'bi';
  readonly #timeouts: Timeouts;
  readonly #active = new Map<string, ActiveFlow>();
  readonly #fragments = new Fragments();
  readonly #flows: Flow[] = [];
  readonly #counters: FlowCounters = {
    packetsSeen: 0,
    packetsDelivered: 0,
    packetsFiltered: 0,
    packetsMalformed: 0,
    packetsNotTracked: 0,
    truncated: 0,
    fragmentsUnmatched: 0,
    timestampsBackwards: 0,
    timestampJumps: 0,
    flowsStarted: 0,
    flowsEnded: 0,
    flowsEvicted: 0,
  };
  #clockNs: bigint | undefined;

  constructor(options: FlowOptions) {
    this.#options = options;
    this.#direction = options.direction ?? 'bi';
    this.#timeouts = {
      idleNs: options.flowTimeoutNs ?? 600_000_000_000n,
      finNs: options.finTimeoutNs ?? 30_000_000_000n,
      activeNs: options.activeTimeoutNs ?? 0n,
    };
  }

  take(record: CapturedFrame): void {
    const counters = this.#counters;
    counters.packetsSeen++;
    this.#moveClock(record.timestampNs);
    const seen = this.#options.snaplen ? { ...record, bytes: record.bytes.subarray(0, this.#options.snaplen) } : record;
    if (this.#options.filter?.(seen) === false) {
      counters.packetsFiltered++;
      return;
    }
    const packet = decode(record, this.#options);
    if (packet.kind === 'packet') this.#deliver(packet, record.timestampNs);
    else if (packet.kind === 'malformed') counters.packetsMalformed++;
    else counters.packetsNotTracked++;
  }

  #deliver(packet: DecodedPacket, timestampNs: bigint): void {
    this.#counters.packetsDelivered++;
    if (packet.truncated) this.#counters.truncated++;
    const upper = this.#fragments.upperOf(packet, timestampNs, this.#options.fragments ?? 'attribute');
    const { key, side } = keyOf(packet, upper, this.#direction);
    const text = keyText(key);

    let flow = this.#active.get(text);
    const cut = flow?.cutBy(packet, timestampNs, this.#timeouts);
    if (flow !== undefined && cut !== undefined) {
      this.#end(flow, cut);
      flow = undefined;
    }
    if (flow === undefined) {
      this.#makeRoom();
      flow = new ActiveFlow(key, this.#direction, side, timestampNs);
      this.#active.set(text, flow);
      this.#counters.flowsStarted++;
    }
    flow.add(packet, side, timestampNs);
    if (flow.closed !== undefined && this.#timeouts.finNs === 0n) this.#end(flow, flow.closed);
  }

  /** Evicts the least recently used flow of a full table; of equals the one made first, which a Map gives first. */
  #makeRoom(): void {
    if (this.#active.size < (this.#options.maxFlows ?? Infinity)) return;
    const oldest = [...this.#active.values()].reduce((least, flow) => (flow.lastNs < least.lastNs ? flow : least));
    this.#end(oldest, 'evicted');
    this.#counters.flowsEvicted++;
  }

  #moveClock(timestampNs: bigint): void {
    const clockNs = this.#clockNs ?? timestampNs;
    if (timestampNs < clockNs) this.#counters.timestampsBackwards++;
    if (timestampNs > clockNs + DAY_NS) this.#counters.timestampJumps++;
    if (timestampNs > clockNs) this.#tick(clockNs, timestampNs);
    this.#clockNs = timestampNs > clockNs ? timestampNs : clockNs;
  }

  /** Every multiple of 100 ms in (from, to], in order; those at which nothing can end are passed over. */
  #tick(fromNs: bigint, toNs: bigint): void {
    let tickNs = (fromNs / TICK_NS + 1n) * TICK_NS;
    while (tickNs <= toNs) {
      const due = [...this.#active.values()]
        .filter((flow) => flow.deadline(this.#timeouts).ns < tickNs)
        .sort(compareFlows);
      for (const flow of due) this.#end(flow, flow.deadline(this.#timeouts).reason);
      const earliest = [...this.#active.values()]
        .map((flow) => flow.deadline(this.#timeouts).ns)
        .reduce((a, b) => (b < a ? b : a), toNs);
      tickNs = (earliest / TICK_NS + 1n) * TICK_NS;
    }
  }

  #end(flow: ActiveFlow, reason: EndReason): void {
    this.#active.delete(keyText(flow.key));
    const record = flow.ended(reason);
    this.#flows.push(record);
    this.#options.onEnd?.(flow, record);
    this.#counters.flowsEnded++;
  }

  finish(): { flows: Flow[]; counters: FlowCounters } {
    for (const flow of [...this.#active.values()].sort(compareFlows)) this.#end(flow, 'end');
    return { flows: this.#flows, counters: { ...this.#counters, fragmentsUnmatched: this.#fragments.unmatched } };
  }
}
