/** FParserInfo: all figures of one moment. */
import { FIXED_END } from '../../assembly/layout.ts';
import { readCounters } from '../engine/counters.ts';
import type { EngineCounters } from '../engine/engine.ts';
import { readFigures } from '../engine/figures.ts';
import type { InlineEngine } from '../engine/inline.ts';
import type { Delivery } from './delivery.ts';
import { microseconds } from './flow_view.ts';

export type ParserState = 'opening' | 'running' | 'draining' | 'dead';

/**
 * Packets: packetsSeen = packetsDelivered + packetsFiltered + packetsDroppedRing + packetsMalformed +
 * packetsNotTracked + inRing. Flows: flowsStarted = flowsEnded + those active now; flowsEnded = flowsDelivered +
 * flowsDropped + flowsUncollected + flowsWaiting. Exact at every moment.
 */
export interface FParserInfo {
  readonly state: ParserState;
  /** Packets per second of capture time, smoothed: avg = 0.1 avg + 0.9 last second; 0 before the first full second. */
  readonly avgPps: number;
  /** Active flows now. */
  readonly tcpFlows: number;
  readonly udpFlows: number;
  readonly icmpFlows: number;
  readonly unknownFlows: number;
  /** Packets of active flows whose headers are stored. */
  readonly tcpPkts: number;
  readonly udpPkts: number;
  /** Packets delivered since the start. */
  readonly tcpPktsSeen: number;
  readonly udpPktsSeen: number;
  /** Seconds spent on handing flows over. */
  readonly timeCollecting: number;
  readonly packetsSeen: number;
  readonly packetsDelivered: number;
  readonly packetsFiltered: number;
  readonly packetsDroppedRing: number;
  /** `null`: the source cannot tell. */
  readonly packetsDroppedKernel: number | null;
  readonly packetsMalformed: number;
  readonly packetsNotTracked: number;
  /** Reasons of packetsMalformed and packetsNotTracked. */
  readonly malformed: EngineCounters['malformed'];
  readonly notTracked: EngineCounters['notTracked'];
  readonly inRing: number;
  /** Delivered packets of which some header field was beyond the captured bytes. */
  readonly truncated: number;
  readonly fragmentsUnmatched: number;
  readonly timestampsBackwards: number;
  readonly timestampJumps: number;
  readonly flowsStarted: number;
  readonly flowsEnded: number;
  readonly flowsEvicted: number;
  /** Given to a callback. */
  readonly flowsDelivered: number;
  readonly flowsDropped: number;
  /** Ended without a callback for their kind. */
  readonly flowsUncollected: number;
  /** Ended, not handed over yet. */
  readonly flowsWaiting: number;
  readonly callbackErrors: number;
  /** Packets that found their flow, and packets that started one. */
  readonly flowHits: number;
  readonly flowMisses: number;
  /** Bytes of table slots, flow records and stored headers in use, those of waiting flows included. */
  readonly memUsageBytes: number;
  /** Times of the first packet and the latest one seen, microseconds since the epoch; null before the first packet. */
  readonly firstRxUs: number | null;
  readonly lastRxUs: number | null;
  /** Whose clock the packet times are: that of a capture file, of this program or of the kernel. */
  readonly timestampSource: 'file' | 'user' | 'kernel';
  /** LINKTYPE_ value of the (first) interface; null before it is known. */
  readonly linkType: number | null;
}

/** Before there is an engine. */
export function blankInfo(state: ParserState): FParserInfo {
  const data = new DataView(new ArrayBuffer(FIXED_END));
  return infoOf(state, data, false, 0, { delivered: 0, uncollected: 0, callbackErrors: 0, spentMs: 0 });
}

/**
 * The figures as they stand. With the end of the capture all active flows end at once, even though the engine orders
 * and hands them over step by step.
 */
export function readInfo(state: ParserState, engine: InlineEngine, delivery: Delivery): FParserInfo {
  return infoOf(state, engine.views.data, engine.flushing, engine.memoryUsed(), delivery);
}

function infoOf(
  state: ParserState,
  data: DataView,
  over: boolean,
  memUsageBytes: number,
  delivery: Pick<Delivery, 'delivered' | 'uncollected' | 'callbackErrors' | 'spentMs'>,
): FParserInfo {
  const counters = readCounters(data);
  const figures = readFigures(data);
  const now = (count: number): number => (over ? 0 : count);
  const flowsEnded = over ? counters.flowsStarted : counters.flowsEnded;
  return Object.freeze({
    state,
    avgPps: figures.averagePps,
    tcpFlows: now(figures.activeFlows.tcp),
    udpFlows: now(figures.activeFlows.udp),
    icmpFlows: now(figures.activeFlows.icmp),
    unknownFlows: now(figures.activeFlows.other),
    tcpPkts: now(figures.stored.tcp),
    udpPkts: now(figures.stored.udp),
    tcpPktsSeen: figures.packets.tcp,
    udpPktsSeen: figures.packets.udp,
    timeCollecting: delivery.spentMs / 1000,
    packetsSeen: counters.packetsSeen,
    packetsDelivered: counters.packetsDelivered,
    packetsFiltered: counters.packetsFiltered,
    packetsDroppedRing: 0,
    packetsDroppedKernel: null,
    packetsMalformed: counters.packetsMalformed,
    packetsNotTracked: counters.packetsNotTracked,
    malformed: Object.freeze(counters.malformed),
    notTracked: Object.freeze(counters.notTracked),
    inRing: 0,
    truncated: counters.truncated,
    fragmentsUnmatched: counters.fragmentsUnmatched,
    timestampsBackwards: counters.timestampsBackwards,
    timestampJumps: counters.timestampJumps,
    flowsStarted: counters.flowsStarted,
    flowsEnded,
    flowsEvicted: counters.flowsEvicted,
    flowsDelivered: delivery.delivered,
    flowsDropped: 0,
    flowsUncollected: delivery.uncollected,
    flowsWaiting: flowsEnded - delivery.delivered - delivery.uncollected,
    callbackErrors: delivery.callbackErrors,
    flowHits: counters.flowHits,
    flowMisses: counters.flowMisses,
    memUsageBytes,
    firstRxUs: figures.firstNs === undefined ? null : microseconds(figures.firstNs),
    lastRxUs: figures.clockNs === undefined ? null : microseconds(figures.clockNs),
    timestampSource: 'file',
    linkType: figures.linkType ?? null,
  });
}
