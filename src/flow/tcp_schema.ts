/**
 * Fields of the group `tcp`: how well a TCP connection went, as the point of capture saw it (RFC 9293). A byte is
 * retransmitted when it was seen before, and out of order when it was not but later ones were. Segments whose header
 * was cut, and fragments but the first, count nowhere here.
 */
import {
  TCP_BLOCK_COUNTS,
  TCP_BLOCK_ECN,
  TCP_BLOCK_FLAGS_FIRST,
  TCP_BLOCK_HANDSHAKE_REPEATED,
  TCP_BLOCK_HOLES_LOST,
  TCP_BLOCK_ISN,
  TCP_BLOCK_MISSING_BYTES,
  TCP_BLOCK_MSS,
  TCP_BLOCK_RETRANSMITTED_BYTES,
  TCP_BLOCK_RTT_ACK,
  TCP_BLOCK_RTT_HANDSHAKE,
  TCP_BLOCK_RTT_COUNT,
  TCP_BLOCK_RTT_MAX,
  TCP_BLOCK_RTT_MEAN,
  TCP_BLOCK_RTT_MIN,
  TCP_BLOCK_RTT_SD,
  TCP_BLOCK_RTT_SYN_ACK,
  TCP_BLOCK_SACK_PERMITTED,
  TCP_BLOCK_SELDOM,
  TCP_BLOCK_SIDES,
  TCP_BLOCK_TIMESTAMPS,
  TCP_BLOCK_TS_FIRST,
  TCP_BLOCK_TS_LAST,
  TCP_BLOCK_WINDOW_FIRST,
  TCP_BLOCK_WINDOW_MAX,
  TCP_BLOCK_WINDOW_MIN,
  TCP_BLOCK_WINDOW_SCALE,
  TCP_BLOCK_WRAPS,
  TCP_DUPLICATE_ACKS,
  TCP_ECN_ACCEPTED,
  TCP_ECN_NONE,
  TCP_ECN_OFFERED,
  TCP_GAPS,
  TCP_KEEP_ALIVES,
  TCP_OUT_OF_ORDER_PACKETS,
  TCP_RETRANSMITTED_PACKETS,
  TCP_SACK_BLOCKS,
  TCP_SELDOM_COUNTS,
  TCP_SIDE_BLOCK_SIZE,
  TCP_ZERO_WINDOWS,
} from '../../assembly/layout.ts';
import { fieldsOfDirections, NOTHING_ELSEWHERE } from './direction_fields.ts';
import type { DirectionField } from './direction_fields.ts';
import type { FieldDefinition } from './field.ts';

const U32_MAX = 2 ** 32 - 1;
const U16_MAX = 2 ** 16 - 1;
const COUNT_MAX = 2 ** 53;

/** A count of u32. */
function count(
  name: string,
  at: number,
  doc: string,
  { unit = 'packets', ipfix }: { unit?: string; ipfix?: DirectionField['ipfix'] } = {},
): DirectionField {
  return {
    name,
    type: 'u32',
    unit,
    range: [0, U32_MAX],
    null: 'notTcp',
    store: 'u32',
    at,
    doc,
    ...(ipfix === undefined ? {} : { ipfix }),
  };
}

/** One that few sides have. `from` is its place in the engine's own record, which the block copies. */
function seldom(name: string, from: number, doc: string, unit = 'packets'): DirectionField {
  return count(name, TCP_BLOCK_SELDOM + from - TCP_SELDOM_COUNTS, doc, { unit });
}

/** Segments with the flag of this bit. */
function flagCount(flag: string, bit: number, ipfix?: DirectionField['ipfix']): DirectionField {
  const name = `${flag.toLowerCase()}Count`;
  return count(name, TCP_BLOCK_COUNTS + 4 * bit, `Segments with ${flag}.`, ipfix === undefined ? {} : { ipfix });
}

function bytes(name: string, at: number, doc: string): DirectionField {
  return { name, type: 'u64', unit: 'bytes', range: [0, COUNT_MAX], null: 'notTcp', store: 'u64', at, doc };
}

function window(name: string, at: number, doc: string, ipfix?: DirectionField['ipfix']): DirectionField {
  return {
    ...{ name, type: 'u16', unit: 'bytes, not scaled', range: [0, U16_MAX], null: 'sentinel', store: 'u32', at, doc },
    ...(ipfix === undefined ? {} : { ipfix }),
  } as DirectionField;
}

/** A number of 32 bits that may have any value, so that it is stored wider. */
function any32(name: string, at: number, doc: string, ipfix?: DirectionField['ipfix']): DirectionField {
  return {
    ...{ name, type: 'u32', unit: null, range: [0, U32_MAX], null: 'sentinel', store: 'u64', at, doc },
    ...(ipfix === undefined ? {} : { ipfix }),
  } as DirectionField;
}

function flag(name: string, at: number, rule: FieldDefinition['null'], doc: string): DirectionField {
  return { name, type: 'boolean', unit: null, range: null, null: rule, store: 'u8', at, doc };
}

function time(name: string, at: number, doc: string): DirectionField {
  return { name, type: 'u64', unit: 'ns', range: [0, COUNT_MAX], null: 'sentinel', store: 'u64', at, doc };
}

function meanTime(name: string, at: number, doc: string): DirectionField {
  return { name, type: 'decimal', unit: 'ns', range: [0, COUNT_MAX], null: 'sentinel', store: 'f64', at, doc };
}

const DIRECTION: readonly DirectionField[] = [
  {
    name: 'flagsFirst',
    type: 'u16',
    unit: 'TCP flags',
    range: [0, 4095],
    null: 'sentinel',
    store: 'u16',
    at: TCP_BLOCK_FLAGS_FIRST,
    doc: 'Flags of the first segment.',
  },
  flagCount('FIN', 0, [219, 'tcpFinTotalCount', 8]),
  flagCount('SYN', 1, [218, 'tcpSynTotalCount', 8]),
  flagCount('RST', 2, [220, 'tcpRstTotalCount', 8]),
  flagCount('PSH', 3, [221, 'tcpPshTotalCount', 8]),
  flagCount('ACK', 4, [222, 'tcpAckTotalCount', 8]),
  flagCount('URG', 5, [223, 'tcpUrgTotalCount', 8]),
  flagCount('ECE', 6),
  flagCount('CWR', 7),
  flagCount('AE', 8),
  any32('isn', TCP_BLOCK_ISN, 'Sequence number of the first SYN.', [184, 'tcpSequenceNumber', 4]),
  window('windowFirst', TCP_BLOCK_WINDOW_FIRST, 'Window of the first segment.', [186, 'tcpWindowSize', 2]),
  window('windowMin', TCP_BLOCK_WINDOW_MIN, 'Least window.'),
  window('windowMax', TCP_BLOCK_WINDOW_MAX, 'Greatest window.'),
  {
    name: 'windowScale',
    type: 'u8',
    unit: 'bits',
    range: [0, 255],
    null: 'sentinel',
    store: 'u16',
    at: TCP_BLOCK_WINDOW_SCALE,
    doc: 'Window scale of the first SYN as it was sent (RFC 7323); null as well when the option was not there.',
    ipfix: [238, 'tcpWindowScale', 2],
  },
  {
    name: 'mss',
    type: 'u16',
    unit: 'bytes',
    range: [0, U16_MAX],
    null: 'sentinel',
    store: 'u32',
    at: TCP_BLOCK_MSS,
    doc: 'Maximum segment size of the first SYN; null as well when the option was not there.',
  },
  flag(
    'sackPermitted',
    TCP_BLOCK_SACK_PERMITTED,
    'sentinel',
    'The first SYN permits selective acknowledgement (RFC 2018).',
  ),
  flag('timestamps', TCP_BLOCK_TIMESTAMPS, 'sentinel', 'The first SYN has time stamps (RFC 7323).'),
  seldom('sackBlocks', TCP_SACK_BLOCKS, 'Segments with selective acknowledgements (RFC 2018).'),
  any32('tsFirst', TCP_BLOCK_TS_FIRST, 'TSval of the first segment with time stamps (RFC 7323).'),
  any32('tsLast', TCP_BLOCK_TS_LAST, 'TSval of the last segment with time stamps (RFC 7323).'),
  seldom(
    'retransmittedPackets',
    TCP_RETRANSMITTED_PACKETS,
    'Segments with bytes that were seen before, and none that fill a hole.',
  ),
  bytes('retransmittedBytes', TCP_BLOCK_RETRANSMITTED_BYTES, 'Bytes that were seen before.'),
  seldom('outOfOrderPackets', TCP_OUT_OF_ORDER_PACKETS, 'Segments that fill a hole, or a part of one.'),
  seldom('gaps', TCP_GAPS, 'Holes: sequence numbers that were passed over.', 'holes'),
  bytes('missingBytes', TCP_BLOCK_MISSING_BYTES, 'Bytes of holes that were not filled.'),
  flag(
    'holesLost',
    TCP_BLOCK_HOLES_LOST,
    'notTcp',
    'More than 4 holes were open: the lowest were given up, and what fills them counts as retransmitted.',
  ),
  seldom('keepAlives', TCP_KEEP_ALIVES, 'Keep-alive segments (RFC 9293 §3.8.4): at most one byte, the last one again.'),
  seldom('zeroWindows', TCP_ZERO_WINDOWS, 'Segments without SYN, FIN and RST whose window is 0.'),
  seldom('duplicateAcks', TCP_DUPLICATE_ACKS, 'Duplicate acknowledgements (RFC 5681 §2).'),
  count('sequenceWraps', TCP_BLOCK_WRAPS, 'Times that the sequence numbers passed 2^32.', { unit: 'wraps' }),
  count(
    'rtt.n',
    TCP_BLOCK_RTT_COUNT,
    'Measured times from a segment to its acknowledgement, one at a time (RFC 6298 §3).',
    { unit: 'samples' },
  ),
  time('rtt.min', TCP_BLOCK_RTT_MIN, 'Least of these times: between the point of capture and the receiver, and back.'),
  meanTime('rtt.mean', TCP_BLOCK_RTT_MEAN, 'Mean of these times.'),
  meanTime('rtt.sd', TCP_BLOCK_RTT_SD, 'Standard deviation of these times (of the sample: n-1); 0 for one.'),
  time('rtt.max', TCP_BLOCK_RTT_MAX, 'Greatest of these times.'),
];

const WHOLE = { group: 'tcp', opposite: null, ipfix: [], as: NOTHING_ELSEWHERE } as const;

export const TCP_FIELDS: readonly FieldDefinition[] = [
  ...fieldsOfDirections('tcp', DIRECTION, TCP_BLOCK_SIDES, TCP_SIDE_BLOCK_SIZE),
  {
    ...WHOLE,
    name: 'ecn',
    type: 'enum',
    unit: null,
    range: null,
    null: 'notTcp',
    store: 'u8',
    at: TCP_BLOCK_ECN,
    words: [
      { code: TCP_ECN_NONE, word: 'none', ipfix: 0, doc: 'the SYN does not offer it, or was not seen' },
      { code: TCP_ECN_OFFERED, word: 'offered', ipfix: 1, doc: 'the SYN offers it' },
      { code: TCP_ECN_ACCEPTED, word: 'accepted', ipfix: 2, doc: 'the SYN+ACK accepts it' },
    ],
    doc: 'Explicit congestion notification (RFC 3168), accurate or not (RFC 9768).',
  },
  { ...WHOLE, ...time('rttSynAck', TCP_BLOCK_RTT_SYN_ACK, 'From the last bare SYN to its SYN+ACK.'), ipfix: [] },
  { ...WHOLE, ...time('rttAck', TCP_BLOCK_RTT_ACK, 'From the SYN+ACK to its acknowledgement.'), ipfix: [] },
  { ...WHOLE, ...time('rttHandshake', TCP_BLOCK_RTT_HANDSHAKE, 'Sum of `rttSynAck` and `rttAck`.'), ipfix: [] },
  {
    ...WHOLE,
    ...flag(
      'handshakeRepeated',
      TCP_BLOCK_HANDSHAKE_REPEATED,
      'notTcp',
      'A bare SYN came more than once: `rttSynAck` may be that of another one.',
    ),
    ipfix: [],
  },
];
