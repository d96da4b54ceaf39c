/**
 * The state of code generation: where the headers for the next test are, and which words of scratch memory are taken.
 * `vlan`, `mpls`, `pppoes` and `geneve` move the offsets for every test that is written after them.
 */
import {
  ABS,
  ADD,
  ALU,
  AND,
  B,
  IMM,
  IND,
  JEQ,
  JGE,
  JGT,
  JMP,
  K,
  LD,
  LDX,
  LSH,
  MEM,
  MEMORY_WORDS,
  MISC,
  MSH,
  TAX,
  W,
  H,
  X,
} from '../bpf/bpf.ts';
import { and, not, setTest, statement, test } from './block.ts';
import type { Condition, Statement } from './block.ts';
import { syntaxError } from '../language/error.ts';
import { linkLayout } from './link_layout.ts';
import type { LinkFamily, RadioHeader } from './link_layout.ts';

/** An offset from the start of the frame: a constant, and a word of scratch memory to add when it varies. */
export interface FrameOffset {
  readonly variable: boolean;
  readonly constant: number;
  /** Index of the scratch word, -1 while none is assigned. */
  register: number;
}

/** What an offset of a load counts from. */
export type Origin =
  | 'link header'
  | 'link type'
  | 'llc'
  | 'network'
  | 'network without snap'
  | 'previous label'
  | 'ipv4 transport'
  | 'ipv6 transport';

export interface LinkView {
  readonly family: LinkFamily;
  readonly linkType: number;
  readonly radio: RadioHeader | undefined;
}

export class Generator {
  /** The outermost link, of the file. */
  readonly outermost: LinkView;
  /** The link that tests look at now. */
  link: LinkView;
  linkHeader: FrameOffset;
  linkType: FrameOffset;
  linkPayload: FrameOffset;
  network: number;
  networkNoSnap: number;
  labelDepth = 0;
  insideGeneve = false;
  /** False once code was made that jumps inside a block. */
  optimizable = true;
  /** Column of the part being translated, for errors. */
  column = 0;
  /** NULL frames of a file written in the other byte order. */
  readonly byteSwapped: boolean;

  readonly #sets: (readonly number[])[] = [];
  readonly #taken = new Array<boolean>(MEMORY_WORDS).fill(false);
  #nextRegister = 0;

  constructor(linkType: number, byteSwapped: boolean) {
    const layout = linkLayout(linkType);
    this.outermost = { family: layout.family, linkType, radio: layout.radio };
    this.link = this.outermost;
    this.linkHeader = { variable: layout.radio !== undefined, constant: layout.header, register: -1 };
    this.linkType = { variable: false, constant: layout.type, register: -1 };
    // Behind the header of pflog there is no link header: link header and payload begin at the same place.
    this.linkPayload =
      layout.radio === 'pflog'
        ? this.linkHeader
        : { variable: layout.family === 'wifi', constant: layout.payload, register: -1 };
    this.network = layout.network;
    this.networkNoSnap = layout.networkNoSnap;
    this.byteSwapped = byteSwapped;
  }

  fail(message: string): never {
    throw syntaxError(message, this.column);
  }

  /** Takes a word of scratch memory in rotation, so a word just freed is not the next one taken. */
  takeRegister(): number {
    for (let tries = 0; tries < MEMORY_WORDS; tries++) {
      if (this.#taken[this.#nextRegister] !== true) {
        this.#taken[this.#nextRegister] = true;
        return this.#nextRegister;
      }
      this.#nextRegister = (this.#nextRegister + 1) % MEMORY_WORDS;
    }
    return this.fail('too many registers needed to evaluate expression');
  }

  freeRegister(register: number): void {
    this.#taken[register] = false;
  }

  /** Statements that put the varying part of an offset into X; none when it does not vary. */
  loadVariablePart(offset: FrameOffset): Statement[] {
    if (!offset.variable) return [];
    if (offset.register === -1) offset.register = this.takeRegister();
    return [statement(LDX | MEM, offset.register)];
  }

  /** Statements that load a field into A. */
  load(origin: Origin, offset: number, width: number): Statement[] {
    switch (origin) {
      case 'link header':
        return this.#loadFrom(this.linkHeader, offset, width);
      case 'link type':
        return this.#loadFrom(this.linkType, offset, width);
      case 'llc':
        return this.#loadFrom(this.linkPayload, offset, width);
      case 'network':
        return this.#loadFrom(this.linkPayload, this.network + offset, width);
      case 'network without snap':
        return this.#loadFrom(this.linkPayload, this.networkNoSnap + offset, width);
      case 'previous label':
        return this.#loadFrom(this.linkPayload, this.network - 4 + offset, width);
      case 'ipv4 transport':
        return [
          ...this.loadIpv4HeaderLength(),
          statement(LD | IND | width, this.linkPayload.constant + this.network + offset),
        ];
      case 'ipv6 transport':
        return this.#loadFrom(this.linkPayload, this.network + 40 + offset, width);
    }
  }

  #loadFrom(base: FrameOffset, offset: number, width: number): Statement[] {
    const index = this.loadVariablePart(base);
    const mode = index.length === 0 ? ABS : IND;
    return [...index, statement(LD | mode | width, base.constant + offset)];
  }

  /** Statements that put the length of the IPv4 header, and the varying part of its offset, into X. */
  loadIpv4HeaderLength(): Statement[] {
    const offset = this.linkPayload.constant + this.network;
    const index = this.loadVariablePart(this.linkPayload);
    if (index.length === 0) return [statement(LDX | MSH | B, offset)];
    return [
      ...index,
      statement(LD | IND | B, offset),
      statement(ALU | AND | K, 0xf),
      statement(ALU | LSH | K, 2),
      statement(ALU | ADD | X),
      statement(MISC | TAX),
    ];
  }

  /** The field is one of the constants. */
  oneOf(origin: Origin, offset: number, width: number, constants: readonly number[]): Condition {
    const known = this.#sets.indexOf(constants);
    const id = known >= 0 ? known : this.#sets.push(constants) - 1;
    return setTest(this.load(origin, offset, width), constants, id);
  }

  equal(origin: Origin, offset: number, width: number, value: number): Condition {
    return test(this.load(origin, offset, width), JMP | JEQ | K, value);
  }

  maskedEqual(origin: Origin, offset: number, width: number, value: number, mask: number): Condition {
    const statements = this.load(origin, offset, width);
    if (mask !== 0xffffffff) statements.push(statement(ALU | AND | K, mask));
    return test(statements, JMP | JEQ | K, value);
  }

  greater(origin: Origin, offset: number, width: number, value: number): Condition {
    return test(this.load(origin, offset, width), JMP | JGT | K, value);
  }

  atLeast(origin: Origin, offset: number, width: number, value: number): Condition {
    return test(this.load(origin, offset, width), JMP | JGE | K, value);
  }

  atMost(origin: Origin, offset: number, width: number, value: number): Condition {
    return not(this.greater(origin, offset, width, value));
  }

  /** Equality of a run of bytes, compared from its end in words as wide as fit. */
  equalBytes(origin: Origin, offset: number, bytes: readonly number[]): Condition {
    const parts: Condition[] = [];
    let length = bytes.length;
    while (length > 0) {
      const size = length >= 4 ? 4 : length >= 2 ? 2 : 1;
      length -= size;
      let value = 0;
      for (let index = 0; index < size; index++) value = value * 256 + (bytes[length + index] ?? 0);
      parts.push(this.equal(origin, offset + length, size === 4 ? W : size === 2 ? H : B, value));
    }
    const [first, ...rest] = parts;
    if (first === undefined) throw new RangeError('no bytes to compare');
    return rest.length === 0 ? first : and(first, ...rest);
  }

  always(): Condition {
    return constant(0);
  }

  never(): Condition {
    return constant(1);
  }
}

/** A load of a constant and a comparison with zero. */
function constant(value: number): Condition {
  return test([statement(LD | IMM, value)], JMP | JEQ | K, 0);
}
