/** The rows of flows, as the engine wrote them, in chunks: a growing buffer would for a moment be there twice. */
import type { RowBytes } from '../../src/engine/row_bytes.ts';

const CHUNK_SIZE = 8 * 2 ** 20;

/** Rows one behind the other. A row has a multiple of 8 bytes, so all its values are aligned. */
export interface RowChunk extends RowBytes {
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
}

export class RowStore {
  readonly rowBytes: number;
  count = 0;
  readonly #chunks: RowChunk[] = [];
  /** A chunk has 2^shift rows. */
  readonly #shift: number;

  constructor(rowBytes: number) {
    this.rowBytes = rowBytes;
    this.#shift = Math.floor(Math.log2(CHUNK_SIZE / rowBytes));
  }

  /** Copies rows that lie one behind the other. */
  append(u8: Uint8Array, base: number, count: number): void {
    for (let done = 0; done < count; ) {
      const within = this.count & ((1 << this.#shift) - 1);
      if (within === 0) this.#addChunk();
      const part = Math.min(count - done, (1 << this.#shift) - within);
      const from = base + done * this.rowBytes;
      this.bytesOf(this.count).u8.set(u8.subarray(from, from + part * this.rowBytes), within * this.rowBytes);
      this.count += part;
      done += part;
    }
  }

  /** The first id behind those of the same chunk. */
  chunkEnd(id: number): number {
    return ((id >>> this.#shift) + 1) << this.#shift;
  }

  /** Where row `id` lies. */
  bytesOf(id: number): RowChunk {
    return this.#chunks[id >>> this.#shift] as RowChunk;
  }

  /** Its offset there. */
  placeOf(id: number): number {
    return (id & ((1 << this.#shift) - 1)) * this.rowBytes;
  }

  /** The bytes of row `id`, not copied. */
  row(id: number): Uint8Array {
    const place = this.placeOf(id);
    return this.bytesOf(id).u8.subarray(place, place + this.rowBytes);
  }

  /** Keeps only these rows. @param ids ascending */
  keep(ids: Uint32Array): void {
    ids.forEach((id, n) => {
      this.bytesOf(n).u8.set(this.row(id), this.placeOf(n));
    });
    this.count = ids.length;
    this.#chunks.length = Math.ceil(this.count / (1 << this.#shift));
  }

  #addChunk(): void {
    const buffer = new ArrayBuffer(this.rowBytes << this.#shift);
    this.#chunks.push({
      u8: new Uint8Array(buffer),
      u16: new Uint16Array(buffer),
      u32: new Uint32Array(buffer),
      f64: new Float64Array(buffer),
      data: new DataView(buffer),
    });
  }
}
