/** Data records of IPFIX and NetFlow v9, which the engine writes from its rows: see assembly/out/data_records.ts. */
import {
  CONFIG_ROW_BYTES,
  CONFIG_ROWS_MAX,
  CONTROL,
  DATA,
  DATA_NOTE_SECONDS,
  DATA_NOTE_SIZE,
  DATA_NOTE_VERSION,
  DATA_NOTES,
  DATA_NOTES_MAX,
  DATA_RECORDS,
  DATA_RECORDS_SIZE,
  FORM_BYTES,
  FORM_CONSTANT,
  FORM_MILLIS,
  FORM_NTP,
  FORM_PLAIN,
  FORM_TEXT,
  FORM_UPTIME,
  PART_ABSENT,
  PART_FORM,
  PART_LAST_WORD,
  PART_LIST,
  PART_LIST_BEGIN,
  PART_LIST_FORWARD_V4,
  PART_LIST_FORWARD_V6,
  PART_LIST_PARTS,
  PART_LIST_PARTS_MAX,
  PART_LIST_REVERSE_V4,
  PART_LIST_REVERSE_V6,
  PART_LIST_WORDS,
  PART_LIST_WORDS_SIZE,
  PART_NUMBERS,
  PART_OFFSET,
  PART_SIZE,
  PART_VALUE,
  PART_WIDTH,
  ROW_FIRST,
} from '../../assembly/layout.ts';
import { recordSize } from '../flow/data_record.ts';
import type { DataPart, DataRecordFormat, PartForm } from '../flow/data_record.ts';
import type { FieldDefinition } from '../flow/field.ts';
import { ABSENCE_CODES, kindOf } from './field_program.ts';
import { rowsThatFit } from './side_records.ts';
import type { FlowTable, RowRange } from './table.ts';

const FORMS: Readonly<Record<PartForm, number>> = {
  plain: FORM_PLAIN,
  millis: FORM_MILLIS,
  ntp: FORM_NTP,
  uptime: FORM_UPTIME,
};
/** RFC 7011 §6.1.5: false, then true. */
const BOOLEANS = [2, 1];
const WIDTHS = [1, 2, 4, 8];

type SinglePart = Exclude<DataPart, { readonly bytesOf: unknown }>;

/** The records of some flows, one behind the other. */
export class DataRecords {
  readonly #engine: FlowTable;
  /** Offset in a row of the reference to its text. */
  readonly #textAt: number | undefined;
  /** Address of the next numbers of an enumeration. */
  #wordsTop = PART_LIST + PART_LIST_WORDS;
  #partsTop = 0;
  #count = 0;

  /**
   * Writes the lists of parts into the engine's memory, and how many rows may be written at a time.
   * @param textAt offset in a row of the reference to its text, where a part wants it
   * @throws {RangeError} for a field of a group that the engine does not keep, or too many fields
   */
  constructor(engine: FlowTable, { forward, reverse }: DataRecordFormat, textAt?: number) {
    this.#engine = engine;
    this.#textAt = textAt;
    const { data } = engine.views;
    this.#writeList(PART_LIST_FORWARD_V4, forward.v4);
    this.#writeList(PART_LIST_FORWARD_V6, forward.v6);
    this.#writeList(PART_LIST_REVERSE_V4, reverse?.v4 ?? []);
    this.#writeList(PART_LIST_REVERSE_V6, reverse?.v6 ?? []);
    const largest = Math.max(recordSize(forward.v4), recordSize(forward.v6));
    const perRow = reverse === undefined ? 1 : 2;
    const rows = Math.min(
      rowsThatFit(data.getUint32(CONTROL + CONFIG_ROW_BYTES, true)),
      Math.floor(DATA_NOTES_MAX / perRow),
      Math.floor(DATA_RECORDS_SIZE / (perRow * largest)),
    );
    data.setUint32(CONTROL + CONFIG_ROWS_MAX, rows, true);
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** All of them: a view of the engine's memory, valid until its rows are written again. */
  get bytes(): Uint8Array {
    return this.#engine.views.u8.subarray(DATA + DATA_RECORDS, DATA + DATA_RECORDS + DATA_RECORDS_SIZE);
  }

  /** IP version of a record: 4 or 6. */
  version(n: number): number {
    return this.#note(n, DATA_NOTE_VERSION);
  }

  /** When its flow ended: seconds since the epoch, rounded up. */
  seconds(n: number): number {
    return this.#note(n, DATA_NOTE_SECONDS);
  }

  /** Writes the records of the rows last written. */
  write(rows: RowRange): void {
    this.#count = this.#engine.rowsData(rows);
  }

  /** Time 0 of uptimes. @param time nanoseconds */
  begin(time: bigint): void {
    this.#engine.views.data.setBigUint64(PART_LIST + PART_LIST_BEGIN, time, true);
  }

  /** First packet of the first row, nanoseconds. */
  firstSeen({ base }: RowRange): bigint {
    return this.#engine.views.data.getBigUint64(base + ROW_FIRST, true);
  }

  #note(n: number, offset: number): number {
    return this.#engine.views.u32[(DATA + DATA_NOTES + n * DATA_NOTE_SIZE + offset) >> 2] as number;
  }

  #writeList(list: number, parts: readonly DataPart[]): void {
    const { data } = this.#engine.views;
    const begin = this.#partsTop;
    for (const part of parts) this.#addPart(part);
    data.setUint16(PART_LIST + list, begin, true);
    data.setUint16(PART_LIST + list + 2, this.#partsTop - begin, true);
  }

  /** @throws {RangeError} */
  #addPart(part: DataPart): void {
    if (!('bytesOf' in part)) this.#writePart(part);
    else
      for (const field of part.bytesOf)
        this.#writePart({ element: { ...part.element, length: 1 }, field, form: 'plain' });
  }

  #writePart(part: SinglePart): void {
    const { data } = this.#engine.views;
    if (this.#partsTop === PART_LIST_PARTS_MAX)
      throw new RangeError(`records of all kinds have at most ${PART_LIST_PARTS_MAX} parts`);
    const at = PART_LIST + PART_LIST_PARTS + this.#partsTop++ * PART_SIZE;
    const { length, name } = part.element;
    if ('referred' in part) return this.#writeReference(at, length);
    const isBytes = 'field' in part && (part.field.type === 'address' || part.field.type === 'mac');
    if (!isBytes && !WIDTHS.includes(length)) throw new RangeError(`${name} cannot have ${length} bytes`);
    data.setUint8(at + PART_WIDTH, length);
    if ('constant' in part) {
      data.setUint8(at + PART_FORM, FORM_CONSTANT);
      data.setUint16(at + PART_OFFSET, part.constant, true);
      return;
    }
    const [field] = this.#engine.placed([part.field]) as [FieldDefinition];
    data.setUint8(at + PART_FORM, isBytes ? FORM_BYTES : FORMS[part.form]);
    data.setUint8(at + PART_VALUE, kindOf(field).code);
    data.setUint8(at + PART_ABSENT, ABSENCE_CODES[field.null]);
    data.setUint16(at + PART_OFFSET, field.at, true);
    const words = wordNumbers(field);
    if (words.length === 0) return;
    if (this.#wordsTop + words.length > PART_LIST + PART_LIST_WORDS + PART_LIST_WORDS_SIZE)
      throw new RangeError('the enumerations have too many words');
    data.setUint8(at + PART_LAST_WORD, words.length - 1);
    data.setUint32(at + PART_NUMBERS, this.#wordsTop, true);
    this.#engine.views.u8.set(words, this.#wordsTop);
    this.#wordsTop += words.length;
  }

  #writeReference(part: number, width: number): void {
    if (this.#textAt === undefined) throw new Error('the rows refer to no text');
    const { data } = this.#engine.views;
    data.setUint8(part + PART_WIDTH, width);
    data.setUint8(part + PART_FORM, FORM_TEXT);
    data.setUint16(part + PART_OFFSET, this.#textAt, true);
  }
}

/** Numbers of IPFIX by code. As in lines, a code without a word has the last one. */
function wordNumbers({ type, words = [] }: FieldDefinition): readonly number[] {
  if (type === 'boolean') return BOOLEANS;
  const last = words.at(-1)?.ipfix ?? 0;
  const size = words.length === 0 ? 0 : Math.max(...words.map(({ code }) => code)) + 1;
  return Array.from({ length: size }, (_, code) => words.find((one) => one.code === code)?.ipfix ?? last);
}
