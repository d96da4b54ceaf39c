/** A standalone filter: compiled, and run on frames without an engine. */
import type { BpfProgram } from './bpf/bpf.ts';
import { compileProgram } from './compile.ts';
import type { CompileOptions } from './compile.ts';
import { instantiateFilter } from './wasm/instantiate.ts';
import { parseProgramText } from './bpf/program.ts';
import { assembleFilterModule } from './wasm/wasm_module.ts';
import { refuseUnknown } from '../options/check.ts';

export interface Filter {
  readonly program: BpfProgram;
  /**
   * Whether the frame is kept. `wireLength` is its length before it was cut to what was captured, which `len`,
   * `less` and `greater` look at; default the length of `frame`.
   */
  test(frame: Uint8Array, wireLength?: number): boolean;
}

const PAGE_BYTES = 65536;

/**
 * The filter of an expression, or of the numbers of `tcpdump -ddd`.
 * @throws {FilterError} when the expression or the program is refused
 */
export function compileFilter(source: string | readonly number[], options: CompileOptions = {}): Filter {
  refuseUnknown('compileFilter', options);
  const program = typeof source === 'string' ? compileProgram(source, options) : parseProgramText(source);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const run = instantiateFilter(assembleFilterModule(program), memory);
  let bytes = new Uint8Array(memory.buffer);
  return {
    program,
    test(frame, wireLength = frame.length) {
      if (frame.length > bytes.length) {
        memory.grow(Math.ceil((frame.length - bytes.length) / PAGE_BYTES));
        bytes = new Uint8Array(memory.buffer);
      }
      bytes.set(frame);
      return run(0, frame.length, wireLength) !== 0;
    },
  };
}
