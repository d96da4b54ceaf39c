/** conn.log of a capture in memory, as the engine writes it in the format zeek-json. */
import { ROWS_MAX } from '../../../assembly/layout.ts';
import { writeFieldProgram } from '../../../src/engine/field_program.ts';
import { InlineEngine } from '../../../src/engine/inline.ts';
import { CONN_FIELDS, connJson } from '../../../src/export/zeek.ts';
import { CaptureReader } from '../../../src/reader/capture_reader.ts';
import { BytesSource, checkSum, optionsOf, testedEngine, type RunOptions } from '../harness.ts';
import type { EngineCounters } from '../../../src/engine/counters.ts';

/** A line, with Zeek's names. */
export type ConnLine = Readonly<Record<string, string | number | boolean | undefined>>;

export interface ConnRun {
  readonly lines: readonly ConnLine[];
  readonly counters: EngineCounters;
}

export async function connLines(file: Uint8Array, options: RunOptions = {}): Promise<ConnRun> {
  const settings = optionsOf({ maxFlows: 20_000, ...options, preset: 'zeek' });
  const engine = await InlineEngine.create(await testedEngine(), settings);
  const reader = new CaptureReader(engine, {
    count: 1,
    open: async () => new BytesSource('capture', file, Infinity),
    yieldToEventLoop: async () => {},
  });
  await reader.start();
  writeFieldProgram(engine.views.u8, connJson, engine.placed(CONN_FIELDS));
  let text = '';
  while (await reader.advance()) {
    while (engine.closedCount > 0) {
      text += engine.takeClosed(ROWS_MAX, (rows) => Buffer.from(engine.rowsText(rows)).toString('latin1'));
    }
  }
  reader.close();
  const counters = engine.counters();
  checkSum(counters);
  const lines = text.split('\n').filter((line) => line !== '');
  return { lines: lines.map((line) => JSON.parse(line) as ConnLine), counters };
}
