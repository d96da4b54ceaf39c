/** Lines of conn.log: the engine's own way to write them against the steps of the field program, one by one. */
import { describe, expect, it } from 'vitest';
import { writeFieldProgram } from '../../../src/engine/field_program.ts';
import { CONN_FIELDS, connJson, connLog } from '../../../src/export/zeek.ts';
import type { ReadOptions } from '../../../src/reader/read_options.ts';
import { run } from '../harness.ts';
import { longConnection, zeekCapture } from './zeek_conversations.ts';

const FORMATS = {
  zeek: { format: connLog.format, fields: connLog.fields },
  'zeek-json': { format: connJson, fields: CONN_FIELDS },
};
const FILES = [longConnection(100), ...[1, 2, 3, 163].map((seed) => zeekCapture(seed, 100))];

/** @returns the lines of all rows, and the number of rows */
async function linesOf({ format, fields }: (typeof FORMATS)['zeek'], file: Uint8Array, options: ReadOptions) {
  let text = '';
  let count = 0;
  await run(file, {
    ...options,
    preset: 'zeek',
    onRows: (rows, engine) => {
      writeFieldProgram(engine.views.u8, format, engine.placed(fields));
      text += Buffer.from(engine.rowsText(rows)).toString('latin1');
      count += rows.count;
    },
  });
  return { text, count };
}

describe.each(Object.entries(FORMATS))('lines of %s', (_, { format, fields }) => {
  it.each([
    ['without local networks', {}],
    ['with local networks', { localNets: ['10.1.0.0/16', '2001:db8::/32'] }],
  ] as const)('are those of the field program, %s', async (_what, options) => {
    for (const file of FILES) {
      const { text, count } = await linesOf({ format, fields }, file, options);
      const usual = await linesOf({ format: { ...format, isConnLog: false }, fields }, file, options);
      expect(text).toBe(usual.text);
      expect(text.split('\n').length).toBe(count + 1);
      expect(count).toBeGreaterThan(0);
    }
  });
});
