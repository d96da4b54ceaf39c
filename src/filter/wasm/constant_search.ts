/** WebAssembly code that looks for a value among constants. */
import { OP } from './wasm_code.ts';

/** Up to this many constants are compared one after the other. */
const SEARCH_LEAF = 4;

/** Body of a function of one parameter that returns 1 when it is one of the constants, in rising order, else 0. */
export function setBody(sorted: Float64Array): readonly number[] {
  const code: number[] = [OP.block];
  searchBetween(code, 0, sorted, 0, sorted.length, (_, deeper) => deeper);
  code.push(OP.constant, 0, OP.return, OP.end, OP.constant, 1);
  return code;
}

/**
 * A binary search of a local among constants; `label` gives the jump target of a hit, for a number of enclosing `if`s.
 */
export function searchBetween(
  code: number[],
  local: number,
  sorted: Float64Array,
  from: number,
  to: number,
  label: (constant: number, deeper: number) => number,
  deeper = 0,
): void {
  if (to - from <= SEARCH_LEAF) {
    for (let index = from; index < to; index++) {
      const constant = sorted[index] ?? 0;
      code.push(OP.get, local, OP.constant, constant, OP.eq, OP.brIf, label(constant, deeper));
    }
    return;
  }
  const middle = (from + to) >>> 1;
  code.push(OP.get, local, OP.constant, sorted[middle] ?? 0, OP.ltU, OP.if);
  searchBetween(code, local, sorted, from, middle, label, deeper + 1);
  code.push(OP.else);
  searchBetween(code, local, sorted, middle, to, label, deeper + 1);
  code.push(OP.end);
}
