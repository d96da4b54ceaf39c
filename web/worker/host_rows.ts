/**
 * Who is behind the flows of a live capture, kept beside their rows: where the engine has the number of a flow, which
 * means nothing here, a row has that of its process.
 */
import { ROW_FLOW } from '../../assembly/layout.ts';
import type { RowBytes } from '../../src/engine/row_bytes.ts';
import type { KnownHost } from '../../src/query/host_fields.ts';
import { escapeHostile } from '../../src/text/sanitize.ts';
import type { FlowField, Share } from '../protocol.ts';
import { NamedSums, quoted, ranksOf } from './named_sums.ts';
import type { RowStore } from './row_store.ts';
import type { FurtherSums } from './totals.ts';

/** Processes of a name are one. */
const nameOf = ({ process }: KnownHost): string | undefined => process?.name;

export class HostRows {
  #known: KnownHost[] = [];
  /** Their numbers, by what they are. */
  #numbers = new Map<string, number>();

  /** What came with rows, which have numbers in that list. */
  putAll(rows: Uint8Array, rowBytes: number, given: readonly KnownHost[]): void {
    const data = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
    const numbers = given.map((host) => this.#numberOf(host));
    for (let at = ROW_FLOW; at < rows.length; at += rowBytes)
      data.setUint32(at, numbers[data.getUint32(at, true)]!, true);
  }

  #numberOf(host: KnownHost): number {
    const key = JSON.stringify(host);
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.#known.push(host) - 1));
    return number;
  }

  /** Who is behind the flow in a row. */
  peek(row: number, { data }: RowBytes): KnownHost {
    return this.#known[data.getUint32(row + ROW_FLOW, true)]!;
  }

  /** Rows were dropped: who only had them is forgotten. */
  keepOf(store: RowStore): void {
    const before = this.#known;
    this.#known = [];
    this.#numbers = new Map();
    for (let id = 0; id < store.count; id++) {
      const { data } = store.bytesOf(id);
      const at = store.placeOf(id) + ROW_FLOW;
      data.setUint32(at, this.#numberOf(before[data.getUint32(at, true)]!), true);
    }
  }

  /** `curl/4711`, safe to be shown. */
  cell(bytes: RowBytes, row: number): string {
    const { process } = this.peek(row, bytes);
    return process === null ? '' : escapeHostile(`${process.name}/${process.pid}`);
  }

  /** What the column is sorted by: the place of the name among all; -1: there is none. */
  number(): (bytes: RowBytes, row: number) => number {
    const places = ranksOf(this.#known.map(nameOf));
    return ({ data }, row) => places[data.getUint32(row + ROW_FLOW, true)]!;
  }

  /** What is known, as fields of a flow. */
  fields(bytes: RowBytes, row: number): FlowField[] {
    const { process, direction, evidence, namespace } = this.peek(row, bytes);
    const all = {
      'process.name': process?.name,
      'process.pid': process?.pid,
      'process.user': process?.user ?? process?.uid,
      direction,
      evidence,
      namespace,
    };
    return Object.entries(all).flatMap(([name, value]) =>
      value === null || value === undefined
        ? []
        : [{ name, value: escapeHostile(String(value)), unit: null, doc: 'from the socket of the flow on this host' }],
    );
  }

  /** Sums over processes. */
  sums(): FurtherSums {
    const processes = new NamedSums();
    return {
      add: (chunk, rows, count, packetsOf, bytesOf) => {
        for (let n = 0; n < count; n++) {
          const name = nameOf(this.peek(rows[n]!, chunk));
          if (name !== undefined) processes.add(name, packetsOf[n]!, bytesOf[n]!);
        }
      },
      shares: (): { readonly processes: readonly Share[] } => ({
        processes: processes.largest((name) => `process.name = ${quoted(name)}`),
      }),
    };
  }
}
