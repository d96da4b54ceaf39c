/** The engine's counters. */
import {
  CONFIG_DEDUP,
  CONFIG_FIRST_CHUNKS_MAX,
  CONTROL,
  COUNTER_BACKWARDS,
  COUNTER_BEYOND_SNAPLEN,
  COUNTER_DUPLICATES_FORGOTTEN,
  COUNTER_FIRST_GAP,
  COUNTER_FIRST_POOL_EMPTY,
  COUNTER_FLOWS_ENDED,
  COUNTER_FLOWS_EVICTED,
  COUNTER_FLOWS_STARTED,
  COUNTER_FRAGMENTS_EVICTED,
  COUNTER_FRAGMENTS_FORGOTTEN,
  COUNTER_FRAGMENTS_UNMATCHED,
  COUNTER_JUMPS,
  COUNTER_LATE,
  COUNTER_LONGEST_PROBE,
  COUNTER_MISSES,
  COUNTER_OUTLIERS,
  COUNTER_RESTARTS,
  COUNTER_SEEN,
  COUNTER_TABLE_FULL,
  COUNTER_TRUNCATED,
  COUNTER_UNTIMED,
  COUNTER_VERDICTS,
  COUNTER_WIRE_BYTES,
  COUNTER_WIRE_TOO_SHORT,
  VERDICT_CHECKSUM,
  VERDICT_DUPLICATE,
  VERDICT_FILTERED,
  VERDICT_HEADER_TRUNCATED,
  VERDICT_IP_CHECKSUM,
  VERDICT_IP_EXTENSION,
  VERDICT_IP_HEADER_LENGTH,
  VERDICT_IP_TOTAL_LENGTH,
  VERDICT_IP_TRUNCATED,
  VERDICT_IP_VERSION,
  VERDICT_LINK_TRUNCATED,
  VERDICT_NOT_IP,
  VERDICT_PORTS_MISSING,
  VERDICT_PORTS_TRUNCATED,
  VERDICT_TCP_OFFSET,
  VERDICT_UNSUPPORTED_LINK,
} from '../../assembly/layout.ts';
import { readPackets, sumClasses } from './figures.ts';
import { counterAt } from './u64.ts';

/** Counters of the engine. Packets: seen = delivered + filtered + malformed + notTracked, at every moment. */
export interface EngineCounters {
  readonly packetsSeen: number;
  readonly packetsDelivered: number;
  readonly packetsFiltered: number;
  readonly packetsMalformed: number;
  readonly packetsNotTracked: number;
  /** Reasons of packetsMalformed. Those of `tcpOffset` still count for their flows: their ports are readable. */
  readonly malformed: {
    readonly linkTruncated: number;
    readonly ipTruncated: number;
    readonly ipVersion: number;
    readonly ipHeaderLength: number;
    readonly ipTotalLength: number;
    readonly ipExtension: number;
    readonly portsTruncated: number;
    readonly portsMissing: number;
    readonly tcpOffset: number;
    /** Wrong checksum of the IPv4 header, with `checksums: 'drop'`. */
    readonly ipChecksum: number;
    /** Wrong checksum of TCP, UDP or ICMP, with `checksums: 'drop'`. */
    readonly checksum: number;
    /** Transport header not captured whole, or in another fragment; with the preset `zeek`. */
    readonly headerTruncated: number;
  };
  /** Reasons of packetsNotTracked. */
  readonly notTracked: {
    readonly notIp: number;
    readonly unsupportedLinkType: number;
    readonly noRoom: number;
    /** Only with `dedup`: copies of packets that were seen. */
    readonly duplicate?: number;
  };
  /** Bytes on the wire of all packets seen. */
  readonly wireBytes: number;
  /** Delivered packets with a header field that was not captured. */
  readonly truncated: number;
  /** Packets with more captured bytes than the snaplen of their interface: what is beyond it is not looked at. */
  readonly beyondSnaplen: number;
  /** Packets that have more captured bytes than their record says were on the wire: those count. */
  readonly wireLengthsTooShort: number;
  /** Later fragments whose first one was not seen within 60 s; they are in flows without ports. */
  readonly fragmentsUnmatched: number;
  /** Those of them that would have waited longer for it, but too many were waiting. */
  readonly fragmentsEvicted: number;
  /** First fragments dropped early because too many were pending. */
  readonly fragmentsForgotten: number;
  readonly timestampsBackwards: number;
  /** Those of them that are behind by more than the flow timeout: flows may be cut in two. */
  readonly timestampsLate: number;
  /** Packets without a time, or with one before 1970 or after 2554: they have that of their neighbours in the file. */
  readonly timestampsUnknown: number;
  /** Packets dated more than a day ahead of the latest before them, confirmed by the next packet. */
  readonly timestampJumps: number;
  /** Packets dated more than a day away from their neighbours, each in a flow of its own. */
  readonly timestampOutliers: number;
  /** Times that the clock began again because all packets that came were more than a day behind it. */
  readonly clockRestarts: number;
  readonly flowsStarted: number;
  readonly flowsEnded: number;
  readonly flowsEvicted: number;
  readonly flowHits: number;
  readonly flowMisses: number;
  /** Most slots probed for one insertion. */
  readonly longestProbe: number;
  /** Only with `dedup`: packets that were forgotten while copies of them might still have come. */
  readonly duplicatesForgotten?: number;
  /** Only with identification: flows whose first bytes found no memory. */
  readonly identifyPoolEmpty?: number;
  /** Only with identification: flows whose first bytes had too many holes. */
  readonly identifyPrefixGap?: number;
}

export function readCounters(data: DataView): EngineCounters {
  const at = (offset: number): number => counterAt(data, offset);
  const verdict = (number: number): number => at(COUNTER_VERDICTS + 8 * number);
  const sum = (reasons: Readonly<Record<string, number>>): number => Object.values(reasons).reduce((a, b) => a + b, 0);
  const dedups = data.getBigUint64(CONTROL + CONFIG_DEDUP, true) !== 0n;
  const malformed = {
    linkTruncated: verdict(VERDICT_LINK_TRUNCATED),
    ipTruncated: verdict(VERDICT_IP_TRUNCATED),
    ipVersion: verdict(VERDICT_IP_VERSION),
    ipHeaderLength: verdict(VERDICT_IP_HEADER_LENGTH),
    ipTotalLength: verdict(VERDICT_IP_TOTAL_LENGTH),
    ipExtension: verdict(VERDICT_IP_EXTENSION),
    portsTruncated: verdict(VERDICT_PORTS_TRUNCATED),
    portsMissing: verdict(VERDICT_PORTS_MISSING),
    tcpOffset: verdict(VERDICT_TCP_OFFSET),
    ipChecksum: verdict(VERDICT_IP_CHECKSUM),
    checksum: verdict(VERDICT_CHECKSUM),
    headerTruncated: verdict(VERDICT_HEADER_TRUNCATED),
  };
  const notTracked = {
    notIp: verdict(VERDICT_NOT_IP),
    unsupportedLinkType: verdict(VERDICT_UNSUPPORTED_LINK),
    noRoom: at(COUNTER_TABLE_FULL),
    ...(dedups ? { duplicate: verdict(VERDICT_DUPLICATE) } : {}),
  };
  const packetsDelivered = sumClasses(readPackets(data));
  return {
    packetsSeen: at(COUNTER_SEEN),
    packetsDelivered,
    packetsFiltered: verdict(VERDICT_FILTERED),
    packetsMalformed: sum(malformed),
    packetsNotTracked: sum(notTracked),
    malformed,
    notTracked,
    wireBytes: at(COUNTER_WIRE_BYTES),
    truncated: at(COUNTER_TRUNCATED),
    beyondSnaplen: at(COUNTER_BEYOND_SNAPLEN),
    wireLengthsTooShort: at(COUNTER_WIRE_TOO_SHORT),
    fragmentsUnmatched: at(COUNTER_FRAGMENTS_UNMATCHED),
    fragmentsEvicted: at(COUNTER_FRAGMENTS_EVICTED),
    fragmentsForgotten: at(COUNTER_FRAGMENTS_FORGOTTEN),
    timestampsBackwards: at(COUNTER_BACKWARDS),
    timestampsLate: at(COUNTER_LATE),
    timestampsUnknown: at(COUNTER_UNTIMED),
    timestampJumps: at(COUNTER_JUMPS),
    timestampOutliers: at(COUNTER_OUTLIERS),
    clockRestarts: at(COUNTER_RESTARTS),
    flowsStarted: at(COUNTER_FLOWS_STARTED),
    flowsEnded: at(COUNTER_FLOWS_ENDED),
    flowsEvicted: at(COUNTER_FLOWS_EVICTED),
    flowHits: packetsDelivered - at(COUNTER_MISSES),
    flowMisses: at(COUNTER_MISSES),
    longestProbe: at(COUNTER_LONGEST_PROBE),
    ...(dedups ? { duplicatesForgotten: at(COUNTER_DUPLICATES_FORGOTTEN) } : {}),
    ...(data.getUint32(CONTROL + CONFIG_FIRST_CHUNKS_MAX, true) === 0
      ? {}
      : { identifyPoolEmpty: at(COUNTER_FIRST_POOL_EMPTY), identifyPrefixGap: at(COUNTER_FIRST_GAP) }),
  };
}
