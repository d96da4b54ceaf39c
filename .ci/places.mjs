/**
 * Gives each new field and each new option of the engine its place in the layout: a constant that a list names and that
 * is not there yet. `npm run docs:schema` and `npm run generate` run it first.
 *
 *     src/flow/schema.ts    `at: ROW_NAME`             -> assembly/layout/row.ts, at the end of the row
 *     src/options/*.ts      `word: { at: CONFIG_NAME`  -> assembly/layout/control_further.ts, in the gap for options
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const WIDTHS = { u8: 1, u16: 2, u32: 4, u64: 8, i64: 8, f64: 8 };
/** The row grows by so many bytes: its fields stay aligned. */
const ROW_STEP = 8;

const gapLine = (bytes) => (bytes === 0 ? '' : `// gap u8[${bytes}]\n`);
const aligned = (offset, width) => Math.ceil(offset / width) * width;
const constant = ({ name, type, unit, doc }, offset) =>
  `/** ${type}${WIDTHS[type] === 8 ? ` ${unit}` : ''}: ${doc} */\nexport const ${name} = ${offset};\n`;

/** What a list says about a constant that it names: the object literal around it. */
function entryOf(list, position) {
  const begin = list.lastIndexOf('\n  {', position);
  const end = list.indexOf('\n  },', position);
  return list.slice(begin, end);
}

/** The text of a member, without what would end a comment. */
function memberOf(entry, member) {
  const text = new RegExp(`\\b${member}:\\s*(['"\`])(.*?)\\1`, 's').exec(entry)?.[2];
  return text?.replaceAll('*/', '').replaceAll(/\s+/g, ' ');
}

/** One line of a comment. */
function sentence(entry) {
  const text = memberOf(entry, 'doc') ?? memberOf(entry, 'help') ?? memberOf(entry, 'name') ?? '';
  const [first = ''] = text.split(/(?<=[.;:])\s/);
  return `${first.slice(0, 1).toLowerCase()}${first.slice(1)}`.replace(/[.;:]$/, '').slice(0, 90);
}

/**
 * Fields of the row that a schema names and the layout does not have.
 * @throws {Error} for one without a known type
 */
export function newFields(schema, layout) {
  return [...schema.matchAll(/\bat: (ROW_\w+)/g)]
    .filter(([, name]) => !layout.includes(`export const ${name} =`))
    .map(({ 1: name, index }) => {
      const entry = entryOf(schema, index);
      const type = memberOf(entry, 'store');
      if (WIDTHS[type] === undefined)
        throw new Error(
          `${name}: a field of type ${type} cannot be placed automatically; write it into row.ts yourself`,
        );
      return { name, type, unit: memberOf(entry, 'unit') ?? 'number', doc: sentence(entry) };
    });
}

/** Options that a list gives a word of the control block that the layout does not have. */
export function newWords(list, layout) {
  return [...list.matchAll(/\bword: \{\s*at: (CONFIG_\w+),\s*bits: (32|64)/g)]
    .filter(([, name]) => !layout.includes(`export const ${name} =`))
    .map(({ 1: name, 2: bits, index }) => {
      const entry = entryOf(list, index);
      const unit = memberOf(entry, 'type') === 'duration' ? 'ns' : 'number';
      return { name, type: `u${bits}`, unit, doc: `option ${memberOf(entry, 'name')}: ${sentence(entry)}` };
    });
}

/** Appends a field to the row: in the gap at its end, or the row grows. */
export function placeField(row, field) {
  const match = /(?:\/\/ gap u8\[(\d+)\]\n)?\/\*\* size \*\/\nexport const ROW_SIZE = (\d+);\n/.exec(row);
  const [tail, gap = '0', oldSize] = match;
  const width = WIDTHS[field.type];
  const free = Number(oldSize) - Number(gap);
  const offset = aligned(free, width);
  const size = Math.max(Number(oldSize), aligned(offset + width, ROW_STEP));
  const text =
    gapLine(offset - free) +
    constant(field, offset) +
    gapLine(size - offset - width) +
    `/** size */\nexport const ROW_SIZE = ${size};\n`;
  return row.replace(tail, () => text);
}

/** Puts a word behind the last one before the largest gap. @throws {Error} when the gap is full */
export function placeWord(control, word) {
  const gaps = [
    ...control.matchAll(
      /export const CONFIG_\w+ = \d+;\n\/\/ gap u8\[(\d+)\]\n\/\*\*.*\*\/\nexport const \w+ = (\d+);\n/g,
    ),
  ];
  const { 0: found, 1: gap, 2: next } = gaps.toSorted((a, b) => Number(b[1]) - Number(a[1]))[0] ?? [];
  const width = WIDTHS[word.type];
  const free = Number(next) - Number(gap);
  const offset = aligned(free, width);
  const left = Number(next) - offset - width;
  if (found === undefined || left < 0) throw new Error(`${word.name}: the control block has no gap for it`);
  const old = `// gap u8[${gap}]\n`;
  return control.replace(found, () =>
    found.replace(old, () => gapLine(offset - free) + constant(word, offset) + gapLine(left)),
  );
}

function placeAll(root) {
  const read = (path) => readFileSync(`${root}${path}`, 'utf8');
  const layout = readdirSync(`${root}assembly/layout`)
    .map((name) => read(`assembly/layout/${name}`))
    .join('');
  const fields = newFields(read('src/flow/schema.ts'), layout);
  const words = readdirSync(`${root}src/options`).flatMap((name) => newWords(read(`src/options/${name}`), layout));
  if (fields.length + words.length === 0) return;
  const edit = (path, change) => writeFileSync(`${root}${path}`, change(read(path)));
  edit('assembly/layout/row.ts', (text) => fields.reduce(placeField, text));
  edit('assembly/layout/control_further.ts', (text) => words.reduce(placeWord, text));
  edit('assembly/layout/common.ts', (text) =>
    text.replace(/(LAYOUT_VERSION = )(\d+)/, (_, before, version) => `${before}${Number(version) + 1}`),
  );
  for (const { name } of [...fields, ...words]) process.stdout.write(`placed ${name} in the layout\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) placeAll(fileURLToPath(new URL('../', import.meta.url)));
