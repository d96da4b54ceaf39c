/** Splits an expression into tokens. */
import { WhereError } from './error.ts';

export type TokenKind = 'word' | 'number' | 'text' | 'address' | 'moment' | 'sign' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of a quoted text what is inside the quotes. */
  readonly text: string;
  /** 0-based index into the expression. */
  readonly column: number;
}

/** In the order in which they are tried. A number may have a unit behind it, an address a prefix length. */
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['moment', /\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\w:-]|\.(?!\.))/y],
  ['address', /\d+\.\d+\.\d+\.\d+(?:\/\d+)?(?![\w:]|\.(?!\.))/y],
  ['address', /(?=[0-9a-f:.]*:[0-9a-f:.]*:)[0-9a-f:]+(?:\d+\.\d+\.\d+)?(?:%[\w.-]+|\/\d+)?(?![\w:]|\.(?!\.))/iy],
  ['number', /0x[0-9a-f]+(?!\w)|\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?[a-zµ]*(?!\w)/iy],
  ['word', /[a-z_]\w*(?:\.[a-z_]\w*)*/iy],
  ['sign', /\.\.|==|!=|<>|<=|>=|&&|\|\||[=<>!()&+\-*/,]/y],
];

const BLANKS = /\s*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/sy;

/** @throws {WhereError} for what cannot begin a token */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let column = afterBlanks(text, 0);
  while (column < text.length) {
    const { token, end } = tokenAt(text, column);
    tokens.push(token);
    column = afterBlanks(text, end);
  }
  return [...tokens, { kind: 'end', text: '', column }];
}

function afterBlanks(text: string, column: number): number {
  BLANKS.lastIndex = column;
  BLANKS.test(text);
  return BLANKS.lastIndex;
}

function tokenAt(text: string, column: number): { readonly token: Token; readonly end: number } {
  QUOTED.lastIndex = column;
  const quoted = QUOTED.exec(text);
  if (quoted !== null) {
    const inside = (quoted[1] ?? quoted[2] ?? '').replaceAll(/\\(.)/gs, '$1');
    return { token: { kind: 'text', text: inside, column }, end: QUOTED.lastIndex };
  }
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = column;
    const match = pattern.exec(text);
    if (match !== null) return { token: { kind, text: match[0], column }, end: pattern.lastIndex };
  }
  const sign = String.fromCodePoint(text.codePointAt(column) ?? 0);
  if (sign === '"' || sign === "'") throw new WhereError(`the text has no closing ${sign}`, column);
  throw new WhereError(`'${sign}' is not a part of an expression`, column);
}
