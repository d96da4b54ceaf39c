/**
 * Writes flows with what they are about. The engine writes the lines; what the first bytes of a flow say goes into its
 * line as text that its row refers to. It is made once when many flows share it.
 */
import {
  CONFIG_FIRST_TEXTS,
  CONTROL,
  FIRST_KNOWN_HASH,
  FIRST_KNOWN_KEY,
  FIRST_KNOWN_SHIFT,
  FIRST_KNOWN_SIZE,
  FIRST_KNOWN_TEXT,
  FIRST_TEXTS_BYTES,
  FIRST_TEXTS_KNOWN,
  FIRST_TEXTS_SIZE,
  REFERENCE_LENGTH,
  REFERENCE_TEXT,
  TEXT_SIZE,
} from '../../assembly/layout.ts';
import { REFERENCE_TEXT_MAX, writeFieldProgram } from '../engine/field_program.ts';
import { rowAt } from '../engine/table.ts';
import type { FlowTable, RowRange } from '../engine/table.ts';
import type { FieldDefinition } from '../flow/field.ts';
import type { KnownIdentity } from '../flow/identity.ts';
import { wantedIdentities } from '../reader/flow_feed.ts';
import type { FlowFeed, RowIdentities } from '../reader/flow_feed.ts';
import type { Writer } from './flow_options.ts';
import { identifiedFormat } from './identified_formats.ts';
import type { IdentifiedFormat, IdentifiedFormatName } from './identified_formats.ts';
import type { MemberPath } from '../export/identity_paths.ts';
import type { RowLines } from '../write/conn_log.ts';
import { writeFlows } from '../write/flows.ts';
import type { RowSink } from '../write/flows.ts';

/** @param members of what flows are that are wanted, in JSON Lines and CSV; undefined: all */
export async function identifiedWriter(
  name: IdentifiedFormatName,
  fields: readonly FieldDefinition[],
  members?: readonly MemberPath[],
): Promise<Writer> {
  const makeSink = await identifiedSinks(name, fields, members);
  return async (feed, output, live = false) => writeFlows(feed, makeSink(live, feed), output);
}

/** Makes what turns the rows of a feed into lines with what they are. */
export async function identifiedSinks(
  name: IdentifiedFormatName,
  fields: readonly FieldDefinition[],
  members: readonly MemberPath[] | undefined,
): Promise<(live: boolean, feed: FlowFeed) => RowSink> {
  const format = await identifiedFormat(name, fields, members);
  return (_, feed) => identifiedSink(feed, format);
}

/** Turns the rows of the feed into lines with what they are. */
function identifiedSink(feed: FlowFeed, format: IdentifiedFormat): RowSink {
  const identities = wantedIdentities(feed);
  return format.sink((engine) => new IdentifiedLines(engine, identities, format));
}

/** Room for texts that many flows share; the rest is for those of the rows that are written at a time. Bytes. */
const SHARED_BYTES = (FIRST_TEXTS_SIZE - FIRST_TEXTS_BYTES) / 4;
/** A character of a string is this much UTF-8 at most. Bytes. */
const CHARACTER_BYTES = 3;

interface TextPlace {
  readonly at: number;
  readonly length: number;
}

/** Lines of rows, and the texts in the engine's memory that the rows refer to. */
class IdentifiedLines implements RowLines {
  readonly #engine: FlowTable;
  readonly #identities: RowIdentities;
  readonly #format: IdentifiedFormat;
  /** Address of the texts. */
  readonly #texts: number;
  /** The texts alone: `Buffer.write` cannot reach beyond 2 GiB. */
  readonly #room: Buffer;
  /** Texts that the engine fills in. */
  readonly #known: number;
  /** Longest line, with a text of REFERENCE_TEXT_MAX. Bytes. */
  readonly #lineMax: number;
  /** Of identities that flows share. */
  readonly #shared = new Map<KnownIdentity, TextPlace>();
  #sharedEnd: number;
  /** End of the texts that only one row refers to. */
  #ownEnd = 0;

  constructor(engine: FlowTable, identities: RowIdentities, format: IdentifiedFormat) {
    const { u8, data } = engine.views;
    this.#engine = engine;
    this.#identities = identities;
    this.#format = format;
    const region = data.getUint32(CONTROL + CONFIG_FIRST_TEXTS, true);
    this.#known = region + FIRST_TEXTS_KNOWN;
    this.#texts = region + FIRST_TEXTS_BYTES;
    this.#room = Buffer.from(u8.buffer, u8.byteOffset + this.#texts, FIRST_TEXTS_SIZE - FIRST_TEXTS_BYTES);
    this.#sharedEnd = this.#texts;
    this.#lineMax = writeFieldProgram(u8, format.linesWith(identities.textAt), engine.placed(format.fields));
  }

  /** Valid until the next call. */
  of(rows: RowRange): Uint8Array {
    const parts: Uint8Array[] = [];
    let first = 0;
    /** Of the texts from the first row on, what they have more than REFERENCE_TEXT_MAX. Bytes. */
    let excess = 0;
    const write = (end: number): Uint8Array =>
      this.#engine.rowsText({ ...rows, base: rowAt(rows, first), count: end - first });
    const cut = (end: number): void => {
      if (end > first) parts.push(Uint8Array.from(write(end)));
      first = end;
      excess = 0;
      this.#ownEnd = this.#texts + SHARED_BYTES;
    };
    cut(0);
    for (let n = 0; n < rows.count; ) {
      const next = this.#identities.isUnlikeKnown ? this.#engine.rowWithoutText(rows, n) : n;
      const fitting = first + Math.floor((TEXT_SIZE - excess) / this.#lineMax);
      if (next >= fitting && fitting < rows.count) {
        cut(fitting);
        n = fitting;
        continue;
      }
      if (next === rows.count) break;
      const row = rowAt(rows, next);
      const identity = this.#identities.take(row);
      const known = this.#shared.get(identity);
      const text = known === undefined ? this.#format.text(identity) : '';
      const size = text.length * CHARACTER_BYTES;
      const more = Math.max(0, size - REFERENCE_TEXT_MAX);
      const fits = (next + 1 - first) * this.#lineMax + excess + more <= TEXT_SIZE;
      if (known === undefined && !(fits && this.#hasRoom(size))) cut(next);
      excess += more;
      this.#refer(row, known ?? this.#put(identity, text));
      if (this.#shared.has(identity)) this.#tell(row);
      n = next + 1;
    }
    const last = write(rows.count);
    return parts.length === 0 ? last : Buffer.concat([...parts, last]);
  }

  #refer(row: number, { at, length }: TextPlace): void {
    const { data } = this.#engine.views;
    const { textAt } = this.#identities;
    data.setUint32(row + textAt + REFERENCE_TEXT, at, true);
    data.setUint32(row + textAt + REFERENCE_LENGTH, length, true);
  }

  /** The engine fills in the text of further flows like this one. */
  #tell(row: number): void {
    const key = this.#identities.unlikeKey(row);
    if (key === undefined) return;
    const { data } = this.#engine.views;
    const entry = this.#known + (Math.imul(key, FIRST_KNOWN_HASH) >>> FIRST_KNOWN_SHIFT) * FIRST_KNOWN_SIZE;
    data.setUint32(entry + FIRST_KNOWN_KEY, key + 1, true);
    const reference = row + this.#identities.textAt;
    data.setBigUint64(entry + FIRST_KNOWN_TEXT, data.getBigUint64(reference, true), true);
  }

  #hasRoom(size: number): boolean {
    return this.#ownEnd + size <= this.#texts + this.#room.length;
  }

  /** Returns how many bytes it takes. */
  #write(text: string, at: number): number {
    return this.#room.write(text, at - this.#texts, 'utf8');
  }

  #put(identity: KnownIdentity, text: string): TextPlace {
    const isShared = this.#identities.isShared(identity);
    const room = this.#texts + SHARED_BYTES - this.#sharedEnd;
    if (!isShared || text.length > REFERENCE_TEXT_MAX || text.length * CHARACTER_BYTES > room) {
      const at = this.#ownEnd;
      const length = this.#write(text, at);
      this.#ownEnd += length;
      return { at, length };
    }
    const place = { at: this.#sharedEnd, length: this.#write(text, this.#sharedEnd) };
    this.#sharedEnd += place.length;
    this.#shared.set(identity, place);
    return place;
  }
}
