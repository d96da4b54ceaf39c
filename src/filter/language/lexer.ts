/**
 * Text to tokens. The longest token wins, and between tokens of one length the more special one, so that `80-90` is a
 * name, `1.2.3.4` an address, and `tcp-syn` a constant.
 */
import { syntaxError } from './error.ts';
import { CONSTANTS, FOREIGN_WORDS, GRAMMAR_WORDS, PROTOCOL_WORDS } from './keywords.ts';
import type { ProtocolKeyword } from './tree.ts';

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly column: number }
  | { readonly kind: 'name' | 'ipv4' | 'ipv6' | 'mac'; readonly text: string; readonly column: number }
  | { readonly kind: 'protocol'; readonly protocol: ProtocolKeyword; readonly column: number }
  | { readonly kind: 'word' | 'operator'; readonly text: string; readonly column: number }
  | { readonly kind: 'end'; readonly column: number };

const NUMBER = '(?:0[xX][0-9A-Fa-f]+|[0-9]+)';
const OPERATOR = /&&|\|\||>=|<=|!=|==|<<|>>|[-+*/%:[\]!<>()&|^=]/y;
const NUMBER_TOKEN = new RegExp(NUMBER, 'y');
const IPV4_TOKEN = new RegExp(`${NUMBER}(?:\\.${NUMBER}){1,3}`, 'y');
/** An address that nothing longer can start with; found first, because long lists consist of them. */
const PLAIN_IPV4_TOKEN = /[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?![-_.:A-Za-z0-9])/y;
const NAME_TOKEN = /[A-Za-z0-9](?:[-_.A-Za-z0-9]*[.A-Za-z0-9])?/y;
const ESCAPED_NAME_TOKEN = /\\([^ !()\n\t]+)/y;
const BYTE = '[0-9A-Fa-f]{1,2}';
const MAC_TOKEN = new RegExp(
  `${BYTE}(?::${BYTE}){5}|${BYTE}(?:-${BYTE}){5}|${BYTE}(?:\\.${BYTE}){5}` +
    '|[0-9A-Fa-f]{4}(?:\\.[0-9A-Fa-f]{4}){2}|[0-9A-Fa-f]{12}',
  'y',
);
const BOGUS_MAC_TOKEN = /[0-9A-Fa-f]{1,2}:+(?:[0-9A-Fa-f]{1,2}:+)+/y;
const ARCNET_TOKEN = /\$[0-9A-Fa-f]{1,2}/y;
const IPV6_CHARACTERS = /[0-9A-Fa-f:.xX]*/y;
const SPACE = /[ \r\n\t]*/y;

/** Other spellings of operators. */
const OPERATOR_WORDS: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not', '==': '=' };

/** The tokens of an expression, the last of kind `end`. @throws {FilterError} ERR_FILTER_SYNTAX */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let column = lengthAt(SPACE, text, 0);
  while (column < text.length) {
    const { token, length } = tokenAt(text, column);
    tokens.push(token);
    column += length;
    column += lengthAt(SPACE, text, column);
  }
  tokens.push({ kind: 'end', column: text.length });
  return tokens;
}

function lengthAt(pattern: RegExp, text: string, column: number): number {
  pattern.lastIndex = column;
  return pattern.exec(text)?.[0].length ?? 0;
}

interface Match {
  readonly token: Token;
  readonly length: number;
}

function tokenAt(text: string, column: number): Match {
  const plainLength = lengthAt(PLAIN_IPV4_TOKEN, text, column);
  if (plainLength > 0) {
    return { token: { kind: 'ipv4', text: text.slice(column, column + plainLength), column }, length: plainLength };
  }
  const nameLength = lengthAt(NAME_TOKEN, text, column);
  const first = text.charAt(column);
  const hex = /[0-9A-Fa-f:]/.test(first);
  const macLength = hex ? lengthAt(MAC_TOKEN, text, column) : 0;
  const numberLength = hex ? lengthAt(NUMBER_TOKEN, text, column) : 0;
  const ipv4Length = numberLength > 0 ? lengthAt(IPV4_TOKEN, text, column) : 0;
  const ipv6Length = hex ? ipv6LengthAt(text, column) : 0;
  const bogusLength = hex ? lengthAt(BOGUS_MAC_TOKEN, text, column) : 0;
  const longest = Math.max(nameLength, macLength, numberLength, ipv4Length, ipv6Length, bogusLength);
  if (longest === 0) return symbolAt(text, column);
  const lexeme = text.slice(column, column + longest);
  const word = longest === nameLength ? wordOf(lexeme, column) : undefined;
  let token: Token;
  if (word !== undefined && word.kind !== 'number') token = word;
  else if (longest === macLength) token = { kind: 'mac', text: lexeme, column };
  else if (longest === numberLength) token = { kind: 'number', value: numberOf(lexeme, column), column };
  else if (longest === ipv4Length) token = { kind: 'ipv4', text: lexeme, column };
  else if (longest === ipv6Length) token = { kind: 'ipv6', text: lexeme, column };
  else if (longest === bogusLength) throw syntaxError(`bogus ethernet address ${lexeme}`, column);
  else token = word ?? { kind: 'name', text: lexeme, column };
  return { token, length: longest };
}

function wordOf(lexeme: string, column: number): Token | undefined {
  const protocol = PROTOCOL_WORDS.get(lexeme);
  if (protocol !== undefined) return { kind: 'protocol', protocol, column };
  const word = GRAMMAR_WORDS.get(lexeme);
  if (word !== undefined) return { kind: 'word', text: word, column };
  const link = FOREIGN_WORDS.get(lexeme);
  if (link !== undefined) throw syntaxError(`'${lexeme}' supported only on ${link}`, column);
  const value = CONSTANTS.get(lexeme);
  return value === undefined ? undefined : { kind: 'number', value, column };
}

function symbolAt(text: string, column: number): Match {
  OPERATOR.lastIndex = column;
  const operator = OPERATOR.exec(text)?.[0];
  if (operator !== undefined) {
    const word = OPERATOR_WORDS[operator];
    const isWord = word !== undefined && word !== '=';
    return {
      token: { kind: isWord ? 'word' : 'operator', text: word ?? operator, column },
      length: operator.length,
    };
  }
  ESCAPED_NAME_TOKEN.lastIndex = column;
  const escaped = ESCAPED_NAME_TOKEN.exec(text);
  if (escaped !== null) {
    return { token: { kind: 'name', text: escaped[1] ?? '', column }, length: escaped[0].length };
  }
  if (lengthAt(ARCNET_TOKEN, text, column) > 0) throw syntaxError('ARCnet addresses have no meaning here', column);
  throw syntaxError('this character has no meaning here', column);
}

/** A number in decimal, in octal after 0, or in hexadecimal after 0x; at most 32 bits. */
function numberOf(lexeme: string, column: number): number {
  const hexadecimal = /^0x/i.test(lexeme);
  const octal = !hexadecimal && lexeme.length > 1 && lexeme.startsWith('0');
  if (octal && /[89]/.test(lexeme)) throw syntaxError(`number ${lexeme} contains non-octal digit`, column);
  const value = octal ? Number.parseInt(lexeme, 8) : Number(lexeme);
  if (value > 0xffffffff) throw syntaxError(`number ${lexeme} overflows 32 bits`, column);
  return value;
}

/** Longer text is not an address, however its dotted tail is padded. Characters. */
const IPV6_LENGTH_MAX = 80;

/** The length of the longest IPv6 address, RFC 5952 text with or without a dotted tail, that starts here; or 0. */
function ipv6LengthAt(text: string, column: number): number {
  const run = Math.min(lengthAt(IPV6_CHARACTERS, text, column), IPV6_LENGTH_MAX);
  if (!text.slice(column, column + Math.min(run, 6)).includes(':')) return 0;
  for (let length = run; length >= 2; length--) {
    if (isIpv6Shape(text.slice(column, column + length))) return length;
  }
  return 0;
}

const DOTTED_TAIL = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}\\.${NUMBER}$`);

/** True for the shape of an address; the numbers in a dotted tail are checked when it is read. */
function isIpv6Shape(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups: string[] = [];
  for (const half of halves) if (half !== '') groups.push(...half.split(':'));
  const last = groups.at(-1);
  let places = groups.length;
  if (last?.includes('.')) {
    if (!DOTTED_TAIL.test(last) || text.endsWith('::')) return false;
    groups.pop();
    places++;
  }
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? places <= 7 : places === 8;
}
