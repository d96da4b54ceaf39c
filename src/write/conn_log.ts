/**
 * Writes a log with Zeek's header lines. The times in them are those of the capture's first packet and of its clock at
 * the end, so the same capture gives the same bytes. The header comes with the first flow, or at the end when there is
 * none.
 */
import { CONTROL, STATE_CLOCK, STATE_FIRST_TIME } from '../../assembly/layout.ts';
import type { FlowTable } from '../engine/table.ts';
import { writeFieldProgram } from '../engine/field_program.ts';
import type { ConnLog } from '../export/zeek.ts';
import type { RowSink } from './flows.ts';

export function logSink(log: ConnLog): RowSink {
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
      writeFieldProgram(used.views.u8, log.format, used.placed(log.fields));
      return '';
    },
    rows(used, rows) {
      const header = begun();
      const lines = used.rowsText(rows);
      return header === '' ? lines : Buffer.concat([Buffer.from(header, 'latin1'), lines]);
    },
    end: () => (engine === undefined ? '' : begun() + log.end(timeAt(engine, STATE_CLOCK))),
  };
}

function timeAt({ views }: FlowTable, word: number): bigint {
  return views.data.getBigUint64(CONTROL + word, true);
}
