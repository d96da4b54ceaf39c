/** What all parts of the layout use, and its version. */

/** number: the module and its host must have the same */
export const LAYOUT_VERSION = 30;
/**
 * number bytes, power of two: WebAssembly page. Page 0 is static data of the module; the control block begins at page
 * 1
 */
export const PAGE_SIZE = 65536;
/** number bytes, power of two */
export const CACHE_LINE = 64;
/** bytes u32: the unit of Uint32Array views of the memory */
export const U32_SIZE = 4;
/** number: in place of an index: no flow, no chunk, no slot */
export const NIL = 0xffffffff;
