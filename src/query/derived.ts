/** Computes the fields that follow from others: see src/flow/derived_schema.ts. */
import {
  COUNT_IP_BYTES,
  COUNT_PACKETS,
  COUNT_PAYLOAD_BYTES,
  COUNT_WIRE_BYTES,
  ROW_FIRST,
  ROW_FORWARD,
  ROW_LAST,
  ROW_REVERSE,
} from '../../assembly/layout.ts';
import type { RowBytes } from '../engine/row_bytes.ts';
import { DERIVED_DURATION, DERIVED_SERVICE, SERVICE_LENGTH_MAX } from '../flow/derived_block.ts';
import { DERIVED_FIELDS } from '../flow/derived_schema.ts';
import type { RowNumber } from './row.ts';
import { rowService } from './services.ts';

const NS_PER_SECOND = 1e9;
const BITS_PER_BYTE = 8;

function sumOf(count: number): RowNumber {
  return ({ data }, row) =>
    data.getFloat64(row + ROW_FORWARD + count, true) + data.getFloat64(row + ROW_REVERSE + count, true);
}

const bytesOf = sumOf(COUNT_IP_BYTES);
const packetsOf = sumOf(COUNT_PACKETS);

/** Nanoseconds from the time at one place of the row to that at another; exact up to 104 days. */
function nsBetween({ data }: RowBytes, from: number, to: number): number {
  const high = data.getUint32(to + 4, true) - data.getUint32(from + 4, true);
  return high * 2 ** 32 + (data.getUint32(to, true) - data.getUint32(from, true));
}

function secondsOf(bytes: RowBytes, row: number): number {
  return nsBetween(bytes, row + ROW_FIRST, row + ROW_LAST) / NS_PER_SECOND;
}

/** In a time of 0 there is no rate. */
function rateOf(count: RowNumber, factor: number): RowNumber {
  return (bytes, row) => {
    const seconds = secondsOf(bytes, row);
    return seconds === 0 ? Number.NaN : (count(bytes, row) * factor) / seconds;
  };
}

/** The derived numbers by name. A flow that does not have one has NaN. */
export const DERIVED_NUMBERS: Readonly<Record<string, RowNumber>> = {
  bytes: bytesOf,
  packets: packetsOf,
  wireBytes: sumOf(COUNT_WIRE_BYTES),
  payloadBytes: sumOf(COUNT_PAYLOAD_BYTES),
  duration: secondsOf,
  bitsPerSecond: rateOf(bytesOf, BITS_PER_BYTE),
  packetsPerSecond: rateOf(packetsOf, 1),
};

/** Writes all derived fields into the block of a row. @param blockAt offset of the block in a row */
export function derivedWriter(blockAt: number): (bytes: RowBytes, row: number) => void {
  const doubles = DERIVED_FIELDS.filter(({ store }) => store === 'f64').map(({ name, at }) => ({
    at: blockAt + at,
    value: DERIVED_NUMBERS[name] as RowNumber,
  }));
  return (bytes, row) => {
    const { data } = bytes;
    const block = row + blockAt;
    const duration = data.getBigUint64(row + ROW_LAST, true) - data.getBigUint64(row + ROW_FIRST, true);
    data.setBigUint64(block + DERIVED_DURATION, duration, true);
    for (const { at, value } of doubles) putDouble(data, row + at, value(bytes, row));
    putService(bytes, block + DERIVED_SERVICE, rowService(bytes, row));
  };
}

/** What is not there has all bits 1. */
function putDouble(data: DataView, at: number, value: number): void {
  if (Number.isNaN(value)) data.setBigUint64(at, 2n ** 64n - 1n, true);
  else data.setFloat64(at, value, true);
}

function putService({ u8 }: RowBytes, at: number, name: string | null): void {
  if (name === null) {
    u8[at] = 0xff;
    return;
  }
  const length = Math.min(name.length, SERVICE_LENGTH_MAX);
  u8[at] = length;
  for (let n = 0; n < length; n++) u8[at + 1 + n] = name.charCodeAt(n);
}
