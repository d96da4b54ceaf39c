/** Programs as tcpdump prints them, and syntax trees as indented text. */
import {
  A,
  ABS,
  ALU,
  AND,
  H,
  IMM,
  IND,
  JA,
  JMP,
  LD,
  LDX,
  LEN,
  MEM,
  MISC,
  MSH,
  NEG,
  OR,
  RET,
  ST,
  STX,
  TXA,
  W,
  X,
  XOR,
  classOf,
  modeOf,
  operationOf,
  widthOf,
} from './bpf.ts';
import type { BpfInstruction, BpfProgram } from './bpf.ts';
import type { Arithmetic, FilterNode, FilterTree, Id, Primitive, Qualifiers } from '../language/tree.ts';

/** As `tcpdump -d` (one instruction a line, with names) or `tcpdump -ddd` (numbers). Ends with a line feed. */
export function formatProgram(program: BpfProgram, style: 'd' | 'ddd'): string {
  if (style === 'ddd') {
    return [program.length, ...program.map(({ code, jt, jf, k }) => `${code} ${jt} ${jf} ${k}`), ''].join('\n');
  }
  return program.map((instruction, index) => `${image(instruction, index)}\n`).join('');
}

const OPERATIONS = ['add', 'sub', 'mul', 'div', 'or', 'and', 'lsh', 'rsh', 'neg', 'mod', 'xor'];
const JUMPS = ['ja', 'jeq', 'jgt', 'jge', 'jset'];

function image(instruction: BpfInstruction, index: number): string {
  const { name, operand } = parts(instruction, index);
  const start = `(${String(index).padStart(3, '0')}) ${name.padEnd(8)} `;
  if (classOf(instruction.code) === JMP && operationOf(instruction.code) !== JA) {
    return `${start}${operand.padEnd(16)} jt ${index + 1 + instruction.jt}\tjf ${index + 1 + instruction.jf}`;
  }
  return start + operand;
}

function parts({ code, k }: BpfInstruction, index: number): { name: string; operand: string } {
  const hexadecimal = `#0x${k.toString(16)}`;
  const decimal = `#${k | 0}`;
  switch (classOf(code)) {
    case RET:
      return { name: 'ret', operand: (code & 0x18) === A ? '' : decimal };
    case LD:
    case LDX:
      return load(code, k);
    case ST:
      return { name: 'st', operand: `M[${k}]` };
    case STX:
      return { name: 'stx', operand: `M[${k}]` };
    case JMP: {
      const name = JUMPS[operationOf(code) >> 4] ?? 'unimp';
      if (operationOf(code) === JA) return { name, operand: String((index + 1 + k) | 0) };
      return { name, operand: (code & X) === 0 ? hexadecimal : 'x' };
    }
    case ALU: {
      const operation = operationOf(code);
      const name = OPERATIONS[operation >> 4] ?? 'unimp';
      if (operation === NEG) return { name, operand: '' };
      if ((code & X) !== 0) return { name, operand: 'x' };
      const bits = operation === AND || operation === OR || operation === XOR;
      return { name, operand: bits ? hexadecimal : decimal };
    }
    case MISC:
      return { name: (code & 0xf8) === TXA ? 'txa' : 'tax', operand: '' };
    default:
      return { name: 'unimp', operand: `0x${code.toString(16)}` };
  }
}

function load(code: number, k: number): { name: string; operand: string } {
  const base = classOf(code) === LD ? 'ld' : 'ldx';
  const sized = base + (widthOf(code) === W ? '' : widthOf(code) === H ? 'h' : 'b');
  switch (modeOf(code)) {
    case IMM:
      return { name: base, operand: `#0x${k.toString(16)}` };
    case ABS:
      return { name: sized, operand: `[${k | 0}]` };
    case IND:
      return { name: sized, operand: `[x + ${k | 0}]` };
    case MEM:
      return { name: base, operand: `M[${k}]` };
    case LEN:
      return { name: base, operand: '#pktlen' };
    case MSH:
      return { name: 'ldxb', operand: `4*([${k}]&0xf)` };
    default:
      return { name: 'unimp', operand: `0x${code.toString(16)}` };
  }
}

/** The tree, two spaces a level, each id with all its qualifiers. Ends with a line feed. */
export function formatTree(tree: FilterTree): string {
  const lines: string[] = [];
  const stack: { readonly node: FilterNode; readonly depth: number }[] = [];
  if (tree.root === undefined) lines.push('everything');
  else stack.push({ node: tree.root, depth: 0 });
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, depth } = top;
    const indent = '  '.repeat(depth);
    switch (node.kind) {
      case 'and':
      case 'or': {
        // A chain of one connective is printed as one list.
        lines.push(indent + node.kind);
        let left: FilterNode = node;
        for (; left.kind === node.kind; left = left.left) stack.push({ node: left.right, depth: depth + 1 });
        stack.push({ node: left, depth: depth + 1 });
        break;
      }
      case 'not':
        lines.push(`${indent}not`);
        stack.push({ node: node.operand, depth: depth + 1 });
        break;
      default:
        lines.push(indent + primitiveText(node));
    }
  }
  return `${lines.join('\n')}\n`;
}

function primitiveText(node: Primitive): string {
  switch (node.kind) {
    case 'id':
      return `${qualifierText(node.qualifiers)}${idText(node.id)}`;
    case 'protocol':
      return `protocol ${node.protocol}`;
    case 'broadcast':
    case 'multicast':
      return node.protocol === undefined ? node.kind : `${node.protocol} ${node.kind}`;
    case 'less':
    case 'greater':
    case 'ifindex':
      return `${node.kind} ${node.value}`;
    case 'byte':
      return `byte ${node.index} ${node.operator} ${node.value}`;
    case 'vlan':
    case 'mpls':
    case 'pppoes':
    case 'geneve':
      return node.value === undefined ? node.kind : `${node.kind} ${node.value}`;
    case 'wlan type':
      return `wlan type 0x${node.value.toString(16)} mask 0x${node.mask.toString(16)}`;
    case 'wlan direction':
      return `wlan direction ${node.value}`;
    case 'llc':
      return node.type === undefined ? 'llc' : `llc ${node.type}`;
    case 'relation':
      return `${arithmeticText(node.left)} ${node.relation} ${arithmeticText(node.right)}`;
    default:
      return node.kind;
  }
}

function qualifierText(qualifiers: Qualifiers | undefined): string {
  if (qualifiers === undefined) return '';
  const { protocol, direction, type } = qualifiers;
  return [protocol, direction, type].map((word) => (word === undefined ? '' : `${word} `)).join('');
}

function idText(id: Id): string {
  switch (id.kind) {
    case 'number':
      return String(id.value);
    case 'name':
      return id.name;
    case 'mac':
      return id.text;
    case 'ipv4':
      if (id.mask !== undefined) return `${id.text} mask ${id.mask}`;
      return id.prefixLength === undefined ? id.text : `${id.text}/${id.prefixLength}`;
    case 'ipv6':
      return id.prefixLength === undefined ? id.text : `${id.text}/${id.prefixLength}`;
  }
}

function arithmeticText(value: Arithmetic): string {
  // Chains of operators lean to the left: collected without recursion.
  const tail: string[] = [];
  let node = value;
  for (; node.kind === 'binary'; node = node.left) tail.push(` ${node.operator} ${arithmeticText(node.right)})`);
  return '('.repeat(tail.length) + operandText(node) + tail.reverse().join('');
}

function operandText(value: Arithmetic): string {
  switch (value.kind) {
    case 'constant':
      return String(value.value);
    case 'length':
      return 'len';
    case 'load':
      return `${value.protocol}[${arithmeticText(value.offset)}:${value.size}]`;
    case 'negate':
      return `-${arithmeticText(value.operand)}`;
    case 'binary':
      return arithmeticText(value);
  }
}
