/** Arithmetic on fields of the frame and the comparison of two values. */
import {
  ADD,
  ALU,
  AND,
  B,
  DIV,
  H,
  IMM,
  IND,
  JEQ,
  JGE,
  JGT,
  JMP,
  K,
  LD,
  LDX,
  LEN,
  LSH,
  MEM,
  MISC,
  MOD,
  MUL,
  NEG,
  OR,
  RSH,
  ST,
  SUB,
  TAX,
  W,
  X,
  XOR,
} from '../bpf/bpf.ts';
import { and, not, statement, test } from './block.ts';
import type { Condition, Statement } from './block.ts';
import type { Generator } from './generator.ts';
import { keywordProtocol, firstFragment } from './protocol_condition.ts';
import { IP_PROTOCOL } from '../language/protocols.ts';
import type { Arithmetic, ArithmeticOperator, ProtocolKeyword, Relation } from '../language/tree.ts';

/** A value in a word of scratch memory, and what must hold of the frame for it to exist. */
interface Value {
  statements: Statement[];
  register: number;
  condition: Condition | undefined;
}

const OPERATION: Readonly<Record<ArithmeticOperator, number>> = {
  '+': ADD,
  '-': SUB,
  '*': MUL,
  '/': DIV,
  '%': MOD,
  '&': AND,
  '|': OR,
  '^': XOR,
  '<<': LSH,
  '>>': RSH,
};

/** `left relation right`, on unsigned values. */
export function comparison(generator: Generator, relation: Relation, left: Arithmetic, right: Arithmetic): Condition {
  const first = evaluate(generator, left);
  const second = evaluate(generator, right);
  const statements = [
    ...first.statements,
    ...second.statements,
    statement(LDX | MEM, second.register),
    statement(LD | MEM, first.register),
  ];
  let condition: Condition;
  if (relation === '=' || relation === '!=') {
    condition = test([...statements, statement(ALU | SUB | X)], JMP | JEQ | K, 0);
  } else {
    condition = test(statements, JMP | (relation === '>' || relation === '<=' ? JGT : JGE) | X);
  }
  generator.freeRegister(first.register);
  generator.freeRegister(second.register);
  const holds = relation === '!=' || relation === '<=' || relation === '<' ? not(condition) : condition;
  const needs = both(first.condition, second.condition);
  return needs === undefined ? holds : and(needs, holds);
}

function both(first: Condition | undefined, second: Condition | undefined): Condition | undefined {
  return first !== undefined && second !== undefined ? and(first, second) : (first ?? second);
}

/** Statements for a value. */
function evaluate(generator: Generator, value: Arithmetic): Value {
  switch (value.kind) {
    case 'constant':
      return loaded(generator, [statement(LD | IMM, value.value)]);
    case 'length':
      return loaded(generator, [statement(LD | LEN)]);
    case 'negate': {
      const operand = evaluate(generator, value.operand);
      operand.statements.push(
        statement(LD | MEM, operand.register),
        statement(ALU | NEG),
        statement(ST, operand.register),
      );
      return operand;
    }
    case 'load': {
      const offset = evaluate(generator, value.offset);
      generator.column = value.column;
      return field(generator, value.protocol, offset, value.size);
    }
    case 'binary':
      return sum(generator, value);
  }
}

/** Chains of operators lean to the left and may be long: walked down without recursion. */
function sum(generator: Generator, value: Arithmetic): Value {
  const spine: Extract<Arithmetic, { kind: 'binary' }>[] = [];
  let node = value;
  while (node.kind === 'binary') {
    spine.push(node);
    node = node.left;
  }
  let left = evaluate(generator, node);
  for (const { operator, right, column } of spine.reverse()) {
    const operand = evaluate(generator, right);
    generator.column = column;
    left = combine(generator, operator, left, operand);
  }
  return left;
}

function loaded(generator: Generator, statements: Statement[]): Value {
  const register = generator.takeRegister();
  return { statements: [...statements, statement(ST, register)], register, condition: undefined };
}

function combine(generator: Generator, operator: ArithmeticOperator, left: Value, right: Value): Value {
  // The first statement of the operand decides, so that a sum that starts with such a constant is refused as well.
  const [first] = right.statements;
  const constant = first?.code === (LD | IMM) ? first.k : undefined;
  if (operator === '/' && constant === 0) generator.fail('division by zero');
  if (operator === '%' && constant === 0) generator.fail('modulus by zero');
  if ((operator === '<<' || operator === '>>') && constant !== undefined && constant > 31) {
    generator.fail('shift by more than 31 bits');
  }
  left.statements.push(
    ...right.statements,
    statement(LDX | MEM, right.register),
    statement(LD | MEM, left.register),
    statement(ALU | OPERATION[operator] | X),
  );
  generator.freeRegister(left.register);
  generator.freeRegister(right.register);
  left.register = generator.takeRegister();
  left.statements.push(statement(ST, left.register));
  // What must hold for the right operand is not asked, as in every libpcap.
  return left;
}

/** `protocol[offset:size]` */
function field(generator: Generator, protocol: ProtocolKeyword, offset: Value, size: number): Value {
  const register = generator.takeRegister();
  generator.freeRegister(offset.register);
  if (size !== 1 && size !== 2 && size !== 4) generator.fail('data size must be 1, 2, or 4');
  const width = size === 1 ? B : size === 2 ? H : W;
  const { index, base, condition } = place(generator, protocol, offset);
  const statements = [...offset.statements, ...index, statement(LD | IND | width, base), statement(ST, register)];
  return { statements, register, condition };
}

interface Place {
  /** Statements that put the offset into X. */
  readonly index: Statement[];
  /** Constant to add to X. */
  readonly base: number;
  readonly condition: Condition | undefined;
}

function place(generator: Generator, protocol: ProtocolKeyword, offset: Value): Place {
  const network = (): number => generator.linkPayload.constant + generator.network;
  const before = (condition: Condition): Condition => both(offset.condition, condition) ?? condition;
  const indexed = (index: Statement[]): Statement[] =>
    index.length === 0
      ? [statement(LDX | MEM, offset.register)]
      : [...index, statement(LD | MEM, offset.register), statement(ALU | ADD | X), statement(MISC | TAX)];
  switch (protocol) {
    case 'radio':
      if (generator.link.radio === undefined || generator.link.radio === 'ppi' || generator.link.radio === 'pflog')
        generator.fail('radio information not present in capture');
      return { index: indexed([]), base: 0, condition: offset.condition };
    case 'link':
      return {
        index: indexed(generator.loadVariablePart(generator.linkHeader)),
        base: generator.linkHeader.constant,
        condition: offset.condition,
      };
    case 'ip':
    case 'arp':
    case 'rarp':
    case 'atalk':
    case 'decnet':
    case 'sca':
    case 'lat':
    case 'moprc':
    case 'mopdl':
    case 'ip6': {
      const index = indexed(generator.loadVariablePart(generator.linkPayload));
      return { index, base: network(), condition: before(keywordProtocol(generator, protocol)) };
    }
    case 'sctp':
    case 'tcp':
    case 'udp':
    case 'icmp':
    case 'igmp':
    case 'igrp':
    case 'pim':
    case 'vrrp':
    case 'carp': {
      const index = indexed(generator.loadIpv4HeaderLength());
      const carried = and(keywordProtocol(generator, protocol), firstFragment(generator));
      const condition = and(keywordProtocol(generator, 'ip'), before(carried));
      return { index, base: network(), condition };
    }
    case 'icmp6': {
      const version = before(keywordProtocol(generator, 'ip6'));
      const condition = and(version, generator.equal('network', 6, B, IP_PROTOCOL.icmp6));
      return { index: indexed(generator.loadVariablePart(generator.linkPayload)), base: network() + 40, condition };
    }
    default:
      return generator.fail('unsupported index operation');
  }
}
