/**
 * Checks the text of assembly/layout by the rules that stand at the head of assembly/layout.ts. Reads the comments,
 * evaluates the constants, and says what does not fit, one sentence each; a sound layout gives none.
 */

interface Constant {
  readonly name: string;
  /** Changes with the constants that are tried. */
  value: number;
  readonly expression: Expression;
  /** Text of its comment, on one line. */
  readonly doc: string;
  /** Its first word. */
  readonly word: string;
  /** What the comment says of a field. */
  readonly field: RegExpExecArray | null;
}

/** A sum of products. */
type Expression = readonly (readonly Factor[])[];

interface Factor {
  /** A number, or the name of a constant. */
  readonly of: number | string;
  readonly divides: boolean;
}

interface Section {
  readonly kind: string;
  readonly name: string;
  /** Type of the field that bits and packed ranges lie in. */
  readonly width: string | undefined;
  readonly items: (Constant | Gap)[];
}

interface Gap {
  readonly gap: string;
}

/** A type as it is written: `u32[WHEEL_LEVELS]`. */
interface TypeText {
  readonly base: string;
  readonly count: Expression | undefined;
}

/** Bytes of a type and what its address must be a multiple of. */
interface Type {
  readonly size: number;
  readonly alignment: number;
}

const SCALARS: Readonly<Record<string, number>> = { u8: 1, u16: 2, u32: 4, u64: 8, i64: 8, f64: 8 };
const KINDS = ['record', 'regions', 'codes', 'bits', 'packed'];
const UNITS =
  'ns s ticks bytes packets packets/s datagrams flows headers slots units counters jumps restarts ways'.split(' ');
/** The line of a constant; nothing else may be exported. */
const CONSTANT = /^export const ([A-Z][A-Z0-9_]*) = ([^;]+);$/;
/** Beginning of a field's comment: `line`, type, unit, `on` another region. */
const FIELD = /^(line )?([A-Za-z]\w*(?:\[[^\]]+\])?)(?: (?!on )([a-z/]+))?(?: on (\w+))?(?::|$)/;
/** A whole page is left to the module's static data. */
const FIRST_REGION = 65536;

/** What is wrong with a layout, given as text. */
export function checkLayout(text: string): string[] {
  return new LayoutCheck(text).problems();
}

/** A layout that was read once and is checked with other values of its constants. */
export class LayoutCheck {
  /** What the text has that is not part of a layout. */
  readonly #strange: string[] = [];
  #problems: string[] = [];
  readonly #values = new Map<string, number>();
  readonly #constants: Constant[] = [];
  readonly #sections: Section[] = [];
  readonly #records = new Map<string, Section>();
  readonly #types = new Map<string, TypeText>();
  readonly #loose: Section = { kind: 'loose', name: '', width: undefined, items: [] };

  constructor(text: string) {
    this.#read(text);
    for (const section of this.#sections) if (section.kind === 'record') this.#records.set(section.name, section);
  }

  /** @param changed values that constants have instead of their own */
  problems(changed: Readonly<Record<string, number>> = {}): string[] {
    this.#problems = [...this.#strange];
    this.#evaluate(changed);
    for (const section of this.#sections) this.#check(section);
    for (const item of this.#loose.items) if ('name' in item) this.#checkLoose(item);
    return this.#problems;
  }

  /** All constants, each from those before it. */
  #evaluate(changed: Readonly<Record<string, number>>): void {
    this.#values.clear();
    for (const constant of this.#constants) {
      const { name, expression } = constant;
      constant.value = changed[name] ?? compute(expression, this.#values);
      if (!(Number.isSafeInteger(constant.value) && constant.value >= 0))
        this.#problems.push(`${name} is not a whole number`);
      if (this.#values.has(name)) this.#problems.push(`${name} is there twice`);
      this.#values.set(name, constant.value);
    }
  }

  #read(text: string): void {
    let section = this.#loose;
    let comment: string[] = [];
    for (const line of text.split('\n')) {
      const opening = /^\/\/ ([a-z]+)(?: ([A-Z][A-Z_]*))?(?: ([a-z0-9]+))?(?::|$)/.exec(line);
      const gap = /^\/\/ gap (\w+(?:\[[^\]]+\])?)(?::|$)/.exec(line);
      if (gap?.[1] !== undefined) {
        section.items.push({ gap: gap[1] });
      } else if (opening !== null && KINDS.includes(opening[1] as string)) {
        section = this.#begin(opening[1] as string, opening[2] ?? '', opening[3]);
      } else if (line.startsWith('/**')) {
        comment = [line];
      } else if (line.startsWith(' *')) {
        comment.push(line);
      } else if (line.startsWith('export')) {
        const found = this.#constant(line, comment);
        if (found !== undefined) (isLoose(found) ? this.#loose : section).items.push(found);
        comment = [];
      } else if (line === '') {
        comment = [];
        if (section.kind !== 'regions') section = this.#loose;
      }
    }
  }

  /** A new section, or one that began in another file. */
  #begin(kind: string, name: string, width: string | undefined): Section {
    const begun = this.#sections.find((one) => one.kind === kind && one.name === name);
    if (width === 'continues' && begun !== undefined) return begun;
    const section = { kind, name, width, items: [] };
    this.#sections.push(section);
    return section;
  }

  #constant(line: string, comment: readonly string[]): Constant | undefined {
    const [, name, text] = CONSTANT.exec(line) ?? [];
    if (name === undefined || text === undefined) {
      this.#strange.push(`not a constant of the layout: ${line}`);
      return undefined;
    }
    const doc = comment
      .map((part) => part.replace(/^(\/\*\*| \*\/| \*) ?/, '').replace(/ ?\*\/$/, ''))
      .join(' ')
      .trim();
    const expression = parseExpression(text);
    const constant = { name, value: Number.NaN, expression, doc, word: word(doc), field: FIELD.exec(doc) };
    this.#constants.push(constant);
    return constant;
  }

  #check(section: Section): void {
    if (section.kind === 'record') this.#checkRecord(section);
    else if (section.kind === 'regions') this.#checkPlaces(section.items, FIRST_REGION, 'regions');
    else if (section.kind === 'codes') this.#checkCodes(section);
    else this.#checkRanges(section);
  }

  #checkRecord({ name, items }: Section): void {
    const last = items.at(-1);
    if (last === undefined || 'gap' in last || last.word !== 'size') {
      this.#problems.push(`record ${name} does not end with its size`);
      return;
    }
    const { end, alignment } = this.#checkPlaces(items.slice(0, -1), 0, `record ${name}`);
    if (last.value !== end) this.#problems.push(`${last.name} is ${last.value}; the fields take ${end} bytes`);
    if (end % alignment !== 0) this.#problems.push(`record ${name} is not a multiple of ${alignment} bytes`);
  }

  /** Fields or regions one behind the other. Returns where they end and their widest alignment. */
  #checkPlaces(items: Section['items'], from: number, where: string): { end: number; alignment: number } {
    let end = from;
    let alignment = 1;
    for (const item of items) {
      if ('gap' in item) {
        end += this.#type(item.gap, `a gap in ${where}`).size;
        continue;
      }
      const { name, value, field } = item;
      if (item.word === 'end') {
        if (value !== end) this.#problems.push(`${name} is ${value}; the fields before it end at ${end}`);
        continue;
      }
      const [, alone, kind = '', unit, on] = field ?? [];
      const type = this.#type(kind, name);
      if (on !== undefined) {
        this.#checkShared(item, type, on, items);
        continue;
      }
      if (unit === undefined ? SCALARS[kind.replace(/\[.*/, '')] === 8 : !UNITS.includes(unit))
        this.#problems.push(`${name} has no unit that is known (${unit ?? 'none'})`);
      if (value !== end)
        this.#problems.push(
          `${name} is at ${value}; ${where} has ${value < end ? 'a field until' : 'a gap from'} ${end}`,
        );
      const line = this.#values.get('CACHE_LINE') ?? 64;
      const needed = alone !== undefined ? line : where === 'regions' ? Math.max(8, type.alignment) : type.alignment;
      if (value % needed !== 0) this.#problems.push(`${name} at ${value} is not at a multiple of ${needed}`);
      alignment = Math.max(alignment, type.alignment);
      end += alone !== undefined ? line : type.size;
    }
    return { end, alignment };
  }

  /** A region on the bytes of another one: it begins there, and is no larger. */
  #checkShared({ name, value }: Constant, { size }: Type, other: string, items: Section['items']): void {
    const host = items.find((item): item is Constant => 'name' in item && item.name === other);
    const room = host === undefined ? 0 : this.#type(host.field?.[2] ?? '', other).size;
    if (host === undefined || value !== host.value || size > room)
      this.#problems.push(`${name} does not lie within ${other}`);
  }

  /** Size and alignment of a type; one that is not known is reported. */
  #type(text: string, user: string): Type {
    const { base, count: counted } = this.#typeText(text);
    const count = counted === undefined ? 1 : compute(counted, this.#values);
    const scalar = SCALARS[base];
    const record = this.#records.get(base);
    if ((scalar === undefined && record === undefined) || !Number.isSafeInteger(count) || count < 1) {
      this.#problems.push(`${user} has no type that is known (${text})`);
      return { size: 0, alignment: 1 };
    }
    if (scalar !== undefined) return { size: scalar * count, alignment: scalar };
    const items = record?.items ?? [];
    const size = items.find((item): item is Constant => 'name' in item && item.word === 'size')?.value ?? 0;
    const widest = items.map((item) => ('gap' in item ? 1 : this.#alignment(item)));
    return { size: size * count, alignment: Math.max(1, ...widest) };
  }

  #typeText(text: string): TypeText {
    let known = this.#types.get(text);
    if (known === undefined) {
      const [, base = '', count] = /^([a-zA-Z0-9_]+)(?:\[(.+)\])?$/.exec(text) ?? [];
      known = { base, count: count === undefined ? undefined : parseExpression(count) };
      this.#types.set(text, known);
    }
    return known;
  }

  #alignment({ word, field }: Constant): number {
    if (word === 'size' || word === 'end') return 1;
    const { base } = this.#typeText(field?.[2] ?? '');
    return SCALARS[base] ?? this.#type(base, base).alignment;
  }

  #checkCodes({ name, items }: Section): void {
    const codes = items.filter((item): item is Constant => 'name' in item && item.word !== 'count');
    for (const [n, code] of codes.entries()) {
      if (!code.name.startsWith(`${name}_`)) this.#problems.push(`${code.name} is not one of ${name}`);
      const twin = codes.slice(0, n).find(({ value }) => value === code.value);
      if (twin !== undefined) this.#problems.push(`${code.name} is the same as ${twin.name}`);
    }
    for (const item of items)
      if ('name' in item && item.word === 'count' && item.value !== codes.length)
        this.#problems.push(`${item.name} is ${item.value}; there are ${codes.length}`);
  }

  /** Single bits and ranges of bits: within their field, none on another. */
  #checkRanges({ kind, name, width, items }: Section): void {
    const bits = 8 * (SCALARS[width ?? ''] ?? 0);
    const taken: { readonly from: number; readonly to: number }[] = [];
    for (const item of items) {
      if ('gap' in item) continue;
      if (!item.name.startsWith(`${name}_`)) this.#problems.push(`${item.name} is not one of ${name}`);
      const range = kind === 'bits' ? singleBit(item.value) : namedRange(item);
      if (range === undefined || range.from < 0 || range.to > bits) {
        this.#problems.push(
          `${item.name} is ${item.value}: not ${kind === 'bits' ? 'one bit' : 'its range'} of ${width}`,
        );
        continue;
      }
      const same = taken.some(({ from, to }) => kind === 'packed' && from === range.from && to === range.to);
      if (!same && taken.some(({ from, to }) => from < range.to && range.from < to))
        this.#problems.push(`${item.name} lies on another bit of ${name}`);
      taken.push(range);
    }
  }

  #checkLoose({ name, value, doc, word }: Constant): void {
    const bytes = /^bytes (\w+(?:\[[^\]]+\])?)/.exec(doc)?.[1];
    if (bytes !== undefined) {
      const { size } = this.#type(bytes, name);
      if (value !== size) this.#problems.push(`${name} is ${value}; ${bytes} takes ${size}`);
    } else if (word !== 'number') {
      this.#problems.push(`${name} is not known: it is in no section and does not say what it is`);
    } else if (value < 1) {
      this.#problems.push(`${name} is ${value}: less than 1`);
    } else if (/^number[^:]*power of two/.test(doc) && (value < 1 || !Number.isInteger(Math.log2(value)))) {
      this.#problems.push(`${name} is ${value}, not a power of two`);
    }
  }
}

/** Of numbers and names. */
function parseExpression(text: string): Expression {
  return text.split(' + ').map((term) =>
    [...` * ${term}`.matchAll(/ (?:\*|(\/)) (\S+)/g)].map(([, divided, factor = '']) => ({
      of: /^[A-Z]\w*$/.test(factor) ? factor : Number(factor),
      divides: divided !== undefined,
    })),
  );
}

/** NaN when a name is not known. */
function compute(expression: Expression, values: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const term of expression) {
    let product = 1;
    for (const { of, divides } of term) {
      const value = typeof of === 'number' ? of : (values.get(of) ?? Number.NaN);
      product = divides ? product / value : product * value;
    }
    sum += product;
  }
  return sum;
}

function isLoose({ word }: Constant): boolean {
  return word === 'number' || word === 'bytes';
}

/** First word of a comment. */
function word(doc: string): string {
  return /^[a-z]+/.exec(doc)?.[0] ?? '';
}

function singleBit(value: number): { from: number; to: number } | undefined {
  const from = Math.log2(value);
  return Number.isInteger(from) ? { from, to: from + 1 } : undefined;
}

function namedRange({ value, doc }: Constant): { from: number; to: number } | undefined {
  const match = /^bits (\d+)\.\.(\d+)/.exec(doc);
  const from = Number(match?.[1]);
  const to = Number(match?.[2]);
  return value === from || value === 2 ** (to - from) - 1 ? { from, to } : undefined;
}
