/** From the `filter` option to what the engine asks for: the filter module of a link type. */

import type { FilterMaker } from '../engine/options.ts';
import type { CompiledProgram } from '../filter/index.ts';

/** Text of pcap-filter(7), or the numbers of a compiled program as `tcpdump -ddd` prints them. */
export type FilterOption = string | readonly number[];

/** @throws {TypeError} */
export function checkFilter(filter: unknown): asserts filter is FilterOption | undefined {
  if (filter === undefined || typeof filter === 'string') return;
  if (Array.isArray(filter) && filter.every((word) => Number.isInteger(word))) return;
  throw new TypeError('a filter is text, or the numbers of a compiled program');
}

/**
 * Undefined when everything passes. The compiler is loaded only when there is something to compile.
 * @param warn receives warnings: an expression that can never match
 * @throws {FilterError} when the filter is wrong; the function given back throws it when the filter has no meaning for
 *   the link type
 */
export async function createFilterFactory(
  filter: FilterOption | undefined,
  warn: (message: string) => void,
): Promise<FilterMaker | undefined> {
  if (filter === undefined || (typeof filter === 'string' && filter.trim() === '')) return undefined;
  const { assembleFilterModule, compile, FilterError, parseFilter, parseProgramText } = await import(
    '../filter/index.ts'
  );
  if (typeof filter !== 'string') {
    const program = parseProgramText(filter);
    return (_linkType, _bigEndian, sharedMemory) => assembleFilterModule(program, { sharedMemory });
  }
  const tree = parseFilter(filter);
  const compileFor = (linkType: number, bigEndian: boolean): CompiledProgram => {
    try {
      return compile(tree, { linkType, byteSwapped: bigEndian });
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      const message = `the filter cannot be used on link type ${linkType}: ${error.message}`;
      throw new FilterError(error.code, message, error.column, { cause: error });
    }
  };
  return (linkType, bigEndian, sharedMemory) => {
    const { program, warnings } = compileFor(linkType, bigEndian);
    for (const warning of warnings) warn(`filter '${filter}': ${warning}`);
    return assembleFilterModule(program, { sharedMemory });
  };
}
