/** Turns the engine's rows into flow records, and lets text formats look at them without making any. */
import {
  COUNTS_SIZE,
  EARLY_BIT_FLAGS,
  EARLY_BIT_HIGH,
  EARLY_COUNT,
  EARLY_ENTRIES,
  EARLY_ENTRY_BITS,
  EARLY_ENTRY_FLAGS,
  EARLY_ENTRY_GAP,
  EARLY_ENTRY_IP_BYTES,
  EARLY_ENTRY_PAYLOAD,
  EARLY_ENTRY_SIZE,
  IP_VALUE_ADDRESS,
  IP_VALUE_VERSION,
  ROW_FIRST,
  ROW_LAST,
  ROW_VERSION,
  TEXT_VALUE_HEADER,
  TEXT_VALUE_LENGTH,
} from '../../assembly/layout.ts';
import { ipv4Text, ipv6Text } from '../flow/address_text.ts';
import { fieldPath, recordKey } from '../flow/field.ts';
import type { FirstPacket } from '../flow/first_packet.ts';
import type { FieldDefinition, FieldStore } from '../flow/field.ts';
import { FLOW_FIELDS } from '../flow/schema.ts';
import { groupNull } from '../flow/groups.ts';
import type { Flow, FlowView, Moment } from '../flow/flow.ts';
import { FlowObject } from '../flow/flow_object.ts';
import { coreRecord } from '../flow/record.ts';
import { absence } from './absence.ts';
import { wordsByCode } from './words.ts';
import type { RowBytes } from './row_bytes.ts';

/** Reads one value of the row at `row`. */
type Reader = (views: RowBytes, row: number) => unknown;

const US_NS = 1000;
const SECOND_NS = 1_000_000_000;

/** The value as it lies in the row; u64 as a bigint. */
function storedReader(store: FieldStore, at: number): Reader {
  switch (store) {
    case 'address':
      return ({ u8 }, row) => (u8[row + ROW_VERSION] === 4 ? ipv4Text : ipv6Text)(u8, row + at);
    case 'ip':
      return ({ u8 }, row) =>
        (u8[row + at + IP_VALUE_VERSION] === 4 ? ipv4Text : ipv6Text)(u8, row + at + IP_VALUE_ADDRESS);
    case 'mac':
      return ({ u8 }, row) => macText(u8.subarray(row + at, row + at + MAC_SIZE));
    case 'octets':
      return ({ u8, data }, row) => base64(u8.subarray(row + at + 4, row + at + 4 + data.getUint32(row + at, true)));
    case 'packets':
      return ({ data }, row) => packetsAt(data, row + at);
    case 'list':
      return ({ data }, row) => listAt(data, row + at);
    case 'u8':
      return ({ u8 }, row) => u8[row + at];
    case 'u16':
      return ({ data }, row) => data.getUint16(row + at, true);
    case 'u32':
      return ({ data }, row) => data.getUint32(row + at, true);
    case 'u64':
      return ({ data }, row) => data.getBigUint64(row + at, true);
    case 'f64':
      return ({ data }, row) => data.getFloat64(row + at, true);
    case 'both':
      return ({ data }, row) => data.getFloat64(row + at, true) + data.getFloat64(row + at + COUNTS_SIZE, true);
    case 'span':
      return ({ data }, row) => data.getBigUint64(row + ROW_LAST, true) - data.getBigUint64(row + ROW_FIRST, true);
    case 'text':
      return ({ u8 }, row) => textAt(u8, row + at);
  }
}

const MAC_SIZE = 6;

function macText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function packetsAt(data: DataView, at: number): readonly FirstPacket[] {
  const length = data.getUint32(at + EARLY_COUNT, true);
  return Object.freeze(Array.from({ length }, (_, n) => packetAt(data, at + EARLY_ENTRIES + n * EARLY_ENTRY_SIZE)));
}

function packetAt(data: DataView, at: number): FirstPacket {
  const bits = data.getUint16(at + EARLY_ENTRY_BITS, true);
  return Object.freeze({
    dir: (bits & EARLY_BIT_HIGH) === 0 ? 0 : 1,
    ipBytes: data.getUint16(at + EARLY_ENTRY_IP_BYTES, true),
    payload: data.getUint16(at + EARLY_ENTRY_PAYLOAD, true),
    gap: data.getUint32(at + EARLY_ENTRY_GAP, true) * US_NS,
    flags: (bits & EARLY_BIT_FLAGS) === 0 ? null : data.getUint16(at + EARLY_ENTRY_FLAGS, true),
  });
}

/** Numbers u32 behind their count. */
function listAt(data: DataView, at: number): readonly number[] {
  const length = data.getUint32(at, true);
  return Object.freeze(Array.from({ length }, (_, n) => data.getUint32(at + 4 * (n + 1), true)));
}

function textAt(u8: Uint8Array, at: number): string {
  const from = at + TEXT_VALUE_HEADER;
  return String.fromCharCode(...u8.subarray(from, from + (u8[at + TEXT_VALUE_LENGTH] as number)));
}

/** The value as a record has it. */
function valueReader(field: FieldDefinition): Reader {
  const stored = storedReader(field.store, field.at);
  switch (field.type) {
    case 'time':
    case 'duration':
      return stored;
    case 'boolean':
      return (views, row) => stored(views, row) !== 0;
    case 'enum': {
      const words = wordsByCode(field);
      return ({ u8 }, row) => words[u8[row + field.at] as number] ?? words.at(-1);
    }
    default:
      return field.store === 'u64' ? (views, row) => Number(stored(views, row)) : stored;
  }
}

function nullable(field: FieldDefinition, read: Reader): Reader {
  const isAbsent = absence(field.null, field);
  return isAbsent === undefined ? read : (views, row) => (isAbsent(views, row) ? null : read(views, row));
}

/** A moment as the row has it, u64 nanoseconds, without making a bigint. */
function momentReader(at: number): (views: RowBytes, row: number) => Moment {
  return ({ data }, row) => {
    const low = data.getUint32(row + at, true);
    const high = data.getUint32(row + at + 4, true);
    // A double of the nanoseconds is off by up to 1,024 of them, so the second may be off by one.
    let seconds = Math.floor((high * 2 ** 32 + low) / SECOND_NS);
    let nanos = (low - Math.imul(seconds, SECOND_NS)) | 0;
    if (nanos < 0) {
      seconds--;
      nanos += SECOND_NS;
    } else if (nanos >= SECOND_NS) {
      seconds++;
      nanos -= SECOND_NS;
    }
    return { seconds, nanos };
  };
}

/** A row, field by field: set `row` to its address. */
class FieldView {
  row = 0;
  readonly views: RowBytes;

  constructor(views: RowBytes) {
    this.views = views;
  }
}

function defineFields(prototype: FieldView, fields: readonly FieldDefinition[]): void {
  for (const field of fields) {
    const read = nullable(field, field.type === 'time' ? momentReader(field.at) : valueReader(field));
    Object.defineProperty(prototype, fieldPath(field), {
      enumerable: true,
      get(this: FieldView) {
        return read(this.views, this.row);
      },
    });
  }
}

defineFields(FieldView.prototype, FLOW_FIELDS);

export type RowView = FieldView & FlowView;
export const RowView = FieldView as new (views: RowBytes) => RowView;

/** A view of rows that has these fields of groups as well, under their paths. @param fields as they lie in the rows */
export function rowViewWith(views: RowBytes, fields: readonly FieldDefinition[]): RowView {
  class View extends FieldView {}
  defineFields(
    View.prototype,
    fields.filter(({ group }) => group !== 'core'),
  );
  return new View(views) as RowView;
}

/** Fields of the core row: a record is made of them at once. */
const CORE_FIELDS = FLOW_FIELDS;
const CORE_READERS = Object.fromEntries(
  CORE_FIELDS.map((field) => [recordKey(field), recordValue(field)]),
) as Parameters<typeof coreRecord<RowBytes>>[0];

type Members = (views: RowBytes, row: number) => Record<string, unknown>;

/**
 * Reads rows as frozen records that hold nothing of the table. Fields of a group are in an object of the group's name,
 * which is null when the flow has none of them.
 * @param fields as they lie in the rows
 */
export function recordReader(fields: readonly FieldDefinition[]): (views: RowBytes, row: number) => object {
  const hasCore = CORE_FIELDS.every((field, n) => fields[n] === field);
  const begin = hasCore ? coreRecord(CORE_READERS) : () => new FlowObject();
  const more = memberReaders(hasCore ? fields.slice(CORE_FIELDS.length) : fields, (field) =>
    fieldPath(field).split('.'),
  );
  return (views, row) => {
    const record = begin(views, row) as FlowObject & Record<string, unknown>;
    for (const [name, read] of more) record[name] = read(views, row);
    return Object.freeze(record);
  };
}

/** The members of an object. @param pathOf names of the objects that a field is in, from this one on, and its own */
function memberReaders(
  fields: readonly FieldDefinition[],
  pathOf: (field: FieldDefinition) => readonly string[],
): [name: string, read: Reader][] {
  const names = [...new Set(fields.map((field) => pathOf(field)[0] as string))];
  return names.map((name) => {
    const members = fields.filter((field) => pathOf(field)[0] === name);
    const [only] = members as [FieldDefinition];
    if (pathOf(only).length === 1) return [recordKey({ name, type: only.type }), recordValue(only)];
    const read = objectReader(memberReaders(members, (field) => pathOf(field).slice(1)));
    const isAbsent = absence(groupNull(name), only);
    return [name, isAbsent === undefined ? read : (views, row) => (isAbsent(views, row) ? null : read(views, row))];
  });
}

function objectReader(members: readonly (readonly [name: string, read: Reader])[]): Members {
  return (views, row) => {
    const object: Record<string, unknown> = {};
    for (const [name, read] of members) object[name] = read(views, row);
    return Object.freeze(object);
  };
}

/** The value of a field as a record has it; null: the flow lacks it. */
export function recordValue(field: FieldDefinition): Reader {
  return nullable(field, valueReader(field));
}

/** The whole flow in the row at `row`. */
export const readFlow = recordReader(FLOW_FIELDS) as (views: RowBytes, row: number) => Flow;
