/**
 * One line of a socket table, split at its blanks. Numbers are read in place: a table is read on every refresh, and
 * 8,000 rows have a hundred thousand of them. What is not a number is NaN.
 */

const BLANK = 0x20;
const MINUS = 0x2d;
const ZERO_WORD = '00000000';
/** The fields of a tcp row; later ones are ignored. */
const FIELDS_MAX = 17;
/** More digits would not fit a number exactly. */
const HEX_DIGITS_MAX = 13;
const DECIMAL_DIGITS_MAX = 15;

export class Line {
  readonly #text: string;
  readonly #begins = new Int32Array(FIELDS_MAX);
  readonly #ends = new Int32Array(FIELDS_MAX);
  /** A blank that was found; there is none between the last field's begin and it. */
  #blank = -1;
  /** Fields of the present line, 0..17. */
  fieldCount = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Makes the line from `begin` to `end` of the text the present one. Lines must come in rising order. */
  split(begin: number, end: number): void {
    let count = 0;
    for (let at = begin; at < end && count < FIELDS_MAX; ) {
      while (at < end && this.#text.charCodeAt(at) === BLANK) at++;
      if (at === end) break;
      this.#begins[count] = at;
      at = Math.min(this.#blankFrom(at), end);
      this.#ends[count++] = at;
    }
    this.fieldCount = count;
  }

  text(field: number): string {
    return field < this.fieldCount ? this.#text.slice(this.#begins[field], this.#ends[field]) : '';
  }

  hex(field: number): number {
    return field < this.fieldCount ? hexNumber(this.#text, this.#begin(field), this.#end(field)) : Number.NaN;
  }

  hexBeforeColon(field: number): number {
    return hexNumber(this.#text, this.#begin(field), this.#colon(field));
  }

  hexAfterColon(field: number): number {
    return hexNumber(this.#text, this.#colon(field) + 1, this.#end(field));
  }

  decimal(field: number): number {
    return field < this.fieldCount ? decimalNumber(this.#text, this.#begin(field), this.#end(field)) : Number.NaN;
  }

  /** The number of a field that ends with a colon. */
  decimalBeforeColon(field: number): number {
    const colon = this.#colon(field);
    return colon === this.#end(field) - 1 ? decimalNumber(this.#text, this.#begin(field), colon) : Number.NaN;
  }

  /** The next blank. It is kept: a text without blanks is searched once, not once for each line. */
  #blankFrom(at: number): number {
    if (this.#blank < at) {
      const found = this.#text.indexOf(' ', at);
      this.#blank = found < 0 ? this.#text.length : found;
    }
    return this.#blank;
  }

  /** Place of the field's colon, or the field's end if it has none; then no digits follow. */
  #colon(field: number): number {
    const end = this.#end(field);
    let at = this.#begin(field);
    while (at < end && this.#text[at] !== ':') at++;
    return at;
  }

  #begin(field: number): number {
    return this.#begins[field] ?? 0;
  }

  #end(field: number): number {
    return this.#ends[field] ?? 0;
  }
}

/** The hexadecimal digits from `begin` to `end`; NaN when there are none, or others. */
export function hexNumber(text: string, begin: number, end: number): number {
  if (begin >= end || end - begin > HEX_DIGITS_MAX) return Number.NaN;
  // Most numbers of a table are this one.
  if (end - begin === ZERO_WORD.length && text.startsWith(ZERO_WORD, begin)) return 0;
  let value = 0;
  for (let at = begin; at < end; at++) value = 16 * value + hexDigit(text.charCodeAt(at));
  return value;
}

/** @returns NaN when the code is that of no digit, and so is every number it becomes part of */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}

function decimalNumber(text: string, begin: number, end: number): number {
  const negative = text.charCodeAt(begin) === MINUS;
  const first = negative ? begin + 1 : begin;
  if (first >= end || end - first > DECIMAL_DIGITS_MAX) return Number.NaN;
  let value = 0;
  for (let at = first; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = 10 * value + digit;
  }
  return negative ? -value : value;
}
