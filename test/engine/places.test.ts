import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { newFields, newWords, placeField, placeWord } from '../../.ci/places.mjs';
import { checkLayout } from './layout_check.ts';
import { layoutText } from './layout_text.ts';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const LAYOUT = layoutText();
const ROW = read('assembly/layout/row.ts');
const CONTROL = read('assembly/layout/control_further.ts');
const TTL = { name: 'ROW_TTL', type: 'u8', unit: 'number', doc: 'hop limit of the first packet' };
const LIMIT = { name: 'CONFIG_LIMIT', type: 'u64', unit: 'ns', doc: 'option limit: most of it' };

/** A list with one entry. */
const listOf = (...members: readonly string[]): string =>
  `[\n  {\n${members.map((one) => `    ${one},\n`).join('')}  },\n]`;

/** The layout with another row or control block. */
function withPart(part: string, changed: string): string {
  expect(LAYOUT).toContain(part);
  return LAYOUT.replace(part, () => changed);
}

/** The value of a constant. */
const offsetOf = (text: string, name: string): number => Number(new RegExp(`const ${name} = (\\d+)`).exec(text)?.[1]);

describe('the place of a new field', () => {
  it('is named by the schema, with its type and what it means', () => {
    const schema = listOf("name: 'ttl'", 'unit: null', "store: 'u8'", 'at: ROW_TTL', "doc: 'Hop limit. Of it.'");
    expect(newFields(schema, LAYOUT)).toEqual([{ ...TTL, doc: 'hop limit' }]);
    expect(newFields(read('src/flow/schema.ts'), LAYOUT)).toEqual([]);
    expect(() => newFields(schema.replace("'u8'", "'address'"), LAYOUT)).toThrow(/ROW_TTL.*address/);
  });

  it.each([
    ['one field', [TTL]],
    ['two of different widths', [TTL, { ...TTL, name: 'ROW_MORE', type: 'u32' }]],
    ['a wide one behind a narrow one', [TTL, { ...TTL, name: 'ROW_WIDE', type: 'u64', unit: 'ns' }]],
  ])('leaves the layout whole: %s', (_, fields) => {
    const row = fields.reduce(placeField, ROW);
    expect(checkLayout(withPart(ROW, row))).toEqual([]);
    expect(offsetOf(row, 'ROW_TTL')).toBeGreaterThanOrEqual(160);
    expect(offsetOf(row, 'ROW_SIZE') % 8).toBe(0);
  });
});

describe('the place of a new option of the engine', () => {
  it('is named by its word, with its width', () => {
    const list = listOf(
      "name: 'limit'",
      "type: 'duration'",
      "help: 'most of it'",
      'word: { at: CONFIG_LIMIT, bits: 64 }',
    );
    expect(newWords(list, LAYOUT)).toEqual([LIMIT]);
    expect(newWords(read('src/options/flow_options.ts'), LAYOUT)).toEqual([]);
  });

  it('leaves the layout whole', () => {
    const words = [
      { ...LIMIT, type: 'u32', name: 'CONFIG_NARROW' },
      LIMIT,
      { ...LIMIT, type: 'u32', name: 'CONFIG_LAST' },
    ];
    const control = words.reduce(placeWord, CONTROL);
    expect(checkLayout(withPart(CONTROL, control))).toEqual([]);
    for (const { name } of words) expect(control).toContain(`export const ${name} = `);
  });

  it('is refused when there is no room', () => {
    const many = Array.from({ length: 200 }, (_, n) => ({ ...LIMIT, name: `CONFIG_LIMIT_${n}` }));
    expect(() => many.reduce(placeWord, CONTROL)).toThrow(/CONFIG_LIMIT_\d+: the control block has no gap/);
  });
});
