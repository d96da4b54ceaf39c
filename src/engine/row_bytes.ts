/** Where rows are read. */
import type { MemoryViews } from './wasm.ts';

/** Bytes that hold rows: the engine's memory, or a copy of some. */
export type RowBytes = Pick<MemoryViews, 'u8' | 'data'>;

/** Is something so of the row at `row`? */
export type RowTest = (bytes: RowBytes, row: number) => boolean;
