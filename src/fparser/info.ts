/** FParserInfo: all figures of one moment. */
import { FIXED_END } from '../../assembly/layout.ts';
import { readCounters } from '../engine/counters.ts';
import { readFigures } from '../engine/figures.ts';
import type { FlowTable } from '../engine/table.ts';
import type { Delivery } from './delivery.ts';
import { microseconds } from './flow_view.ts';
import type { FParserInfo, ParserState } from './parser_info.ts';

/** Before there is an engine. */
export function blankInfo(state: ParserState): FParserInfo {
  const data = new DataView(new ArrayBuffer(FIXED_END));
  return infoOf(state, data, false, 0, { delivered: 0, uncollected: 0, callbackErrors: 0, spentMs: 0 });
}

/**
 * The figures as they stand. With the end of the capture all active flows end at once, even though the engine orders
 * and hands them over step by step.
 */
export function readInfo(state: ParserState, engine: FlowTable, delivery: Delivery): FParserInfo {
  return engine.locked(() => infoOf(state, engine.views.data, engine.flushing, engine.memoryUsed(), delivery));
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
