/** What the table shows of the group `tcp`: round trips and retransmissions, of both directions. */
import { recordValue } from '../../src/engine/rows.ts';
import { placedFields } from '../../src/engine/side_records.ts';
import type { RowBytes } from '../../src/engine/row_bytes.ts';
import { fieldPath } from '../../src/flow/field.ts';
import { TCP_FIELDS } from '../../src/flow/tcp_schema.ts';
import type { TCP_COLUMNS } from '../protocol.ts';

const MS_NS = 1e6;

export interface TcpColumns {
  /** The cells of TCP_COLUMNS; empty for a flow that is not TCP. */
  cells(bytes: RowBytes, row: number): readonly [rtt: string, retransmitted: string];
  /** What a column is sorted by, the sum of both directions; -1: there is nothing. */
  readonly numbers: Readonly<Record<(typeof TCP_COLUMNS)[number], (bytes: RowBytes, row: number) => number>>;
}

/** @param options of an engine with the group */
export function tcpColumns(options: Parameters<typeof placedFields>[1]): TcpColumns {
  const fields = placedFields(TCP_FIELDS, options);
  const pair = (name: string): ((bytes: RowBytes, row: number) => readonly (number | null)[]) => {
    const [forward, reverse] = ['forward', 'reverse'].map((side) => {
      const field = fields.find((one) => fieldPath(one) === `tcp.${side}.${name}`);
      if (field === undefined) throw new TypeError(`there is no field tcp.${side}.${name}`);
      return recordValue(field);
    });
    return (bytes, row) => [forward!(bytes, row) as number | null, reverse!(bytes, row) as number | null];
  };
  const [rtt, retransmitted] = [pair('rtt.mean'), pair('retransmittedPackets')];
  const sum = (values: readonly (number | null)[]): number =>
    values.every((value) => value === null) ? -1 : values.reduce<number>((all, value) => all + (value ?? 0), 0);
  const text = (values: readonly (number | null)[], one: (value: number) => string): string =>
    values.map((value) => (value === null ? '–' : one(value))).join(' / ');
  return {
    cells(bytes, row) {
      const again = retransmitted(bytes, row);
      if (sum(again) < 0) return ['', ''];
      return [text(rtt(bytes, row), (ns) => `${(ns / MS_NS).toFixed(1)} ms`), text(again, String)];
    },
    numbers: {
      rtt: (bytes, row) => sum(rtt(bytes, row)),
      retransmitted: (bytes, row) => sum(retransmitted(bytes, row)),
    },
  };
}
