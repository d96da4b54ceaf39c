/** Writes flows as messages of IPFIX or NetFlow v9: to a file (RFC 5655), or to a collector. */
import {
  CONFIG_FIRST_TEXTS,
  CONTROL,
  FIRST_TEXTS_BYTES,
  REFERENCE_LENGTH,
  REFERENCE_TEXT,
  ROWS_MAX,
} from '../../assembly/layout.ts';
import { DataRecords } from '../engine/data_records.ts';
import { rowAt } from '../engine/table.ts';
import type { FlowTable, RowRange } from '../engine/table.ts';
import { ExportMessages } from '../export/ipfix/messages.ts';
import type { RecordRun } from '../export/ipfix/messages.ts';
import { dataRecordFormat } from '../export/ipfix/template.ts';
import type { DataRecordFormat } from '../flow/data_record.ts';
import type { FieldDefinition } from '../flow/field.ts';
import { wantsIdentity } from '../flow/groups.ts';
import { SCHEMA_VERSION } from '../flow/schema.ts';
import type { ValuesAt } from '../options/table.ts';
import { wantedIdentities } from '../reader/flow_feed.ts';
import type { FlowFeed, RowIdentities } from '../reader/flow_feed.ts';
import type { FlowOutput } from './flow_output.ts';
import { version } from './version.ts';

export interface ExportSettings {
  readonly format: DataRecordFormat;
  readonly isNetflow9: boolean;
  /** Observation domain: u32. */
  readonly domain: number;
  /** Over UDP templates are sent again after so many seconds. */
  readonly templateRefresh: number;
}

/** What options say of messages. */
export type MessageOptions = Pick<
  ValuesAt<'read'>,
  'observationDomain' | 'templateRefresh' | 'unidirectional' | 'uniflow' | 'with'
>;

/** @throws {RangeError} when IPFIX has an element for none of the fields */
export function messageSettings(
  fields: readonly FieldDefinition[],
  { observationDomain: domain, templateRefresh, unidirectional, uniflow, with: groups }: MessageOptions,
  isNetflow9: boolean,
): ExportSettings {
  const kind = isNetflow9 ? 'netflow9' : uniflow || unidirectional ? 'uniflow' : 'biflow';
  const format = dataRecordFormat(fields, kind, unidirectional, wantsIdentity(groups));
  return { format, isNetflow9, domain, templateRefresh };
}

/** Over UDP templates are sent again after so many messages at the latest. */
const REFRESH_MESSAGES = 20_000;
const SECOND_MS = 1000;
const SECOND_NS = 1_000_000_000n;
/** NetFlow v9's uptimes are u32 milliseconds: flows may be as much earlier or later than the first one. */
const HALF_UPTIME_MS = 2 ** 31;

/**
 * Returns how many flows; early when the reader of the output has closed it.
 * @param live messages are sent at once, with the time of sending
 */
export async function writeMessages(
  feed: FlowFeed,
  output: FlowOutput,
  { format, isNetflow9, domain, templateRefresh }: ExportSettings,
  live: boolean,
): Promise<number> {
  const { engine } = feed;
  const names = ApplicationNames.of(feed);
  const records = new DataRecords(engine, format, names?.textAt);
  const messages = new ExportMessages(format, {
    isNetflow9,
    domain,
    exporter: `pcapflow ${version()}, schema ${SCHEMA_VERSION}`,
    sizeMax: output.carrier.messageMax,
    ...(live ? { now: () => Math.floor(Date.now() / SECOND_MS) } : {}),
  });
  const sender = new MessageSender(messages, output, templateRefresh * SECOND_MS);
  let isFirst = true;
  let flows = 0;
  const take = (rows: RowRange): void => {
    if (isFirst && rows.count > 0) {
      beginUptimes(messages, records, records.firstSeen(rows));
      isFirst = false;
    }
    flows += rows.count;
    names?.refer(rows);
    records.write(rows);
  };
  while (!output.gone && (await feed.advance())) {
    while (engine.closedCount > 0 && !output.gone) {
      engine.takeClosed(ROWS_MAX, take);
      await sender.send(records);
    }
    if (live) await sender.flush();
  }
  await sender.end();
  return flows;
}

/** Texts in the engine's memory that rows refer to: the names of their applications. */
class ApplicationNames {
  readonly #data: DataView;
  readonly #memory: Uint8Array;
  readonly #identities: RowIdentities;
  readonly #places = new Map<string, number>();
  readonly #texts: number;
  /** Where the next one goes. */
  #top = 0;

  private constructor({ views }: FlowTable, identities: RowIdentities) {
    this.#data = views.data;
    this.#memory = views.u8;
    this.#identities = identities;
    this.#texts = views.data.getUint32(CONTROL + CONFIG_FIRST_TEXTS, true) + FIRST_TEXTS_BYTES;
  }

  /** Undefined: the flows are not identified. */
  static of(feed: FlowFeed): ApplicationNames | undefined {
    return feed.identities && new ApplicationNames(feed.engine, wantedIdentities(feed));
  }

  /** Offset in a row of the reference. */
  get textAt(): number {
    return this.#identities.textAt;
  }

  /** Good until other rows are referred to, by this writer or another. */
  refer(rows: RowRange): void {
    this.#places.clear();
    this.#top = this.#texts;
    for (let n = 0; n < rows.count; n++) {
      const row = rowAt(rows, n);
      const name = this.#identities.take(row).app ?? '';
      const reference = row + this.textAt;
      this.#data.setUint32(reference + REFERENCE_TEXT, this.#placeOf(name), true);
      this.#data.setUint32(reference + REFERENCE_LENGTH, name.length, true);
    }
  }

  /** There are fewer names than there is room for. */
  #placeOf(name: string): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const at = this.#top;
    for (let n = 0; n < name.length; n++) this.#memory[at + n] = name.charCodeAt(n);
    this.#top += name.length;
    this.#places.set(name, at);
    return at;
  }
}

/** @param first packet of the first flow, nanoseconds */
function beginUptimes(messages: ExportMessages, records: DataRecords, first: bigint): void {
  const beginMs = Number(first / SECOND_NS) * SECOND_MS - HALF_UPTIME_MS;
  messages.begin(beginMs);
  records.begin(BigInt.asUintN(64, BigInt(beginMs) * (SECOND_NS / 1000n)));
}

/** Fills messages with records and sends them, with templates where the collector may not have them. */
class MessageSender {
  readonly #messages: ExportMessages;
  readonly #output: FlowOutput;
  readonly #refreshMs: number;
  #session: number | undefined;
  #templatesAt = 0;
  #messagesSince = 0;

  constructor(messages: ExportMessages, output: FlowOutput, refreshMs: number) {
    this.#messages = messages;
    this.#output = output;
    this.#refreshMs = refreshMs;
  }

  async send(run: RecordRun): Promise<void> {
    let done = 0;
    let at = 0;
    while (done < run.count) {
      if (this.#messages.isEmpty) await this.#begin(run.seconds(done));
      const { count, size } = this.#messages.add(run, done, at);
      done += count;
      at += size;
      if (done < run.count) await this.flush();
    }
  }

  /** Sends what there is. */
  async flush(): Promise<void> {
    if (this.#messages.isEmpty) return;
    this.#messagesSince++;
    await this.#output.addBytes(this.#messages.finish());
  }

  /** Sends the rest; without a flow at least the templates, so that a file is not empty. */
  async end(): Promise<void> {
    if (this.#session === undefined) await this.#begin(0);
    await this.flush();
  }

  /** Begins a message. @param seconds when its first flow ended */
  async #begin(seconds: number): Promise<void> {
    const { session, isLossy } = this.#output.carrier;
    const now = isLossy ? performance.now() : 0;
    const isNew = session !== this.#session;
    const isDue = isLossy && (this.#messagesSince >= REFRESH_MESSAGES || now - this.#templatesAt >= this.#refreshMs);
    if (isNew && this.#session !== undefined) this.#messages.restart();
    this.#session = session;
    if (!isNew && !isDue) return;
    this.#messages.addTemplates();
    this.#templatesAt = now;
    this.#messagesSince = 0;
    // Once in a session, before any flow: nfcapd does not count this record, and later would miss one.
    if (!isNew || !this.#messages.addExporter(seconds)) return;
    await this.flush();
    // The message may have found its collector gone, and another session begun.
    await this.#begin(seconds);
  }
}
