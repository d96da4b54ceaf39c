/** Runs a filter module over the caller's memory. */

/** The function that a filter module exports. */
export type FilterFunction = (framePtr: number, capLength: number, wireLength: number) => number;

/** The function of module bytes over a memory. */
export function instantiateFilter(module: Uint8Array, memory: WebAssembly.Memory): FilterFunction {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module as BufferSource), { env: { memory } });
  return instance.exports.filter as FilterFunction;
}
