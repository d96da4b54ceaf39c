/**
 * Messages of IPFIX (RFC 7011 §3.1) and export packets of NetFlow v9 (RFC 3954 §5.1): a header, then sets of templates and of
 * data records. A message is as long as its carrier allows. A set ends when the next record has another template.
 */
import { recordSize } from '../../flow/data_record.ts';
import type { DataRecordFormat } from '../../flow/data_record.ts';
import { domainOptions, OPTIONS_TEMPLATE, TEMPLATE_V4, TEMPLATE_V6, templateRecord } from './template.ts';
import type { OptionsRecord } from './template.ts';

/** Some data records behind each other. */
export interface RecordRun {
  readonly count: number;
  readonly bytes: Uint8Array;
  /** IP version of a record: 4 or 6. */
  version(n: number): number;
  /** When its flow ended: seconds since the epoch, rounded up. */
  seconds(n: number): number;
}

export interface MessageOptions {
  readonly isNetflow9: boolean;
  /** Observation domain, or source ID in NetFlow v9: u32. */
  readonly domain: number;
  /** Who exports: the name of the domain in IPFIX. ASCII. */
  readonly exporter: string;
  /** Bytes of a message at most. */
  readonly sizeMax: number;
  /** Export time in seconds; undefined: when the last flow of the message ended, so that it depends on nothing else. */
  readonly now?: () => number;
}

const SET_HEADER = 4;
const U32 = 2 ** 32;
/** Number of the set that has templates, or options templates. */
const IPFIX_TEMPLATES = 2;
const IPFIX_OPTIONS_TEMPLATES = 3;
const NETFLOW9_TEMPLATES = 0;

export class ExportMessages {
  readonly #options: MessageOptions;
  readonly #buffer: Uint8Array;
  readonly #view: DataView;
  readonly #headerSize: number;
  readonly #templates: readonly Uint8Array[];
  /** Undefined: NetFlow v9, which has no element for it. */
  readonly #exporter: OptionsRecord | undefined;
  readonly #sizes: { readonly v4: number; readonly v6: number };
  /** End of the message so far. */
  #end: number;
  /** Where the open set begins, and its template; 0: none is open. */
  #setAt = 0;
  #setNumber = 0;
  /** In the message: data records, that of options as well; with templates. */
  #records = 0;
  #all = 0;
  #exportSeconds = 0;
  #sequence = 0;
  /** Milliseconds since the epoch: time 0 of NetFlow v9's uptimes. */
  #beginMs = 0;

  /** @throws {RangeError} when a message has no room for the templates, or for a record */
  constructor(format: DataRecordFormat, options: MessageOptions) {
    const { v4, v6 } = format.forward;
    this.#options = options;
    this.#buffer = new Uint8Array(options.sizeMax);
    this.#view = new DataView(this.#buffer.buffer);
    this.#headerSize = options.isNetflow9 ? 20 : 16;
    this.#end = this.#headerSize;
    this.#templates = [templateRecord(TEMPLATE_V4, v4), templateRecord(TEMPLATE_V6, v6)];
    this.#sizes = { v4: recordSize(v4), v6: recordSize(v6) };
    this.#exporter = options.isNetflow9 ? undefined : domainOptions(options.domain, options.exporter);
    const { template, record } = this.#exporter ?? {};
    const described = template === undefined ? 0 : 2 * SET_HEADER + template.length + (record?.length ?? 0);
    const templates = this.#templates.reduce((sum, { length }) => sum + length, described);
    const least = this.#headerSize + SET_HEADER + Math.max(templates, this.#sizes.v4, this.#sizes.v6) + 2 * PADDING_MAX;
    if (least > options.sizeMax)
      throw new RangeError(
        `a message has ${options.sizeMax} bytes, and templates or a record need ${least}; raise --message-size, or choose --fields`,
      );
  }

  /** Has the message anything in it? */
  get isEmpty(): boolean {
    return this.#all === 0;
  }

  /** Time 0 of NetFlow v9's uptimes. @param beginMs since the epoch */
  begin(beginMs: number): void {
    this.#beginMs = beginMs;
  }

  /** Begins another session: numbers of messages begin again. Call it between messages. */
  restart(): void {
    this.#sequence = 0;
  }

  /** Puts the templates into the message, which must be empty. */
  addTemplates(): void {
    this.#beginSet(this.#options.isNetflow9 ? NETFLOW9_TEMPLATES : IPFIX_TEMPLATES);
    for (const template of this.#templates) {
      this.#buffer.set(template, this.#end);
      this.#end += template.length;
      this.#all++;
    }
    if (this.#exporter !== undefined) this.#addWhole(IPFIX_OPTIONS_TEMPLATES, this.#exporter.template);
  }

  /**
   * Puts the record that says who exports behind the templates. False: NetFlow v9 has none.
   * @param seconds export time at least
   */
  addExporter(seconds: number): boolean {
    if (this.#exporter === undefined) return false;
    this.#addWhole(OPTIONS_TEMPLATE, this.#exporter.record);
    this.#records++;
    this.#exportSeconds = Math.max(this.#exportSeconds, seconds);
    return true;
  }

  /** A set of one record. */
  #addWhole(set: number, record: Uint8Array): void {
    this.#beginSet(set);
    this.#buffer.set(record, this.#end);
    this.#end += record.length;
    this.#all++;
  }

  /**
   * Adds records from number `first` on, at byte `at` of their run, until the message is full.
   * @returns how many, and their bytes
   */
  add(run: RecordRun, first: number, at: number): { readonly count: number; readonly size: number } {
    let count = 0;
    let size = 0;
    while (first + count < run.count) {
      const version = run.version(first + count);
      const length = version === 4 ? this.#sizes.v4 : this.#sizes.v6;
      const number = version === 4 ? TEMPLATE_V4 : TEMPLATE_V6;
      const isNew = this.#setNumber !== number;
      const room = this.#options.sizeMax - PADDING_MAX - this.#end - (isNew ? SET_HEADER + PADDING_MAX : 0);
      let fitting = 0;
      while ((fitting + 1) * length <= room && first + count + fitting < run.count) {
        if (run.version(first + count + fitting) !== version) break;
        fitting++;
      }
      if (fitting === 0) break;
      if (isNew) this.#beginSet(number);
      this.#buffer.set(run.bytes.subarray(at + size, at + size + fitting * length), this.#end);
      this.#end += fitting * length;
      size += fitting * length;
      for (let n = 0; n < fitting; n++)
        this.#exportSeconds = Math.max(this.#exportSeconds, run.seconds(first + count + n));
      count += fitting;
    }
    this.#records += count;
    this.#all += count;
    return { count, size };
  }

  /** The message, valid until something is added to the next one, which begins. */
  finish(): Uint8Array {
    this.#endSet();
    const seconds = this.#options.now?.() ?? this.#exportSeconds;
    if (this.#options.isNetflow9) this.#writeNetflow9Header(seconds);
    else this.#writeIpfixHeader(seconds);
    const message = this.#buffer.subarray(0, this.#end);
    this.#end = this.#headerSize;
    this.#records = 0;
    this.#all = 0;
    return message;
  }

  /** The number of an IPFIX message is that of the data records before it. */
  #writeIpfixHeader(seconds: number): void {
    this.#view.setUint16(0, 10);
    this.#view.setUint16(2, this.#end);
    this.#view.setUint32(4, seconds % U32);
    this.#view.setUint32(8, this.#sequence);
    this.#view.setUint32(12, this.#options.domain);
    this.#sequence = (this.#sequence + this.#records) % U32;
  }

  /** The number of an export packet is that of the packets before it. */
  #writeNetflow9Header(seconds: number): void {
    const uptime = seconds * 1000 - this.#beginMs;
    this.#view.setUint16(0, 9);
    this.#view.setUint16(2, this.#all);
    this.#view.setUint32(4, ((uptime % U32) + U32) % U32);
    this.#view.setUint32(8, seconds % U32);
    this.#view.setUint32(12, this.#sequence);
    this.#view.setUint32(16, this.#options.domain);
    this.#sequence = (this.#sequence + 1) % U32;
  }

  #beginSet(number: number): void {
    this.#endSet();
    this.#setAt = this.#end;
    this.#setNumber = number;
    this.#view.setUint16(this.#end, number);
    this.#end += SET_HEADER;
  }

  /** Its length is known now. A set of NetFlow v9 ends at a multiple of four bytes (RFC 3954 §5.3). */
  #endSet(): void {
    if (this.#setAt === 0) return;
    while (this.#options.isNetflow9 && this.#end % 4 !== 0) this.#buffer[this.#end++] = 0;
    this.#view.setUint16(this.#setAt + 2, this.#end - this.#setAt);
    this.#setAt = 0;
    this.#setNumber = 0;
  }
}

/** Bytes behind the records of a set, at most. */
const PADDING_MAX = 3;
