/** A flow's row as people and sums see it: times, sums of both directions, the cells of the table. */
import {
  COUNT_IP_BYTES,
  COUNT_PACKETS,
  ROW_DESTINATION,
  ROW_DESTINATION_PORT,
  ROW_END_REASON,
  ROW_FIRST,
  ROW_FORWARD,
  ROW_LAST,
  ROW_PROTOCOL,
  ROW_REVERSE,
  ROW_SOURCE,
  ROW_SOURCE_PORT,
  ROW_TCP_FLAGS_FORWARD,
  ROW_TCP_FLAGS_REVERSE,
  ROW_VERSION,
} from '../../assembly/layout.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, PROTOCOL_UDP } from '../../assembly/wire/numbers.ts';
import type { RowBytes } from '../../src/engine/row_bytes.ts';
import { ipv4Text, ipv6Text } from '../../src/flow/address_text.ts';
import { END_REASONS } from '../../src/flow/end_reasons.ts';
import type { Moment } from '../../src/flow/flow.ts';
import { protocolText } from '../../src/flow/numbers.ts';
import { flowEndpointText } from '../../src/text/endpoint.ts';
import { sizeText } from '../../src/text/figure_text.ts';
import { flagsText } from '../../src/text/tcp_flags.ts';
import { durationText, timeText } from '../../src/text/time_text.ts';

const WORD = 2 ** 32;
const MS_NS = 1e6;
const SECOND_NS = 1_000_000_000n;

export function packetsOf({ data }: RowBytes, row: number): number {
  return (
    data.getFloat64(row + ROW_FORWARD + COUNT_PACKETS, true) + data.getFloat64(row + ROW_REVERSE + COUNT_PACKETS, true)
  );
}

export function bytesOf({ data }: RowBytes, row: number): number {
  return (
    data.getFloat64(row + ROW_FORWARD + COUNT_IP_BYTES, true) +
    data.getFloat64(row + ROW_REVERSE + COUNT_IP_BYTES, true)
  );
}

/** Milliseconds since the epoch, to a fraction of a microsecond. */
export function firstMs({ data }: RowBytes, row: number): number {
  return timeAt(data, row + ROW_FIRST);
}

export function lastMs({ data }: RowBytes, row: number): number {
  return timeAt(data, row + ROW_LAST);
}

function timeAt(data: DataView, at: number): number {
  return (data.getUint32(at + 4, true) * WORD + data.getUint32(at, true)) / MS_NS;
}

export function durationOf({ data }: RowBytes, row: number): number {
  const high = data.getUint32(row + ROW_LAST + 4, true) - data.getUint32(row + ROW_FIRST + 4, true);
  return (high * WORD + (data.getUint32(row + ROW_LAST, true) - data.getUint32(row + ROW_FIRST, true))) / 1e9;
}

export function protocolOf({ u8 }: RowBytes, row: number): number {
  return u8[row + ROW_PROTOCOL]!;
}

export function endCodeOf({ u8 }: RowBytes, row: number): number {
  return u8[row + ROW_END_REASON]!;
}

export function destinationPortOf({ data }: RowBytes, row: number): number {
  return data.getUint16(row + ROW_DESTINATION_PORT, true);
}

export function sourcePortOf({ data }: RowBytes, row: number): number {
  return data.getUint16(row + ROW_SOURCE_PORT, true);
}

/** @param end ROW_SOURCE or ROW_DESTINATION */
export function addressOf({ u8 }: RowBytes, row: number, end: typeof ROW_SOURCE | typeof ROW_DESTINATION): string {
  return (u8[row + ROW_VERSION] === 4 ? ipv4Text : ipv6Text)(u8, row + end);
}

/** Index of SERIES. */
export function seriesOf(protocol: number): number {
  if (protocol === PROTOCOL_TCP) return 0;
  if (protocol === PROTOCOL_UDP) return 1;
  return protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6 ? 2 : 3;
}

/** The word of a code of the row. A flow that is still active has the last one. */
export function endWord(code: number): string {
  return END_REASONS.find((reason) => reason.code === code)?.word ?? 'end';
}

/** A time of the row. */
function momentAt(data: DataView, at: number): Moment {
  const ns = data.getBigUint64(at, true);
  return { seconds: Number(ns / SECOND_NS), nanos: Number(ns % SECOND_NS) };
}

/**
 * The cells of COLUMNS but those of TCP, in the words of the command's table.
 * @param about the cells of IDENTIFY_COLUMNS
 */
export function cellsOf(bytes: RowBytes, row: number, about: readonly string[]): string[] {
  const { data } = bytes;
  const flags = (at: number): string => flagsText(data.getUint16(row + at, true));
  const forward = row + ROW_FORWARD;
  const reverse = row + ROW_REVERSE;
  const count = (at: number): number => data.getFloat64(at, true);
  const protocol = protocolOf(bytes, row);
  return [
    timeText(momentAt(data, row + ROW_FIRST)),
    durationText(durationOf(bytes, row)),
    protocolText(protocol),
    flowEndpointText(addressOf(bytes, row, ROW_SOURCE), sourcePortOf(bytes, row)),
    flowEndpointText(addressOf(bytes, row, ROW_DESTINATION), destinationPortOf(bytes, row)),
    ...about,
    `${count(forward + COUNT_PACKETS)} / ${count(reverse + COUNT_PACKETS)}`,
    `${sizeText(count(forward + COUNT_IP_BYTES))} / ${sizeText(count(reverse + COUNT_IP_BYTES))}`,
    protocol === PROTOCOL_TCP ? `${flags(ROW_TCP_FLAGS_FORWARD)} / ${flags(ROW_TCP_FLAGS_REVERSE)}` : '',
    endWord(endCodeOf(bytes, row)),
  ];
}
