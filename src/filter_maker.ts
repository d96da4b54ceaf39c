/** From the `filter` option to what the engine asks for: the filter module of a link type. */
import { assembleFilterModule, compileProgram, parseFilter } from './filter/index.ts';

/**
 * Undefined when everything passes.
 * @throws {FilterError} at once when the text is not a filter; when called, if it has no meaning for the link type
 */
export function filterMaker(filter: string | readonly number[] | undefined): ((linkType: number) => Uint8Array) | undefined {
  if (filter === undefined) return undefined;
  if (typeof filter !== 'string') throw new TypeError('a filter is text');
  if (filter.trim() === '') return undefined;
  const tree = parseFilter(filter);
  return (linkType) => assembleFilterModule(compileProgram(tree, { linkType }).program);
}
