/**
 * Parses an expression over the fields of a flow, straight into a test of rows.
 *
 *     or          = and { "or" and }
 *     and         = not { "and" not }
 *     not         = [ "not" ] comparison
 *     comparison  = sum [ sign sum | [ "not" ] "in" list | "is" [ "not" ] "null" | "has" flags ]
 *     sum         = product { ( "+" | "-" ) product }
 *     product     = unary { ( "*" | "/" | "&" ) unary }
 *     unary       = [ "-" ] ( "(" or ")" | literal | field )
 *     list        = "(" sum [ ".." sum ] { "," ... } ")" | sum [ ".." sum ]
 *     flags       = "(" word { "," word } ")" | word
 */
import { computed, negated } from './arithmetic.ts';
import type { ArithmeticSign } from './arithmetic.ts';
import { compared, membership, momentLiteral } from './compare.ts';
import type { Comparison, ListItem } from './compare.ts';
import { WhereError } from './error.ts';
import { fieldOperand, unknownField } from './fields.ts';
import type { FieldScope } from './fields.ts';
import { tokensOf } from './lexer.ts';
import type { Token } from './lexer.ts';
import { networkLiteral, numberLiteral } from './literals.ts';
import { kindText } from './operand.ts';
import type { Operand } from './operand.ts';
import type { RowTest } from '../engine/row_bytes.ts';
import { flagNamed, FLAG_NAMES } from '../text/tcp_flags.ts';
import { unknownName } from '../text/nearest.ts';

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ['=', '='],
  ['==', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
]);

/** Parentheses and signs in one another; deeper ones would end in a full stack. */
const DEPTH_MAX = 200;

const SAME: ReadonlyMap<string, string> = new Map([
  ['&&', 'and'],
  ['||', 'or'],
  ['!', 'not'],
]);

export class Parser {
  readonly #scope: FieldScope;
  readonly #tokens: readonly Token[];
  #place = 0;
  #depth = 0;

  constructor(text: string, scope: FieldScope) {
    this.#tokens = tokensOf(text);
    this.#scope = scope;
  }

  /** The whole expression. @throws {WhereError} */
  parse(): RowTest {
    if (this.#tokens.length === 1) throw new WhereError('the expression is empty', 0);
    const test = conditionOf(this.#or());
    if (this.#place < this.#tokens.length - 1) throw this.#unexpected('and, or, or the end');
    return test;
  }

  get #next(): Token {
    return this.#tokens[this.#place] as Token;
  }

  /** Takes the next token if it is this word or sign. */
  #take(word: string): boolean {
    const { kind, text } = this.#next;
    if (kind !== 'word' && kind !== 'sign') return false;
    const found = SAME.get(text) ?? text.toLowerCase();
    if (found !== word) return false;
    this.#place++;
    return true;
  }

  #expect(word: string): void {
    if (!this.#take(word)) throw this.#unexpected(`'${word}'`);
  }

  #unexpected(expected: string): WhereError {
    const { kind, text, column } = this.#next;
    const found = kind === 'end' ? 'the expression ends' : `found '${text}'`;
    return new WhereError(`${found} where ${expected} is expected`, column);
  }

  #or(): Operand {
    return this.#chain(
      'or',
      () => this.#and(),
      (a, b) => (bytes, row) => a(bytes, row) || b(bytes, row),
    );
  }

  #and(): Operand {
    return this.#chain(
      'and',
      () => this.#not(),
      (a, b) => (bytes, row) => a(bytes, row) && b(bytes, row),
    );
  }

  #chain(word: string, part: () => Operand, join: (a: RowTest, b: RowTest) => RowTest): Operand {
    const first = part();
    if (!this.#take(word)) return first;
    let test = conditionOf(first);
    do test = join(test, conditionOf(part()));
    while (this.#take(word));
    return condition(first, test);
  }

  #not(): Operand {
    const { column } = this.#next;
    if (!this.#take('not')) return this.#comparison();
    const test = conditionOf(this.#deeper(() => this.#not()));
    return { kind: 'condition', column, shown: 'not ...', test: (bytes, row) => !test(bytes, row) };
  }

  #deeper<T>(work: () => T): T {
    if (++this.#depth > DEPTH_MAX) throw new WhereError('the expression is nested too deeply', this.#next.column);
    const result = work();
    this.#depth--;
    return result;
  }

  #comparison(): Operand {
    const left = this.#sum();
    const { column, kind, text } = this.#next;
    const sign = kind === 'sign' ? COMPARISONS.get(text) : undefined;
    if (sign !== undefined) {
      this.#place++;
      if (this.#isNull()) return condition(left, this.#nullTest(left, sign !== '!='));
      return condition(left, compared(left, sign, this.#sum(), column));
    }
    if (this.#take('is')) {
      const isNot = this.#take('not');
      if (!this.#isNull()) throw this.#unexpected("'null'");
      return condition(left, this.#nullTest(left, !isNot));
    }
    if (this.#take('has')) return condition(left, this.#flags(left));
    const isOut = this.#take('not');
    if (!this.#take('in')) {
      if (isOut) throw this.#unexpected("'in'");
      return left;
    }
    known(left);
    const test = membership(left, this.#list(), column);
    if (!isOut) return condition(left, test);
    const absent = 'absent' in left ? left.absent : undefined;
    return condition(left, (bytes, row) => !test(bytes, row) && absent?.(bytes, row) !== true);
  }

  #isNull(): boolean {
    return this.#take('null');
  }

  #nullTest(operand: Operand, wanted: boolean): RowTest {
    known(operand);
    if ('constant' in operand || operand.kind === 'network') {
      throw new WhereError(`${operand.shown} is not a field; only a field can be null`, operand.column);
    }
    const absent = 'absent' in operand ? operand.absent : undefined;
    return (bytes, row) => (absent?.(bytes, row) === true) === wanted;
  }

  #flags(operand: Operand): RowTest {
    if (operand.kind !== 'number' || operand.quantity !== 'TCP flags') {
      throw new WhereError(
        `${operand.shown} has no TCP flags; tcpFlagsForward and tcpFlagsReverse have`,
        operand.column,
      );
    }
    let mask = 0;
    const inList = this.#take('(');
    do {
      const { kind, text, column } = this.#next;
      const flag = kind === 'word' ? flagNamed(text) : undefined;
      if (flag === undefined) throw new WhereError(unknownName('TCP flag', text, FLAG_NAMES), column);
      mask |= flag;
      this.#place++;
    } while (inList && this.#take(','));
    if (inList) this.#expect(')');
    const [flags] = operand.sides;
    return (bytes, row) => (flags(bytes, row) & mask) === mask;
  }

  #list(): ListItem[] {
    if (!this.#take('(')) return [this.#item()];
    const items = [this.#item()];
    while (this.#take(',')) items.push(this.#item());
    this.#expect(')');
    return items;
  }

  #item(): ListItem {
    const from = this.#sum();
    return { from, to: this.#take('..') ? this.#sum() : undefined };
  }

  #sum(): Operand {
    return this.#computed(['+', '-'], () => this.#computed(['*', '/', '&'], () => this.#unary()));
  }

  #computed(signs: readonly ArithmeticSign[], part: () => Operand): Operand {
    let left = part();
    for (;;) {
      const { column } = this.#next;
      const sign = signs.find((one) => this.#take(one));
      if (sign === undefined) return left;
      left = computed(left, sign, part(), column);
    }
  }

  #unary(): Operand {
    return this.#take('-') ? negated(this.#deeper(() => this.#unary())) : this.#primary();
  }

  #primary(): Operand {
    if (this.#take('(')) {
      const inner = this.#deeper(() => this.#or());
      this.#expect(')');
      return inner;
    }
    const token = this.#next;
    const { kind, text, column } = token;
    const common = { column, shown: kind === 'text' ? JSON.stringify(text) : text };
    if (kind === 'sign' || kind === 'end') throw this.#unexpected('a field or a value');
    this.#place++;
    switch (kind) {
      case 'number': {
        const { value, quantity } = numberLiteral(token);
        return { ...common, kind, sides: [() => value], quantity, constant: value };
      }
      case 'address':
        return this.#address(common, text);
      case 'moment':
        return momentLiteral(common, text);
      case 'text':
        return { ...common, kind, of: () => text, constant: text };
      case 'word':
        return this.#word(common);
    }
  }

  /** `fe80::1%eth0` is the address on that interface. @throws {WhereError} where interfaces are not known */
  #address(common: { readonly column: number; readonly shown: string }, text: string): Operand {
    const { column } = common;
    const [address = '', scope] = text.split('%');
    const network = networkLiteral(address, column);
    if (scope === undefined) return { ...common, kind: 'network', network };
    const known = fieldOperand('scope', column, this.#scope);
    if (known === undefined) throw new WhereError(`%${scope}: ${unknownField('scope', this.#scope)}`, column);
    const named: Operand = { kind: 'text', column, shown: scope, of: () => scope, constant: scope };
    return { ...common, kind: 'network', network, onInterface: compared(known, '=', named, column) };
  }

  #word(common: { readonly column: number; readonly shown: string }): Operand {
    const { column, shown } = common;
    if (/^(true|false)$/i.test(shown)) {
      const value = shown.toLowerCase() === 'true';
      return { ...common, kind: 'condition', test: () => value };
    }
    if (/^(and|or|in|is|has|null)$/i.test(shown)) {
      this.#place--;
      throw this.#unexpected('a field or a value');
    }
    return (
      fieldOperand(shown, column, this.#scope) ?? { ...common, kind: 'word', unknown: unknownField(shown, this.#scope) }
    );
  }
}

function condition({ column, shown }: Operand, test: RowTest): Operand {
  return { kind: 'condition', column, shown, test };
}

/** @throws {WhereError} for a word that is not a field */
function known(operand: Operand): void {
  if (operand.kind === 'word') throw new WhereError(operand.unknown, operand.column);
}

/** @throws {WhereError} when it is not a condition */
function conditionOf(operand: Operand): RowTest {
  known(operand);
  if (operand.kind === 'condition') return operand.test;
  const example = operand.kind === 'number' ? `${operand.shown} > 0` : `${operand.shown} = ...`;
  throw new WhereError(
    `${operand.shown} is ${kindText(operand)}, not a condition; compare it: ${example}`,
    operand.column,
  );
}
