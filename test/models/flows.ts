/**
 * The slow model of the whole engine: records in, flows out in the order in which they end. Maps, arrays and bigint; no
 * wheel, no table. It is what the engine is compared with, so it shares no code with it.
 */

import { ActiveFlow, compareFlows, type CutRules, type FlowPacket, type Timeouts } from './active_flow.ts';
import { decode, type DecodedPacket } from './decode.ts';
import { Fragments, needsFirst, waitNs } from './fragments.ts';
import { datagramText } from './ip.ts';
import { keyOf, keyText, upperOfOrphan, type FlowKey, type Side, type Upper } from './key.ts';
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
  /** When a SYN begins a new flow; default pcapflow's own rules. */
  readonly cutRules?: CutRules;
  /** Later fragments: to the flow of their first one (default), or to a flow without ports. */
  readonly fragments?: 'attribute' | 'port0';
  readonly decapsulate?: boolean;
  /** Most flows at a time, at least 1; default no limit. */
  readonly maxFlows?: number;
  /** Limits of memory; default none. */
  readonly memory?: MemoryLimits;
  readonly snaplen?: number;
  /** Records that are let through; default all. It sees the record cut to `snaplen`. */
  readonly filter?: (record: CapturedFrame) => boolean;
  /** Called with each flow as it ends: its packets, for models of what is computed from them. */
  readonly onEnd?: (flow: ActiveFlow, record: Flow) => void;
}

/** Memory is used by flows and by the index, which has a slot for each flow and as many free ones, a power of two. */
export interface MemoryLimits {
  readonly softBytes: number;
  readonly hardBytes: number;
  readonly flowBytes: number;
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
  /** Those that are by more than the flow timeout. */
  timestampsLate: number;
  /** Records without a time. */
  timestampsUnknown: number;
  /** Records more than a day later than the latest before them, confirmed by the record behind them. */
  timestampJumps: number;
  /** Records more than a day away that were not confirmed. */
  timestampOutliers: number;
  /** Records more than a day earlier that were: the clock began again. */
  clockRestarts: number;
  flowsStarted: number;
  flowsEnded: number;
  flowsEvicted: number;
}

const TICK_NS = 100_000_000n;
const DAY_NS = 86_400_000_000_000n;
const FOREVER_NS = 1n << 70n;
/** Of the index. */
const SLOTS_MIN = 1024;
const SLOT_BYTES = 8;
/** SYNs held at a time. */
const HELD_MAX = 64;

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
    timestampsLate: 0,
    timestampsUnknown: 0,
    timestampJumps: 0,
    timestampOutliers: 0,
    clockRestarts: 0,
    flowsStarted: 0,
    flowsEnded: 0,
    flowsEvicted: 0,
  };
  #clockNs: bigint | undefined;
  /** A record that is not believed yet, and the flow of its packet. */
  #suspect: { readonly ns: bigint; flow: ActiveFlow | undefined } | undefined;
  /** Flows that hold a SYN, in the order of holding. */
  readonly #holding: ActiveFlow[] = [];
  /** Of the index, which does not shrink. */
  #slots = SLOTS_MIN;

  constructor(options: FlowOptions) {
    this.#options = options;
    this.#direction = options.direction ?? 'bi';
    this.#timeouts = {
      idleNs: options.flowTimeoutNs ?? 600_000_000_000n,
      finNs: options.finTimeoutNs ?? 30_000_000_000n,
      activeNs: options.activeTimeoutNs ?? 0n,
      rules: options.cutRules ?? 'usual',
    };
  }

  take(record: CapturedFrame): void {
    const counters = this.#counters;
    counters.packetsSeen++;
    const timestampNs = this.#timeOf(record);
    const believed = this.#moveClock(timestampNs);
    const seen = this.#options.snaplen ? { ...record, bytes: record.bytes.subarray(0, this.#options.snaplen) } : record;
    if (this.#options.filter?.(seen) === false) {
      counters.packetsFiltered++;
      return;
    }
    const packet = decode(record, this.#options);
    this.#fragments.note(packet.firstFragments, timestampNs);
    if (packet.kind === 'packet') {
      this.#take(packet, timestampNs, believed);
      this.#evictIdle();
    } else if (packet.kind === 'malformed') counters.packetsMalformed++;
    else counters.packetsNotTracked++;
    if (packet.kind === 'malformed') for (const { datagram } of packet.firstFragments) this.#fragments.refuse(datagram);
  }

  #timeOf({ timestampNs, untimed }: CapturedFrame): bigint {
    if (untimed === undefined) return timestampNs;
    this.#counters.timestampsUnknown++;
    return untimed === 'next' && timestampNs > 0n ? timestampNs : (this.#suspect?.ns ?? this.#clockNs ?? 0n);
  }

  #take(packet: DecodedPacket, timestampNs: bigint, believed: boolean): void {
    // Malformed, but of a known flow.
    if (packet.badOffset === true) this.#counters.packetsMalformed++;
    else this.#counters.packetsDelivered++;
    if (packet.truncated) this.#counters.truncated++;
    const fragments = this.#fragments;
    const upper = fragments.upperOf(packet, timestampNs, this.#options.fragments ?? 'attribute');
    if (believed) this.#settleFirsts(packet, timestampNs);
    const { fragment, version } = packet;
    if (upper === undefined && believed && needsFirst(fragment?.protocol ?? 0, version, this.#direction)) {
      fragments.wait(packet, timestampNs, this.#clockNs ?? 0n);
      return;
    }
    if (upper === undefined) this.#counters.fragmentsUnmatched++;
    this.#deliver(packet, upper ?? upperOfOrphan(packet), timestampNs, believed);
  }

  /** Of the packets from the outermost to this one, those that are first fragments. */
  #settleFirsts(packet: DecodedPacket, timestampNs: bigint): void {
    const { message: _message, ...rest } = packet;
    for (const { upper } of packet.firstFragments)
      if (upper !== undefined) this.#bringLater({ ...rest, ...upper }, timestampNs);
    if (packet.fragment?.first === true && packet.chainCut) this.#fragments.refuse(datagramText(packet));
  }

  /** Fragments that waited for this first one go to its flow, unless it finds that flow over. */
  #bringLater(packet: DecodedPacket, timestampNs: bigint): void {
    const later = this.#fragments.takeFor(packet, timestampNs);
    if (later.length === 0) return;
    const { key, side } = keyOf(packet, packet, this.#direction);
    this.#flowFor(key, packet, side, timestampNs);
    // One of them may be the flow's first packet.
    const { message } = packet;
    for (const one of later) {
      const fragment = message === undefined ? one.packet : { ...one.packet, message };
      this.#deliver(fragment, packet, one.timestampNs, true);
    }
  }

  /** The active flow that the packet belongs to; an older one of its key is ended. */
  #flowFor(key: FlowKey, packet: DecodedPacket, side: Side, timestampNs: bigint): ActiveFlow | undefined {
    let flow = this.#active.get(keyText(key));
    if (flow?.held !== undefined) flow = this.#settleHeld(flow, packet, side);
    const cut = flow?.cutBy(packet, timestampNs, this.#timeouts);
    if (flow === undefined || cut === undefined) return flow;
    this.#end(flow, cut);
    return undefined;
  }

  /** Fragments that have waited too long at this tick go to flows without ports. */
  #releaseWaiting(tickNs: bigint): void {
    const { waiting } = this.#fragments;
    for (let one = waiting[0]; one !== undefined && one.untilNs <= tickNs; one = waiting[0]) {
      waiting.shift();
      this.#counters.fragmentsUnmatched++;
      this.#deliver(one.packet, upperOfOrphan(one.packet), one.timestampNs, true);
    }
  }

  #deliver(packet: DecodedPacket, upper: Upper, timestampNs: bigint, believed: boolean): void {
    const { key, side } = keyOf(packet, upper, this.#direction);
    if (this.#suspect !== undefined && !believed) {
      this.#makeRoom();
      this.#suspect.flow = this.#make(key, packet, side, timestampNs);
      return;
    }
    const flow = this.#flowFor(key, packet, side, timestampNs);
    if (flow === undefined) this.#start(key, packet, side, timestampNs);
    else if (this.#timeouts.rules === 'usual' && flow.mayBegin(packet, timestampNs))
      this.#hold(flow, packet, side, timestampNs);
    else {
      flow.add(packet, side, timestampNs);
      this.#endIfClosed(flow);
    }
  }

  #make(key: FlowKey, packet: DecodedPacket, side: Side, timestampNs: bigint): ActiveFlow {
    const flow = new ActiveFlow(key, this.#direction, packet, side, timestampNs);
    this.#counters.flowsStarted++;
    flow.add(packet, side, timestampNs);
    return flow;
  }

  /** Undefined: there is no room, since the only flow that there may be is not believed yet. */
  #start(key: FlowKey, packet: DecodedPacket, side: Side, timestampNs: bigint): ActiveFlow | undefined {
    if (!this.#makeRoom()) {
      this.#counters.packetsDelivered--;
      this.#counters.packetsNotTracked++;
      return;
    }
    const flow = this.#make(key, packet, side, timestampNs);
    this.#activate(flow);
    this.#endIfClosed(flow);
    return flow;
  }

  #activate(flow: ActiveFlow): void {
    this.#active.set(keyText(flow.key), flow);
    if (2 * this.#active.size > this.#slots) this.#slots *= 2;
  }

  #endIfClosed(flow: ActiveFlow): void {
    if (flow.closed !== undefined && this.#timeouts.finNs === 0n) this.#end(flow, flow.closed);
  }

  #hold(flow: ActiveFlow, packet: DecodedPacket, side: Side, timestampNs: bigint): void {
    if (this.#holding.length === HELD_MAX) this.#returnSyn(this.#holding[0] as ActiveFlow);
    flow.hold(packet, side, timestampNs);
    this.#holding.push(flow);
  }

  #takeSyn(flow: ActiveFlow): FlowPacket | undefined {
    this.#holding.splice(this.#holding.indexOf(flow), 1);
    return flow.takeHeld();
  }

  /** The held SYN is one of the flow's own. */
  #returnSyn(flow: ActiveFlow): void {
    const held = this.#takeSyn(flow);
    if (held !== undefined) flow.add(held.packet, held.side, held.timestampNs);
  }

  /** The flow of the key when the packet behind a held SYN has said what that was. */
  #settleHeld(flow: ActiveFlow, packet: DecodedPacket, side: Side): ActiveFlow | undefined {
    if (!flow.isAnswer(packet, side)) {
      this.#returnSyn(flow);
      return flow;
    }
    const syn = this.#takeSyn(flow) as FlowPacket;
    this.#end(flow, 'idle');
    return this.#start(flow.key, syn.packet, syn.side, syn.timestampNs);
  }

  /** Does another flow fit below the limits? Evicts until it does. */
  #makeRoom(): boolean {
    const { maxFlows = Infinity, memory } = this.#options;
    const isFull = (): boolean =>
      this.#flowCount >= maxFlows || (memory !== undefined && this.#usedBytes + memory.flowBytes > memory.hardBytes);
    while (isFull()) {
      if (this.#active.size === 0) return false;
      this.#evict(this.#least((a, b) => (a.rank !== b.rank ? a.rank < b.rank : a.lastNs < b.lastNs)));
    }
    return true;
  }

  /** With the one that is not believed yet. */
  get #flowCount(): number {
    return this.#active.size + (this.#suspect?.flow === undefined ? 0 : 1);
  }

  get #usedBytes(): number {
    return this.#flowCount * (this.#options.memory?.flowBytes ?? 0) + this.#slots * SLOT_BYTES;
  }

  /**
   * Between the limits, of which fraction f is used: flows idle for at least (1 - f) times the longest idle time end,
   * the longest idle first, until no more than the soft limit is used.
   */
  #evictIdle(): void {
    const { memory } = this.#options;
    if (memory === undefined) return;
    const { softBytes, hardBytes } = memory;
    let shortest: number | undefined;
    for (let used = this.#usedBytes; used > softBytes && this.#active.size > 0; used = this.#usedBytes) {
      const flow = this.#least((a, b) => a.lastNs < b.lastNs);
      const idle = Number((this.#clockNs as bigint) - flow.lastNs);
      shortest ??= (1 - Math.min(1, (used - softBytes) / (hardBytes - softBytes))) * idle;
      if (idle === 0 || idle < shortest) return;
      this.#evict(flow);
    }
  }

  /** The active flow that is before the others; of equals the one made first, which a Map gives first. */
  #least(isBefore: (a: ActiveFlow, b: ActiveFlow) => boolean): ActiveFlow {
    return [...this.#active.values()].reduce((least, flow) => (isBefore(flow, least) ? flow : least));
  }

  #evict(flow: ActiveFlow): void {
    this.#end(flow, 'evicted');
    this.#counters.flowsEvicted++;
  }

  /** Is the time believed? One far from the clock is when the next one is near it. */
  #moveClock(timestampNs: bigint): boolean {
    this.#clockNs ??= timestampNs;
    if (this.#suspect !== undefined) this.#settle(this.#isNear(timestampNs, this.#suspect.ns));
    const clockNs = this.#clockNs;
    if (timestampNs < clockNs) this.#counters.timestampsBackwards++;
    if (!this.#isNear(timestampNs, clockNs)) {
      this.#suspect = { ns: timestampNs, flow: undefined };
      return false;
    }
    if (timestampNs + this.#timeouts.idleNs < clockNs) this.#counters.timestampsLate++;
    if (timestampNs > clockNs) {
      this.#tick(clockNs, timestampNs);
      this.#clockNs = timestampNs;
    }
    return true;
  }

  #isNear(a: bigint, b: bigint): boolean {
    const { idleNs, finNs } = this.#timeouts;
    const reach = [DAY_NS, idleNs, finNs].reduce((most, one) => (one > most ? one : most));
    return (a > b ? a - b : b - a) <= reach;
  }

  #settle(confirmed: boolean): void {
    const { ns, flow } = this.#suspect as { readonly ns: bigint; flow: ActiveFlow | undefined };
    const clockNs = this.#clockNs as bigint;
    if (!confirmed) {
      this.#suspect = undefined;
      this.#counters.timestampOutliers++;
      if (flow !== undefined) this.#end(flow, 'idle');
      return;
    }
    if (ns > clockNs) {
      this.#counters.timestampJumps++;
      this.#tick(clockNs, ns);
    } else {
      this.#counters.clockRestarts++;
      this.#releaseWaiting(FOREVER_NS);
      for (const other of [...this.#active.values()].sort(compareFlows)) this.#end(other, 'end');
      this.#slots = SLOTS_MIN;
    }
    this.#suspect = undefined;
    this.#clockNs = ns;
    if (flow === undefined) return;
    const other = this.#active.get(keyText(flow.key));
    if (other !== undefined) this.#end(other, other.closed ?? 'idle');
    this.#activate(flow);
    this.#endIfClosed(flow);
  }

  /** Every multiple of 100 ms in (from, to], in order; those at which nothing can end are passed over. */
  #tick(fromNs: bigint, toNs: bigint): void {
    let tickNs = (fromNs / TICK_NS + 1n) * TICK_NS;
    while (tickNs <= toNs) {
      this.#releaseWaiting(tickNs);
      const due = [...this.#active.values()].filter((flow) => this.#overNs(flow) < tickNs).sort(compareFlows);
      for (const flow of due) this.#end(flow, flow.deadline(this.#timeouts).reason);
      const earliest = [...this.#active.values()]
        .map((flow) => this.#overNs(flow))
        .reduce((a, b) => (b < a ? b : a), toNs);
      const next = [(earliest / TICK_NS + 1n) * TICK_NS, this.#fragments.waiting[0]?.untilNs ?? FOREVER_NS];
      tickNs = next.reduce((a, b) => (b < a ? b : a));
    }
  }

  /** When nothing more can belong to the flow. Fragments that waited may still join one without ports. */
  #overNs(flow: ActiveFlow): bigint {
    const { protocol, version, lowPort, highPort, icmp } = flow.key;
    const { ns } = flow.deadline(this.#timeouts);
    const numbers = [lowPort, highPort, icmp.class, icmp.id];
    const attributed = (this.#options.fragments ?? 'attribute') === 'attribute';
    const mayGrow = attributed && numbers.every((n) => n === 0) && needsFirst(protocol, version, this.#direction);
    return mayGrow ? ns + waitNs : ns;
  }

  #end(flow: ActiveFlow, reason: EndReason): void {
    if (flow.held !== undefined) this.#returnSyn(flow);
    if (this.#active.get(keyText(flow.key)) === flow) this.#active.delete(keyText(flow.key));
    const record = flow.ended(reason);
    this.#flows.push(record);
    this.#options.onEnd?.(flow, record);
    this.#counters.flowsEnded++;
  }

  finish(): { flows: Flow[]; counters: FlowCounters } {
    this.#releaseWaiting(FOREVER_NS);
    const left = [...this.#active.values()];
    if (this.#suspect !== undefined) this.#counters.timestampOutliers++;
    if (this.#suspect?.flow !== undefined) left.push(this.#suspect.flow);
    for (const flow of left.sort(compareFlows)) this.#end(flow, 'end');
    return { flows: this.#flows, counters: this.#counters };
  }
}
