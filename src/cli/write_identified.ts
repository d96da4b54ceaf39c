/**
 * Writes flows with what they are about. The engine writes the line of a flow, and what its first bytes say goes between
 * its last field and its end: the bytes of one are made once when many flows share it.
 */
import { writeFieldProgram } from '../engine/field_program.ts';
import { rowAt } from '../engine/table.ts';
import type { FlowTable, RowRange } from '../engine/table.ts';
import { csv } from '../export/csv.ts';
import { jsonLines } from '../export/jsonl.ts';
import type { FieldDefinition } from '../flow/field.ts';
import type { Identity } from '../flow/identity.ts';
import type { LineFormat } from '../flow/line_format.ts';
import type { FlowIdentities } from '../reader/flow_identities.ts';
import type { Writer } from './flow_options.ts';
import { writeFlows, type RowSink } from './write_flows.ts';

const LINE_FEED = 10;

/** A line format, and what is added to its lines. */
interface IdentifiedFormat {
  readonly lines: LineFormat;
  readonly header: string;
  readonly text: (identity: Identity) => string;
  /** What ends a line behind the added text. */
  readonly end: string;
}

/** Loads what the format needs: only cells need to know the width of characters. */
export async function identifiedWriter(format: 'jsonl' | 'csv', fields: readonly FieldDefinition[]): Promise<Writer> {
  const loaded = await identifiedFormat(format);
  return async (feed, output) => {
    const { engine, identities } = feed;
    if (identities === undefined) throw new Error('the capture was opened without identification');
    // What is left out may say something of others.
    if (engine.stage !== undefined) engine.stage.onLeftOut = (row) => identities.take(row);
    await writeFlows(feed, identifiedSink(loaded, fields, identities), output);
  };
}

async function identifiedFormat(format: 'jsonl' | 'csv'): Promise<IdentifiedFormat> {
  if (format === 'jsonl') {
    const { identityJson } = await import('./identity_json.ts');
    return { lines: jsonLines, header: '', text: identityJson, end: '}\n' };
  }
  const { identityCsv, identityCsvHeader } = await import('./identity_text.ts');
  return { lines: csv, header: identityCsvHeader, text: identityCsv, end: '\n' };
}

function identifiedSink(
  format: IdentifiedFormat,
  fields: readonly FieldDefinition[],
  identities: FlowIdentities,
): RowSink {
  const splicer = new Splicer(identities, format);
  return {
    begin(engine) {
      writeFieldProgram(engine.views.u8, format.lines, engine.placed(fields));
      const header = format.lines.header(fields);
      return header === '' ? '' : `${header.trimEnd()}${format.header}\n`;
    },
    rows: (engine, rows) => splicer.lines(engine, rows),
    end: () => '',
  };
}

/** Puts what flows are into their lines. */
class Splicer {
  readonly #identities: FlowIdentities;
  readonly #format: IdentifiedFormat;
  readonly #end: Buffer;
  /** Of identities that flows share. */
  readonly #shared = new Map<Identity, Buffer>();
  #out = Buffer.alloc(2 ** 20);
  #size = 0;

  constructor(identities: FlowIdentities, format: IdentifiedFormat) {
    this.#identities = identities;
    this.#format = format;
    this.#end = Buffer.from(format.end);
  }

  /** The lines of the rows last written; valid until the next call. */
  lines(engine: FlowTable, rows: RowRange): Uint8Array {
    const bytes = engine.rowsText(rows);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#size = 0;
    let from = 0;
    for (let n = 0; n < rows.count; n++) {
      const next = text.indexOf(LINE_FEED, from) + 1;
      const added = this.#bytesOf(this.#identities.take(rowAt(rows, n)));
      this.#add(text, from, next - this.#end.length, added);
      from = next;
    }
    return this.#out.subarray(0, this.#size);
  }

  /** Adds a part of the text, and what goes behind it. */
  #add(text: Buffer, from: number, to: number, added: Buffer): void {
    const size = this.#size + to - from + added.length;
    if (size > this.#out.length) {
      const larger = Buffer.alloc(2 * size);
      this.#out.copy(larger, 0, 0, this.#size);
      this.#out = larger;
    }
    text.copy(this.#out, this.#size, from, to);
    added.copy(this.#out, size - added.length);
    this.#size = size;
  }

  #bytesOf(identity: Identity): Buffer {
    const known = this.#shared.get(identity);
    if (known !== undefined) return known;
    const bytes = Buffer.from(this.#format.text(identity) + this.#format.end);
    if (this.#identities.isShared(identity)) this.#shared.set(identity, bytes);
    return bytes;
  }
}
