/** FParserInfo: all figures of one moment. */
import { FIXED_END } from '../../assembly/layout.ts';
import { readCounters } from '../engine/counters.ts';
import type { EngineCounters } from '../engine/counters.ts';
import { readFigures } from '../engine/figures.ts';
import type { EngineFigures } from '../engine/figures.ts';
import type { FlowTable } from '../engine/table.ts';
import type { Delivery } from './delivery.ts';
import { microseconds } from './flow_view.ts';
import type { FParserInfo, ParserState } from './parser_info.ts';
import type { ParserParts } from './parser_parts.ts';

type Handed = Pick<Delivery, 'delivered' | 'uncollected' | 'callbackErrors' | 'spentMs'>;
type Table = Pick<FlowTable, 'flushing' | 'packetsDroppedRing' | 'packetsInRing' | 'flowsDropped'>;
type Origin = Pick<FParserInfo, 'packetsDroppedKernel' | 'timestampSource'>;

const FILE: Origin = { packetsDroppedKernel: null, timestampSource: 'file' };

/** Before there is an engine. */
export function blankInfo(state: ParserState, timestampSource: FParserInfo['timestampSource']): FParserInfo {
  const data = new DataView(new ArrayBuffer(FIXED_END));
  const table: Table = { flushing: false, packetsDroppedRing: 0, packetsInRing: 0, flowsDropped: 0 };
  const handed: Handed = { delivered: 0, uncollected: 0, callbackErrors: 0, spentMs: 0 };
  return infoOf(state, readCounters(data), readFigures(data), table, 0, handed, { ...FILE, timestampSource });
}

/**
 * The current figures. When the capture ends all active flows count as ended at once, although the engine orders and
 * delivers them step by step.
 */
export function readInfo(state: ParserState, { engine, delivery, live }: ParserParts): FParserInfo {
  const origin = live === undefined ? FILE : live.source;
  return engine.locked(() =>
    infoOf(state, engine.counters(), engine.figures(), engine, engine.memoryUsed(), delivery, origin),
  );
}

function infoOf(
  state: ParserState,
  counters: EngineCounters,
  figures: EngineFigures,
  table: Table,
  memUsageBytes: number,
  delivery: Handed,
  origin: Origin,
): FParserInfo {
  const over = table.flushing;
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
    packetsDroppedRing: table.packetsDroppedRing,
    packetsDroppedKernel: origin.packetsDroppedKernel,
    packetsMalformed: counters.packetsMalformed,
    packetsNotTracked: counters.packetsNotTracked,
    malformed: Object.freeze(counters.malformed),
    notTracked: Object.freeze(counters.notTracked),
    inRing: table.packetsInRing,
    truncated: counters.truncated,
    fragmentsUnmatched: counters.fragmentsUnmatched,
    timestampsBackwards: counters.timestampsBackwards,
    timestampJumps: counters.timestampJumps,
    flowsStarted: counters.flowsStarted,
    flowsEnded,
    flowsEvicted: counters.flowsEvicted,
    flowsDelivered: delivery.delivered,
    flowsDropped: table.flowsDropped,
    flowsUncollected: delivery.uncollected,
    flowsWaiting: flowsEnded - delivery.delivered - delivery.uncollected - table.flowsDropped,
    callbackErrors: delivery.callbackErrors,
    flowHits: counters.flowHits,
    flowMisses: counters.flowMisses,
    memUsageBytes,
    firstRxUs: figures.firstNs === undefined ? null : microseconds(figures.firstNs),
    lastRxUs: figures.lastNs === undefined ? null : microseconds(figures.lastNs),
    timestampSource: origin.timestampSource,
    linkType: figures.linkType ?? null,
  });
}
