/** WebAssembly instructions as a list of numbers, each followed by its immediates; to bytes, and to text. */

/** What follows the opcode. */
type Immediate = 'none' | 'block' | 'label' | 'function' | 'local' | 'constant' | 'memory';

interface Instruction {
  readonly name: string;
  readonly opcode: number;
  readonly immediate: Immediate;
}

function instruction(name: string, opcode: number, immediate: Immediate = 'none'): Instruction {
  return { name, opcode, immediate };
}

const INSTRUCTIONS: readonly Instruction[] = [
  instruction('block', 0x02, 'block'),
  instruction('loop', 0x03, 'block'),
  instruction('if', 0x04, 'block'),
  instruction('else', 0x05),
  instruction('end', 0x0b),
  instruction('br', 0x0c, 'label'),
  instruction('br_if', 0x0d, 'label'),
  instruction('return', 0x0f),
  instruction('call', 0x10, 'function'),
  instruction('select', 0x1b),
  instruction('local.get', 0x20, 'local'),
  instruction('local.set', 0x21, 'local'),
  instruction('local.tee', 0x22, 'local'),
  instruction('i32.load', 0x28, 'memory'),
  instruction('i32.load8_u', 0x2d, 'memory'),
  instruction('i32.load16_u', 0x2f, 'memory'),
  instruction('i32.const', 0x41, 'constant'),
  instruction('i32.eqz', 0x45),
  instruction('i32.eq', 0x46),
  instruction('i32.ne', 0x47),
  instruction('i32.lt_u', 0x49),
  instruction('i32.gt_u', 0x4b),
  instruction('i32.le_u', 0x4d),
  instruction('i32.ge_u', 0x4f),
  instruction('i32.add', 0x6a),
  instruction('i32.sub', 0x6b),
  instruction('i32.mul', 0x6c),
  instruction('i32.div_u', 0x6e),
  instruction('i32.rem_u', 0x70),
  instruction('i32.and', 0x71),
  instruction('i32.or', 0x72),
  instruction('i32.xor', 0x73),
  instruction('i32.shl', 0x74),
  instruction('i32.shr_u', 0x76),
  instruction('i32.rotl', 0x77),
  instruction('i32.rotr', 0x78),
];

const BY_OPCODE: readonly (Instruction | undefined)[] = (() => {
  const table: (Instruction | undefined)[] = [];
  for (const entry of INSTRUCTIONS) table[entry.opcode] = entry;
  return table;
})();

export const OP = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  return: 0x0f,
  call: 0x10,
  select: 0x1b,
  get: 0x20,
  set: 0x21,
  tee: 0x22,
  load32: 0x28,
  load8: 0x2d,
  load16: 0x2f,
  constant: 0x41,
  eqz: 0x45,
  eq: 0x46,
  ne: 0x47,
  ltU: 0x49,
  gtU: 0x4b,
  leU: 0x4d,
  geU: 0x4f,
  add: 0x6a,
  sub: 0x6b,
  mul: 0x6c,
  divU: 0x6e,
  remU: 0x70,
  and: 0x71,
  or: 0x72,
  xor: 0x73,
  shl: 0x74,
  shrU: 0x76,
  rotl: 0x77,
  rotr: 0x78,
} as const;

/** A growing run of bytes with the two integer encodings of WebAssembly. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  length = 0;

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.length] = value;
    this.length++;
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  #reserve(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  /** LEB128, unsigned, 32 bits. */
  unsigned(value: number): void {
    let rest = value >>> 0;
    for (; rest >= 0x80; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    this.byte(rest);
  }

  /** LEB128, signed, of the 32 bits as a two's complement number. */
  signed(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
        this.byte(low);
        return;
      }
      this.byte(low | 0x80);
    }
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }
}

const EMPTY_BLOCK = 0x40;

/** The bytes of a function body's instructions. */
export function encodeCode(code: readonly number[], writer: ByteWriter): void {
  for (let index = 0; index < code.length; index++) {
    const opcode = code[index] ?? 0;
    writer.byte(opcode);
    switch (BY_OPCODE[opcode]?.immediate) {
      case 'block':
        writer.byte(EMPTY_BLOCK);
        break;
      case 'label':
      case 'function':
      case 'local':
        index++;
        writer.unsigned(code[index] ?? 0);
        break;
      case 'constant':
        index++;
        writer.signed(code[index] ?? 0);
        break;
      case 'memory':
        // Frames start anywhere: no alignment is promised.
        index++;
        writer.byte(0);
        writer.unsigned(code[index] ?? 0);
        break;
      default:
        break;
    }
  }
}

/** The instructions as text, one a line, indented by their nesting. */
export function printCode(code: readonly number[], localName: (index: number) => string, indent: string): string {
  const lines: string[] = [];
  let depth = 0;
  for (let index = 0; index < code.length; index++) {
    const entry = BY_OPCODE[code[index] ?? 0];
    if (entry === undefined) continue;
    let text = entry.name;
    if (entry.immediate === 'label' || entry.immediate === 'function') text += ` ${code[++index] ?? 0}`;
    if (entry.immediate === 'local') text += ` $${localName(code[++index] ?? 0)}`;
    if (entry.immediate === 'constant') text += ` ${(code[++index] ?? 0) | 0}`;
    if (entry.immediate === 'memory') {
      const offset = code[++index] ?? 0;
      text += `${offset === 0 ? '' : ` offset=${offset}`} align=1`;
    }
    if (entry.name === 'end' || entry.name === 'else') depth--;
    lines.push(`${indent}${'  '.repeat(depth)}${text}`);
    if (entry.immediate === 'block' || entry.name === 'else') depth++;
  }
  return lines.join('\n');
}
