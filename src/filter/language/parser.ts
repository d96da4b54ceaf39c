/**
 * Tokens to syntax tree, the grammar of pcap-filter(7) as libpcap 1.10 reads it. `and` and `or` bind alike and to the
 * left; an id after them takes over the qualifiers of the test before it.
 */
import { pointAt, syntaxError, unsupported, FilterError } from './error.ts';
import { tokenize } from './lexer.ts';
import type { Token } from './lexer.ts';
import type {
  Arithmetic,
  ArithmeticOperator,
  DirectionKeyword,
  FilterNode,
  FilterTree,
  Id,
  Primitive,
  ProtocolKeyword,
  Qualifiers,
  Relation,
  TypeKeyword,
} from './tree.ts';
import {
  LLC_TYPES,
  WLAN_DIRECTIONS,
  WLAN_SUBTYPES,
  WLAN_SUBTYPE_MASK,
  WLAN_TYPES,
  WLAN_TYPE_MASK,
  WLAN_TYPE_SUBTYPE_MASK,
} from './wlan_words.ts';

/** How deep parentheses and negations may nest; deeper text is refused instead of exhausting the stack. */
const NESTING_MAX = 1500;

/** Binding strength; `%` and `^` have none and always wait for what follows them. */
const STRENGTH: Readonly<Record<string, number>> = { '|': 1, '&': 2, '<<': 3, '>>': 3, '+': 4, '-': 4, '*': 5, '/': 5 };
const OPERATORS: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>']);
const RELATIONS: ReadonlySet<string> = new Set(['>', '>=', '=', '<=', '<', '!=']);
const BYTE_OPERATORS: ReadonlySet<string> = new Set(['&', '|', '<', '>', '=']);

/** The tree of an expression. @throws {FilterError} ERR_FILTER_SYNTAX or ERR_FILTER_UNSUPPORTED, with its column */
export function parseFilter(text: string): FilterTree {
  try {
    return { text, root: new Parser(tokenize(text)).filter() };
  } catch (error) {
    throw error instanceof FilterError ? pointAt(text, error) : error;
  }
}

/** A test and the qualifiers that an id after it takes over. */
interface Term {
  readonly node: FilterNode;
  readonly qualifiers: Qualifiers | undefined;
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  filter(): FilterNode | undefined {
    if (this.#atEnd()) return undefined;
    const { node } = this.#expression(undefined, false);
    if (!this.#atEnd()) this.#expected("'and', 'or' or the end");
    return node;
  }

  get #token(): Token {
    return this.#tokens[this.#position] ?? { kind: 'end', column: 0 };
  }

  #atEnd(): boolean {
    return this.#token.kind === 'end';
  }

  #peek(distance: number): Token {
    return this.#tokens[this.#position + distance] ?? { kind: 'end', column: 0 };
  }

  #fail(message: string): never {
    throw syntaxError(message, this.#token.column);
  }

  /** @param what could stand at this place, in words */
  #expected(what: string): never {
    const token = this.#token;
    return this.#fail(
      `syntax error: ${token.kind === 'end' ? 'the expression ends' : `found ${wordsOf(token)}`}; expected ${what}`,
    );
  }

  #is(kind: 'word' | 'operator', text: string, token: Token = this.#token): boolean {
    return token.kind === kind && token.text === text;
  }

  #accept(kind: 'word' | 'operator', text: string): boolean {
    if (!this.#is(kind, text)) return false;
    this.#position++;
    return true;
  }

  #expect(kind: 'word' | 'operator', text: string): void {
    if (!this.#accept(kind, text)) this.#expected(`'${text}'`);
  }

  #nested<Result>(parse: () => Result): Result {
    this.#depth++;
    if (this.#depth > NESTING_MAX) this.#fail('expression is nested too deeply');
    const result = parse();
    this.#depth--;
    return result;
  }

  // term { (and | or) (term | id) }

  #expression(inherited: Qualifiers | undefined, idFirst: boolean): Term {
    let left = this.#operand(inherited, idFirst);
    for (;;) {
      const kind = this.#connective();
      if (kind === undefined) return left;
      const right = this.#operand(left.qualifiers, true);
      left = { node: { kind, left: left.node, right: right.node }, qualifiers: right.qualifiers };
    }
  }

  #connective(): 'and' | 'or' | undefined {
    if (this.#accept('word', 'and')) return 'and';
    if (this.#accept('word', 'or')) return 'or';
    return undefined;
  }

  #operand(inherited: Qualifiers | undefined, idAllowed: boolean): Term {
    if (idAllowed && this.#startsId()) return { node: this.#id(inherited), qualifiers: inherited };
    if (this.#accept('word', 'not')) {
      const { node, qualifiers } = this.#nested(() => this.#operand(inherited, idAllowed));
      return { node: { kind: 'not', operand: node }, qualifiers };
    }
    if (this.#is('operator', '(') && !this.#parenthesisIsArithmetic()) {
      return this.#nested(() => {
        this.#position++;
        const { node } = this.#expression(inherited, idAllowed);
        this.#expect('operator', ')');
        return { node, qualifiers: inherited };
      });
    }
    return this.#term();
  }

  /** Looks through negations and parentheses for an id that is not the start of an arithmetic expression. */
  #startsId(): boolean {
    let distance = 0;
    let depth = 0;
    for (;;) {
      const token = this.#peek(distance);
      if (this.#is('word', 'not', token)) distance++;
      else if (this.#is('operator', '(', token)) {
        distance++;
        depth++;
      } else if (token.kind === 'number') break;
      else return token.kind === 'name' || token.kind === 'ipv4' || token.kind === 'ipv6' || token.kind === 'mac';
    }
    for (++distance; depth > 0 && this.#is('operator', ')', this.#peek(distance)); distance++) depth--;
    const next = this.#peek(distance);
    return !(next.kind === 'operator' && (OPERATORS.has(next.text) || RELATIONS.has(next.text)));
  }

  /** nid | number | not id | ( id { (and | or) id } ) */
  #id(qualifiers: Qualifiers | undefined): FilterNode {
    if (this.#accept('word', 'not')) {
      return { kind: 'not', operand: this.#nested(() => this.#id(qualifiers)) };
    }
    if (this.#accept('operator', '(')) {
      return this.#nested(() => {
        let node = this.#id(qualifiers);
        for (let kind = this.#connective(); kind !== undefined; kind = this.#connective()) {
          node = { kind, left: node, right: this.#id(qualifiers) };
        }
        this.#expect('operator', ')');
        return node;
      });
    }
    const { column } = this.#token;
    return { kind: 'id', qualifiers, id: this.#plainId(), column };
  }

  #plainId(): Id {
    const token = this.#token;
    this.#position++;
    switch (token.kind) {
      case 'number':
        return { kind: 'number', value: token.value };
      case 'name':
        return { kind: 'name', name: token.text };
      case 'mac':
        return { kind: 'mac', text: token.text };
      case 'ipv4':
        if (this.#accept('operator', '/')) return { kind: 'ipv4', text: token.text, prefixLength: this.#number() };
        if (this.#accept('word', 'mask')) return { kind: 'ipv4', text: token.text, mask: this.#ipv4Text() };
        return { kind: 'ipv4', text: token.text };
      case 'ipv6':
        if (this.#accept('operator', '/')) return { kind: 'ipv6', text: token.text, prefixLength: this.#number() };
        return { kind: 'ipv6', text: token.text };
      default:
        this.#position--;
        return this.#expected('an address, a name or a number');
    }
  }

  #ipv4Text(): string {
    const token = this.#token;
    if (token.kind !== 'ipv4') this.#expected('an IPv4 address');
    this.#position++;
    return token.text;
  }

  #number(): number {
    const token = this.#token;
    if (token.kind !== 'number') this.#expected('a number');
    this.#position++;
    return token.value;
  }

  /** A number in any count of parentheses. */
  #wrappedNumber(): number {
    let depth = 0;
    while (this.#accept('operator', '(')) depth++;
    const value = this.#number();
    for (; depth > 0; depth--) this.#expect('operator', ')');
    return value;
  }

  #optionalNumber(): { readonly value?: number } {
    const wrapped = this.#is('operator', '(') || this.#token.kind === 'number';
    return wrapped ? { value: this.#wrappedNumber() } : {};
  }

  #term(): Term {
    const token = this.#token;
    const { column } = token;
    if (token.kind === 'protocol') {
      if (this.#is('operator', '[', this.#peek(1))) return without(this.#relation());
      this.#position++;
      return this.#qualified(token.protocol, column);
    }
    if (token.kind === 'word') {
      const primitive = this.#wordPrimitive(token.text, column);
      return primitive === undefined ? this.#qualified(undefined, column) : without(primitive);
    }
    return without(this.#relation());
  }

  /** What follows an optional protocol: qualifiers and ids, `broadcast`, or nothing. */
  #qualified(protocol: ProtocolKeyword | undefined, column: number): Term {
    const part = protocol === undefined ? {} : { protocol };
    if (this.#accept('word', 'broadcast')) return without({ kind: 'broadcast', protocol, column });
    if (this.#accept('word', 'multicast')) return without({ kind: 'multicast', protocol, column });
    const wlan = this.#wlan(column);
    if (wlan !== undefined) return without(wlan);
    const direction = this.#direction();
    const type = this.#type(direction === undefined);
    if (direction === undefined && type === undefined) {
      return protocol === undefined
        ? this.#expected('a protocol, an address or a word such as host, net or port')
        : without({ kind: 'protocol', protocol, column });
    }
    const qualifiers: Qualifiers = {
      ...part,
      ...(direction === undefined ? {} : { direction }),
      ...(type === undefined ? {} : { type }),
    };
    if (!this.#startsId()) this.#expected('an address, a name or a number');
    return { node: this.#id(qualifiers), qualifiers };
  }

  #direction(): DirectionKeyword | undefined {
    const token = this.#token;
    if (token.kind !== 'word') return undefined;
    switch (token.text) {
      case 'src':
      case 'dst': {
        this.#position++;
        const other = token.text === 'src' ? 'dst' : 'src';
        const connective = this.#connective();
        if (connective === undefined) return token.text;
        this.#expect('word', other);
        return connective === 'or' ? 'src or dst' : 'src and dst';
      }
      case 'addr1':
      case 'addr2':
      case 'addr3':
      case 'addr4':
      case 'ra':
      case 'ta':
        this.#position++;
        return token.text;
      default:
        return undefined;
    }
  }

  #type(withoutDirection: boolean): TypeKeyword | undefined {
    const token = this.#token;
    if (token.kind !== 'word') return undefined;
    switch (token.text) {
      case 'host':
      case 'net':
      case 'port':
      case 'portrange':
        this.#position++;
        return token.text;
      case 'proto':
      case 'protochain':
        if (!withoutDirection) return undefined;
        this.#position++;
        return token.text;
      case 'gateway':
        throw unsupported("'gateway' needs a resolver", token.column);
      default:
        return undefined;
    }
  }

  #wordPrimitive(word: string, column: number): Primitive | undefined {
    switch (word) {
      case 'less':
      case 'greater':
      case 'ifindex':
        this.#position++;
        return { kind: word, value: this.#number(), column };
      case 'inbound':
      case 'outbound':
      case 'pppoed':
        this.#position++;
        return { kind: word, column };
      case 'vlan':
      case 'mpls':
      case 'pppoes':
      case 'geneve':
        this.#position++;
        return { kind: word, ...this.#optionalNumber(), column };
      case 'byte':
        this.#position++;
        return this.#byteTest(column);
      case 'llc':
        this.#position++;
        return { kind: 'llc', type: this.#llcType(), column };
      case 'len':
        return this.#relation();
      case 'rnr':
        throw syntaxError("'rnr' supported only on pf logs", column);
      default:
        return undefined;
    }
  }

  #byteTest(column: number): Primitive {
    const index = this.#number();
    const token = this.#token;
    if (token.kind !== 'operator' || !BYTE_OPERATORS.has(token.text)) this.#expected('a comparison such as = or >');
    this.#position++;
    return { kind: 'byte', index, operator: token.text as '=' | '<' | '>' | '&' | '|', value: this.#number(), column };
  }

  #llcType(): string | undefined {
    const token = this.#token;
    const type = token.kind === 'name' ? token.text.toLowerCase() : this.#is('word', 'rnr') ? 'rnr' : undefined;
    if (type === undefined) return undefined;
    if (!LLC_TYPES.has(type)) this.#fail(`unknown LLC type name "${type}"`);
    this.#position++;
    return type;
  }

  #wlan(column: number): Primitive | undefined {
    if (this.#accept('word', 'dir')) {
      return { kind: 'wlan direction', value: this.#numberOrName(WLAN_DIRECTIONS, 'direction'), column };
    }
    if (this.#accept('word', 'subtype')) {
      const token = this.#token;
      if (token.kind !== 'name') this.#expected('the name of an 802.11 subtype');
      for (const [type, subtypes] of WLAN_SUBTYPES) {
        const subtype = subtypes.get(token.text.toLowerCase());
        if (subtype === undefined) continue;
        this.#position++;
        return { kind: 'wlan type', value: type | subtype, mask: WLAN_TYPE_SUBTYPE_MASK, column };
      }
      return this.#fail('unknown 802.11 type name');
    }
    if (!this.#accept('word', 'type')) return undefined;
    const type = this.#numberOrName(WLAN_TYPES, 'type');
    if ((type & ~WLAN_TYPE_MASK) !== 0) this.#fail(`invalid 802.11 type value ${type}`);
    if (!this.#accept('word', 'subtype')) return { kind: 'wlan type', value: type, mask: WLAN_TYPE_MASK, column };
    const subtype = this.#numberOrName(WLAN_SUBTYPES.get(type) ?? new Map(), 'subtype');
    if ((subtype & ~WLAN_SUBTYPE_MASK) !== 0) this.#fail(`invalid 802.11 subtype value ${subtype}`);
    return { kind: 'wlan type', value: type | subtype, mask: WLAN_TYPE_SUBTYPE_MASK, column };
  }

  #numberOrName(names: ReadonlyMap<string, number>, what: string): number {
    const token = this.#token;
    if (token.kind === 'number') {
      this.#position++;
      return token.value;
    }
    if (token.kind !== 'name') this.#expected('a name or a number');
    const value = names.get(token.text.toLowerCase());
    if (value === undefined) this.#fail(`unknown 802.11 ${what} name`);
    this.#position++;
    return value;
  }

  #relation(): Primitive {
    const { column } = this.#token;
    const left = this.#arithmetic();
    const token = this.#token;
    if (token.kind !== 'operator' || !RELATIONS.has(token.text)) this.#expected('a comparison such as = or >');
    this.#position++;
    return { kind: 'relation', relation: token.text as Relation, left, right: this.#arithmetic(), column };
  }

  /** Whether `(` opens an arithmetic expression: what it encloses is followed by an operator or holds no test. */
  #parenthesisIsArithmetic(): boolean {
    let distance = 0;
    while (this.#is('operator', '(', this.#peek(distance))) distance++;
    const token = this.#peek(distance);
    const arithmetic =
      token.kind === 'number' ||
      this.#is('word', 'len', token) ||
      this.#is('operator', '-', token) ||
      (token.kind === 'protocol' && this.#is('operator', '[', this.#peek(distance + 1)));
    if (!arithmetic) return false;
    // The innermost parenthesis is arithmetic; the outermost is when no relation comes before it closes.
    let depth = 0;
    let brackets = 0;
    for (let at = 0; ; at++) {
      const next = this.#peek(at);
      if (next.kind === 'end') return true;
      if (this.#is('operator', '(', next)) depth++;
      else if (this.#is('operator', '[', next)) brackets++;
      else if (this.#is('operator', ']', next)) brackets--;
      else if (this.#is('operator', ')', next)) {
        depth--;
        if (depth === 0) return true;
      } else if (brackets === 0 && next.kind === 'operator' && RELATIONS.has(next.text)) return false;
      else if (next.kind === 'word' && next.text !== 'len') return false;
    }
  }

  #arithmetic(): Arithmetic {
    return this.#nested(() => this.#operators());
  }

  /** Operator precedence with an explicit stack: an operator without strength never completes what came before. */
  #operators(): Arithmetic {
    const operands: Arithmetic[] = [];
    const pending: { operator: ArithmeticOperator | 'negate'; column: number }[] = [];
    const complete = (): void => {
      const top = pending.pop();
      const right = operands.pop();
      if (top === undefined || right === undefined) this.#expected('a number or a header field');
      if (top.operator === 'negate') {
        operands.push({ kind: 'negate', operand: right, column: top.column });
        return;
      }
      const left = operands.pop();
      if (left === undefined) this.#expected('a number or a header field');
      operands.push({ kind: 'binary', operator: top.operator, left, right, column: left.column });
    };
    for (;;) {
      while (this.#is('operator', '-')) {
        pending.push({ operator: 'negate', column: this.#token.column });
        if (pending.length > NESTING_MAX) this.#fail('expression is nested too deeply');
        this.#position++;
      }
      operands.push(this.#factor());
      const token = this.#token;
      if (token.kind !== 'operator' || !OPERATORS.has(token.text)) break;
      const operator = token.text as ArithmeticOperator;
      for (let top = pending.at(-1); top !== undefined && yields(top.operator, operator); top = pending.at(-1)) {
        complete();
      }
      pending.push({ operator, column: token.column });
      if (pending.length > NESTING_MAX) this.#fail('expression is nested too deeply');
      this.#position++;
    }
    while (pending.length > 0) complete();
    const [result] = operands;
    return result ?? this.#expected('a number or a header field');
  }

  #factor(): Arithmetic {
    const token = this.#token;
    const { column } = token;
    if (token.kind === 'number') {
      this.#position++;
      return { kind: 'constant', value: token.value, column };
    }
    if (this.#accept('word', 'len')) return { kind: 'length', column };
    if (this.#accept('operator', '(')) {
      const inner = this.#arithmetic();
      this.#expect('operator', ')');
      return inner;
    }
    if (token.kind === 'protocol') {
      this.#position++;
      this.#expect('operator', '[');
      const offset = this.#arithmetic();
      const size = this.#accept('operator', ':') ? this.#number() : 1;
      this.#expect('operator', ']');
      return { kind: 'load', protocol: token.protocol, offset, size, column };
    }
    return this.#expected('a number or a header field');
  }
}

function without(node: Primitive): Term {
  return { node, qualifiers: undefined };
}

/** Whether the operator on the stack is applied before the one that follows. */
function yields(top: ArithmeticOperator | 'negate', next: ArithmeticOperator): boolean {
  const strength = top === 'negate' ? 6 : STRENGTH[top];
  const nextStrength = STRENGTH[next];
  return strength !== undefined && nextStrength !== undefined && strength >= nextStrength;
}

/** What the token is, as the expression has it. */
function wordsOf(token: Exclude<Token, { readonly kind: 'end' }>): string {
  if (token.kind === 'number') return String(token.value);
  return `'${token.kind === 'protocol' ? token.protocol : token.text}'`;
}
