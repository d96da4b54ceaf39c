/** What flows are about, kept beside their rows: a row has the number of its own, where a text is not written. */
import { FIRST_BLOCK_TEXT, SIDE_FIRST_PAYLOAD } from '../../assembly/layout.ts';
import type { RowBytes } from '../../src/engine/row_bytes.ts';
import { blockOf, planSides } from '../../src/engine/side_records.ts';
import type { SideOptions } from '../../src/engine/side_records.ts';
import { rowAt } from '../../src/engine/table.ts';
import type { RowRange } from '../../src/engine/table.ts';
import { identityJson } from '../../src/export/identity_json.ts';
import { identityCsv, identityCsvHeader, identityName, identityText } from '../../src/export/identity_text.ts';
import { IDENTITY_NAMES } from '../../src/flow/identity.ts';
import type { KnownIdentity } from '../../src/flow/identity.ts';
import type { FlowIdentities } from '../../src/reader/flow_identities.ts';
import { escapeHostile } from '../../src/text/sanitize.ts';
import type { FlowField, IDENTIFY_COLUMNS, TextFormat } from '../protocol.ts';
import { IdentitySums } from './identity_sums.ts';
import { ranksOf } from './named_sums.ts';
import type { RowStore } from './row_store.ts';

type IdentifyColumn = (typeof IDENTIFY_COLUMNS)[number];

const COLUMN_TEXTS: Readonly<Record<IdentifyColumn, (identity: KnownIdentity) => string | undefined>> = {
  application: ({ app }) => app,
  name: identityName,
};

export class IdentityRows {
  /** Offset of the number in a row. */
  readonly #at: number;
  #known: KnownIdentity[] = [];
  /** Numbers of those that many flows share. */
  #numbers = new Map<KnownIdentity, number>();

  /** @param options of an engine with identification */
  constructor(options: SideOptions) {
    const block = blockOf(planSides(options), SIDE_FIRST_PAYLOAD);
    if (block === undefined) throw new TypeError('these rows have no place for what flows are');
    this.#at = block + FIRST_BLOCK_TEXT;
  }

  /** Takes what the flows in rows of an engine are. */
  take({ data }: RowBytes, rows: RowRange, identities: FlowIdentities): void {
    for (let n = 0; n < rows.count; n++) {
      const row = rowAt(rows, n);
      const identity = identities.take(row);
      let number = this.#numbers.get(identity);
      if (number === undefined) {
        number = this.#known.push(identity) - 1;
        if (identities.isShared(identity)) this.#numbers.set(identity, number);
      }
      data.setUint32(row + this.#at, number, true);
    }
  }

  /** What came with rows of a live capture, which have numbers in that list. */
  putAll(rows: Uint8Array, rowBytes: number, given: readonly KnownIdentity[]): void {
    const data = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
    const first = this.#known.length;
    for (const identity of given) this.#known.push(identity);
    for (let at = this.#at; at < rows.length; at += rowBytes)
      data.setUint32(at, first + data.getUint32(at, true), true);
  }

  /** What the flow in a row is. */
  peek(row: number, { data }: RowBytes): KnownIdentity {
    return this.#known[data.getUint32(row + this.#at, true)]!;
  }

  /** Rows were dropped: what only they had is forgotten. */
  keepOf(store: RowStore): void {
    const known: KnownIdentity[] = [];
    const moved = new Map<number, number>();
    for (let id = 0; id < store.count; id++) {
      const { data } = store.bytesOf(id);
      const at = store.placeOf(id) + this.#at;
      const before = data.getUint32(at, true);
      let after = moved.get(before);
      if (after === undefined) moved.set(before, (after = known.push(this.#known[before]!) - 1));
      data.setUint32(at, after, true);
    }
    const shared = [...this.#numbers].flatMap(([identity, number]): [KnownIdentity, number][] => {
      const after = moved.get(number);
      return after === undefined ? [] : [[identity, after]];
    });
    this.#known = known;
    this.#numbers = new Map(shared);
  }

  /** The cells of IDENTIFY_COLUMNS. */
  cells(bytes: RowBytes, row: number): string[] {
    const identity = this.peek(row, bytes);
    return Object.values(COLUMN_TEXTS).map((textOf) => escapeHostile(textOf(identity) ?? ''));
  }

  /** What a column is sorted by: the place of its text among all; -1: there is none. */
  numberOf(column: IdentifyColumn): (bytes: RowBytes, row: number) => number {
    const places = ranksOf(this.#known.map(COLUMN_TEXTS[column]));
    return ({ data }, row) => places[data.getUint32(row + this.#at, true)]!;
  }

  /** Sums over what flows are. */
  sums(): IdentitySums {
    return new IdentitySums((bytes, row) => this.peek(row, bytes));
  }

  /** What is known, as fields of a flow. */
  fields(bytes: RowBytes, row: number): FlowField[] {
    const identity = this.peek(row, bytes);
    return IDENTITY_NAMES.filter((name) => identity[name] !== undefined).map((name) => ({
      name: `identify.${name}`,
      value: escapeHostile(identityText(identity[name])),
      unit: null,
      doc: 'from the first bytes of the flow',
    }));
  }

  /** The header of a format with the columns of identities. */
  header(format: TextFormat, header: string): string {
    return format === 'csv' ? `${header.trimEnd()}${identityCsvHeader}\n` : header;
  }

  /** Lines of rows with what flows are before their ends, as the command writes them. */
  lines(format: TextFormat, lines: Uint8Array, rows: readonly Uint8Array[]): Uint8Array {
    const [end, textOf] = format === 'csv' ? ['\n', identityCsv] : ['}\n', identityJson];
    const texts = new TextDecoder().decode(lines).split('\n');
    const whole = rows.map((row, n) => {
      const data = new DataView(row.buffer, row.byteOffset, row.byteLength);
      const identity = this.peek(0, { u8: row, data });
      return `${texts[n]!.slice(0, texts[n]!.length + 1 - end.length)}${textOf(identity)}${end}`;
    });
    return new TextEncoder().encode(whole.join(''));
  }
}
