/**
 * A capture that is read in slices: of a chosen file, or of one that the server offers. The next slices are asked for
 * before the first one is used up, since waiting for them takes longer than walking them.
 */
import { CaptureError, messageOf } from '../../src/errors.ts';
import type { ByteSource } from '../../src/source/file/source.ts';
import type { Source } from '../protocol.ts';

const SLICE_SIZE = 8 * 2 ** 20;
/** Slices under way at a time. */
const AHEAD = 3;

type Load = (from: number, to: number) => Promise<ArrayBuffer>;

class SlicedSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly waits = false;
  taken = 0;
  readonly #load: Load;
  readonly #slices: Promise<ArrayBuffer>[] = [];
  #asked = 0;
  #slice = new Uint8Array(0);
  #closed = false;

  constructor(name: string, size: number, load: Load) {
    this.name = name;
    this.size = size;
    this.#load = load;
  }

  read(into: Uint8Array): number | Promise<number> {
    return this.#slice.length > 0 ? this.#take(into) : this.#next(into);
  }

  close(): void {
    this.#closed = true;
    this.#slices.length = 0;
    this.#slice = new Uint8Array(0);
  }

  async #next(into: Uint8Array): Promise<number> {
    this.#ask();
    const slice = this.#slices.shift();
    if (slice === undefined || this.#closed) return 0;
    try {
      this.#slice = new Uint8Array(await slice);
    } catch (error) {
      const reason = `cannot be read at byte ${this.taken}: ${messageOf(error)}; choose the file again`;
      throw new CaptureError('ERR_READ', this.name, this.taken, reason, { cause: error });
    }
    if (this.#closed) return 0;
    this.#ask();
    return this.#take(into);
  }

  #ask(): void {
    while (this.#slices.length < AHEAD && this.#asked < this.size && !this.#closed) {
      const to = Math.min(this.size, this.#asked + SLICE_SIZE);
      const slice = this.#load(this.#asked, to);
      // It is reported when it is its turn.
      slice.catch(() => undefined);
      this.#slices.push(slice);
      this.#asked = to;
    }
  }

  #take(into: Uint8Array): number {
    const part = this.#slice.subarray(0, into.length);
    into.set(part);
    this.#slice = this.#slice.subarray(part.length);
    this.taken += part.length;
    return part.length;
  }
}

export function nameOf(source: Source): string {
  return source.kind === 'file' ? source.file.name : source.name;
}

export function sizeOf(source: Source): number {
  return source.kind === 'file' ? source.file.size : source.size;
}

export function slicedSource(source: Source): SlicedSource {
  if (source.kind === 'file') {
    const { file } = source;
    return new SlicedSource(file.name, file.size, (from, to) => file.slice(from, to).arrayBuffer());
  }
  const { name, size, url, token } = source;
  return new SlicedSource(name, size, (from, to) => fetchRange(url, token, from, to));
}

async function fetchRange(url: string, token: string, from: number, to: number): Promise<ArrayBuffer> {
  const headers = { Authorization: `Bearer ${token}`, Range: `bytes=${from}-${to - 1}` };
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`the server answers ${response.status} ${await response.text()}`);
  const bytes = await response.arrayBuffer();
  if (bytes.byteLength !== to - from) throw new Error('the file has become shorter');
  return bytes;
}
