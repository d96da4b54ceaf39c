/** A filter function as a WebAssembly module over an imported memory, WebAssembly core specification 1.0, section 5. */
import type { BpfProgram } from '../bpf/bpf.ts';
import { unsupported } from '../language/error.ts';
import { ByteWriter, encodeCode, printCode } from './wasm_code.ts';
import { LOCALS, filterFunctions, localName } from './wasm_function.ts';

/** The memory that the module imports. */
export interface FilterModuleOptions {
  /** The memory is shared between threads. Default false. */
  readonly sharedMemory?: boolean;
  /** Largest size of the memory, which a shared one must declare. Pages of 64 KiB, default 65536. */
  readonly maximumPages?: number;
}

const I32 = 0x7f;
const FUNCTION_TYPE = 0x60;
const PAGES_MAX = 65536;

/** V8 and SpiderMonkey take no larger function. Bytes. */
const FUNCTION_BYTES_MAX = 7_654_321;

const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;

/**
 * Module bytes. The module imports the memory `env.memory` and exports `filter(framePtr, capLength, wireLength)`,
 * which returns what the program returns: 0 to drop the frame. All bytes from `framePtr` to `framePtr + capLength`
 * must lie in the memory; no other byte is read.
 * @throws {FilterError} ERR_FILTER_UNSUPPORTED when the program is too long for one function
 */
export function assembleFilterModule(program: BpfProgram, options: FilterModuleOptions = {}): Uint8Array {
  const { sharedMemory = false, maximumPages = PAGES_MAX } = options;
  const module = new ByteWriter();
  module.append(new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]));
  const { filter, sets } = filterFunctions(program);
  section(module, SECTION.type, (out) => {
    out.unsigned(2);
    for (const value of [FUNCTION_TYPE, 3, I32, I32, I32, 1, I32]) out.byte(value);
    for (const value of [FUNCTION_TYPE, 1, I32, 1, I32]) out.byte(value);
  });
  section(module, SECTION.import, (out) => {
    out.unsigned(1);
    name(out, 'env');
    name(out, 'memory');
    // A memory; its limits: unshared without a maximum, or shared with one.
    out.byte(0x02);
    out.byte(sharedMemory ? 0x03 : 0x00);
    out.unsigned(0);
    if (sharedMemory) out.unsigned(maximumPages);
  });
  section(module, SECTION.function, (out) => {
    out.unsigned(1 + sets.length);
    out.unsigned(0);
    for (let index = 0; index < sets.length; index++) out.unsigned(1);
  });
  section(module, SECTION.export, (out) => {
    out.unsigned(1);
    name(out, 'filter');
    out.byte(0x00);
    out.unsigned(0);
  });
  section(module, SECTION.code, (out) => {
    out.unsigned(1 + sets.length);
    writeFunction(out, filter, LOCALS);
    for (const set of sets) writeFunction(out, set, 0);
  });
  return module.finish();
}

function writeFunction(out: ByteWriter, code: readonly number[], locals: number): void {
  const body = new ByteWriter();
  body.unsigned(locals === 0 ? 0 : 1);
  if (locals > 0) {
    body.unsigned(locals);
    body.byte(I32);
  }
  encodeCode(code, body);
  body.byte(0x0b);
  if (body.length > FUNCTION_BYTES_MAX) throw unsupported('the filter is too long to be compiled');
  out.unsigned(body.length);
  out.append(body.finish());
}

/** The module in the text format. */
export function formatWat(program: BpfProgram): string {
  const { filter, sets } = filterFunctions(program);
  const locals = Array.from({ length: LOCALS }, (_, index) => `(local $${localName(3 + index)} i32)`).join(' ');
  return [
    '(module',
    '  (import "env" "memory" (memory 0))',
    '  (func (export "filter") (param $frame i32) (param $capLength i32) (param $wireLength i32) (result i32)',
    `    ${locals}`,
    printCode(filter, localName, '    '),
    '  )',
    ...sets.flatMap((set) => ['  (func (param $value i32) (result i32)', printCode(set, () => 'value', '    '), '  )']),
    ')',
    '',
  ].join('\n');
}

function section(module: ByteWriter, id: number, write: (out: ByteWriter) => void): void {
  const content = new ByteWriter();
  write(content);
  module.byte(id);
  module.unsigned(content.length);
  module.append(content.finish());
}

function name(out: ByteWriter, text: string): void {
  out.unsigned(text.length);
  for (const character of text) out.byte(character.charCodeAt(0));
}
