/** The figures of a parser, all of one moment. */
import type { EngineCounters } from '../engine/counters.ts';

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
  /** Seconds spent on delivering flows. */
  readonly timeCollecting: number;
  readonly packetsSeen: number;
  readonly packetsDelivered: number;
  readonly packetsFiltered: number;
  readonly packetsDroppedRing: number;
  /** `null`: the source does not report it. */
  readonly packetsDroppedKernel: number | null;
  readonly packetsMalformed: number;
  readonly packetsNotTracked: number;
  /** Reasons of packetsMalformed and packetsNotTracked. */
  readonly malformed: EngineCounters['malformed'];
  readonly notTracked: EngineCounters['notTracked'];
  readonly inRing: number;
  /** Delivered packets with a header field that was not captured. */
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
  /** Ended, not delivered yet. */
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
