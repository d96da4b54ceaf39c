/** Orders rows by a column. What is equal stays in the order in which the flows ended. */
import { ROW_DESTINATION, ROW_SOURCE, ROW_TCP_FLAGS_FORWARD, ROW_VERSION } from '../../assembly/layout.ts';
import type { RowBytes } from '../../src/engine/row_bytes.ts';
import { END_REASONS } from '../../src/flow/end_reasons.ts';
import type { Column } from '../protocol.ts';
import {
  bytesOf,
  destinationPortOf,
  durationOf,
  endCodeOf,
  firstMs,
  packetsOf,
  protocolOf,
  sourcePortOf,
} from './flow_row.ts';
import type { RowStore } from './row_store.ts';

type NumberOf = (bytes: RowBytes, row: number) => number;

/** End reasons are in the order of their words. */
function endRank(): NumberOf {
  const sorted = END_REASONS.toSorted((a, b) => (a.word < b.word ? -1 : 1));
  const ranks = new Map<number, number>(sorted.map(({ code }, rank) => [code, rank]));
  return (bytes, row) => ranks.get(endCodeOf(bytes, row)) ?? sorted.length;
}

const NUMBERS: Readonly<Partial<Record<Column, () => NumberOf>>> = {
  firstSeen: () => firstMs,
  duration: () => durationOf,
  protocol: () => protocolOf,
  packets: () => packetsOf,
  bytes: () => bytesOf,
  tcpFlagsForward:
    () =>
    ({ data }, row) =>
      data.getUint16(row + ROW_TCP_FLAGS_FORWARD, true),
  endReason: endRank,
};

/** What a column is sorted by; undefined: by its endpoint, or it has nothing. */
export function numberOf(column: Column): NumberOf | undefined {
  return NUMBERS[column]?.();
}

export interface SortBy {
  readonly column: Column;
  readonly number: NumberOf | undefined;
  readonly descending: boolean;
}

/** Sorts the ids in place. */
export function sortIds(ids: Uint32Array, store: RowStore, { column, number, descending }: SortBy): void {
  const sign = descending ? -1 : 1;
  if (number === undefined) {
    const end = column === 'srcAddress' ? ROW_SOURCE : ROW_DESTINATION;
    const port = column === 'srcAddress' ? sourcePortOf : destinationPortOf;
    ids.sort((a, b) => sign * compareEndpoints(store, a, b, end, port) || a - b);
    return;
  }
  const keys = new Float64Array(store.count);
  for (const id of ids) keys[id] = number(store.bytesOf(id), store.placeOf(id));
  ids.sort((a, b) => sign * (keys[a]! - keys[b]!) || a - b);
}

/** IPv4 before IPv6, then by number, then by port. */
function compareEndpoints(store: RowStore, a: number, b: number, end: number, port: NumberOf): number {
  const [one, other] = [store.bytesOf(a), store.bytesOf(b)];
  const [at, otherAt] = [store.placeOf(a), store.placeOf(b)];
  const version = one.u8[at + ROW_VERSION]! - other.u8[otherAt + ROW_VERSION]!;
  if (version !== 0) return version;
  const words = one.u8[at + ROW_VERSION] === 4 ? 1 : 4;
  for (let word = 0; word < words; word++) {
    const difference = one.data.getUint32(at + end + 4 * word) - other.data.getUint32(otherAt + end + 4 * word);
    if (difference !== 0) return difference;
  }
  return port(one, at) - port(other, otherAt);
}
