/**
 * A WebAssembly loop that calls a filter for each frame of a table, as an engine does: no call comes from JavaScript.
 */
import type { FilterFunction } from '../src/filter/wasm/instantiate.ts';
import { ByteWriter, OP, encodeCode } from '../src/filter/wasm/wasm_code.ts';

/** Size of a table entry: address, captured length, length on the wire. */
export const ENTRY_SIZE = 12;

/** Calls the filter for `count` entries at `table`; returns how many frames it keeps. */
export type Driver = (table: number, count: number) => number;

const I32 = 0x7f;

export function makeDriver(filter: FilterFunction, memory: WebAssembly.Memory): Driver {
  const module = new ByteWriter();
  module.append(new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]));
  section(module, 1, [2, 0x60, 3, I32, I32, I32, 1, I32, 0x60, 2, I32, I32, 1, I32]);
  section(module, 2, [2, ...text('e'), ...text('m'), 0x02, 0x00, 0, ...text('e'), ...text('f'), 0x00, 0]);
  section(module, 3, [1, 1]);
  section(module, 7, [1, ...text('run'), 0x00, 1]);
  const body = new ByteWriter();
  for (const value of [1, 1, I32]) body.byte(value);
  encodeCode(loop(), body);
  body.byte(0x0b);
  const code = new ByteWriter();
  code.unsigned(1);
  code.unsigned(body.length);
  code.append(body.finish());
  section(module, 10, [...code.finish()]);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.finish() as BufferSource), {
    e: { m: memory, f: filter },
  });
  return instance.exports.run as Driver;
}

/** Locals: 0 the entry, 1 entries left, 2 frames kept. */
function loop(): number[] {
  return [
    OP.loop,
    OP.get,
    2,
    OP.get,
    0,
    OP.load32,
    0,
    OP.get,
    0,
    OP.load32,
    4,
    OP.get,
    0,
    OP.load32,
    8,
    OP.call,
    0,
    OP.constant,
    0,
    OP.ne,
    OP.add,
    OP.set,
    2,
    OP.get,
    0,
    OP.constant,
    ENTRY_SIZE,
    OP.add,
    OP.set,
    0,
    OP.get,
    1,
    OP.constant,
    1,
    OP.sub,
    OP.tee,
    1,
    OP.brIf,
    0,
    OP.end,
    OP.get,
    2,
  ];
}

function section(module: ByteWriter, id: number, content: readonly number[]): void {
  module.byte(id);
  module.unsigned(content.length);
  module.append(new Uint8Array(content));
}

function text(name: string): number[] {
  return [name.length, ...[...name].map((character) => character.charCodeAt(0))];
}
