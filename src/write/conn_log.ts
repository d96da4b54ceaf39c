/**
 * Writes a log with Zeek's header lines. The times in them are those of the capture's first packet and of its clock at
 * the end, so the same capture gives the same bytes. The header comes with the first flow, or at the end when there is
 * none.
 */
import { CONTROL, STATE_CLOCK, STATE_FIRST_TIME } from '../../assembly/layout.ts';
import type { FlowTable, RowRange } from '../engine/table.ts';
import { writeFieldProgram } from '../engine/field_program.ts';
import type { ConnLog } from '../export/zeek.ts';
import type { RowSink } from './flows.ts';

/** Lines of rows. */
export interface RowLines {
  /** Valid until the next call. */
  of(rows: RowRange): Uint8Array;
}

/** @param linesOf what writes the lines, where it is not the engine alone */
export function logSink(log: ConnLog, linesOf: (engine: FlowTable) => RowLines = plainLines(log)): RowSink {
  let lines: RowLines | undefined;
  let engine: FlowTable | undefined;
  let isBegun = false;
  const begun = (): string => {
    if (isBegun || engine === undefined) return '';
    isBegun = true;
    return log.begin(timeAt(engine, STATE_FIRST_TIME));
  };
  return {
    begin(used) {
      engine = used;
      lines = linesOf(used);
      return '';
    },
    rows(_, rows) {
      const header = begun();
      const text = lines?.of(rows) ?? NOTHING;
      return header === '' ? text : Buffer.concat([Buffer.from(header, 'latin1'), text]);
    },
    end: () => (engine === undefined ? '' : begun() + log.end(timeAt(engine, STATE_CLOCK))),
  };
}

const NOTHING = new Uint8Array();

const plainLines =
  ({ format, fields }: ConnLog) =>
  (engine: FlowTable): RowLines => {
    writeFieldProgram(engine.views.u8, format, engine.placed(fields));
    return { of: (rows) => engine.rowsText(rows) };
  };

function timeAt({ views }: FlowTable, word: number): bigint {
  return views.data.getBigUint64(CONTROL + word, true);
}
