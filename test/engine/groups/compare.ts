/** Compares groups of the engine with their models, flow by flow: the record, the line of JSON, the columns of CSV. */
import { expect } from 'vitest';
import { writeFieldProgram } from '../../../src/engine/field_program.ts';
import type { RowRange } from '../../../src/engine/table.ts';
import type { InlineEngine } from '../../../src/engine/inline.ts';
import { csv } from '../../../src/export/csv.ts';
import { jsonLines } from '../../../src/export/jsonl.ts';
import { fieldPath } from '../../../src/flow/field.ts';
import type { FieldDefinition } from '../../../src/flow/field.ts';
import { fieldsWith } from '../../../src/flow/fields.ts';
import type { LineFormat } from '../../../src/flow/line_format.ts';
import type { ActiveFlow } from '../../models/active_flow.ts';
import { flowsOf, readCapture } from '../../models/index.ts';
import { modelOptions, run } from '../harness.ts';
import type { RunOptions } from '../harness.ts';

/** What is wanted of a flow: the members of its record that the groups add. */
export type Wanted = Readonly<Record<string, unknown>>;

/** @returns what the model gave, flow by flow */
export async function compareGroups(
  told: string,
  file: Uint8Array,
  options: RunOptions,
  want: (flow: ActiveFlow) => Wanted,
): Promise<readonly Wanted[]> {
  const wanted: Wanted[] = [];
  flowsOf(readCapture(file).records, { ...modelOptions(options), onEnd: (flow) => wanted.push(want(flow)) });
  const fields = fieldsWith(options.with ?? []).filter(({ group }) => group !== 'core');
  const json: string[] = [];
  const columns: string[] = [];
  const { flows } = await run(file, {
    ...options,
    onRows: (rows, engine) => {
      json.push(...linesOf(engine, rows, jsonLines, fields));
      columns.push(...linesOf(engine, rows, csv, fields));
    },
  });
  expect(flows.length, told).toBe(wanted.length);
  flows.forEach((flow, n) => {
    const members = wanted[n] as Wanted;
    const names = Object.keys(members);
    const ours = Object.fromEntries(names.map((name) => [name, flow[name as keyof typeof flow]]));
    expect(ours, `${told}, flow ${n}`).toEqual(members);
    expect(JSON.parse(json[n] as string), `${told}, line ${n}`).toEqual(members);
    const texts = fields.map((field) => columnOf(field, ours));
    expect(sameDecimals(columns[n] as string, fields), `${told}, columns of flow ${n}`).toBe(texts.join(','));
  });
  return wanted;
}

function linesOf(
  engine: InlineEngine,
  rows: RowRange,
  format: LineFormat,
  fields: readonly FieldDefinition[],
): string[] {
  writeFieldProgram(engine.views.u8, format, engine.placed(fields));
  // Lines of fewer rows may fit than were taken.
  expect(engine.rowsMax).toBeGreaterThanOrEqual(rows.count);
  const lines = Buffer.from(engine.rowsText(rows)).toString('latin1').split('\n').slice(0, -1);
  expect(lines.length).toBe(rows.count);
  return lines;
}

/** A line with its decimal numbers as this language spells them. */
function sameDecimals(line: string, fields: readonly FieldDefinition[]): string {
  if (line.includes('"')) return line;
  const cells = line.split(',');
  return cells.map((cell, n) => (fields[n]?.type === 'decimal' && cell !== '' ? String(Number(cell)) : cell)).join(',');
}

/** The value of the field as CSV has it. */
function columnOf(field: FieldDefinition, members: Wanted): string {
  let value: unknown = members;
  for (const name of fieldPath(field).split('.')) value = (value as Wanted | null)?.[name] ?? null;
  const text = textOf(value);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function textOf(value: unknown): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map(textOf).join(' ');
  return typeof value === 'object' ? Object.values(value).map(textOf).join(':') : String(value);
}
