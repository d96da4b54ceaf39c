/**
 * Bytes of a capture: of a chosen file, or of one that the server offers. What comes next is asked for before it is
 * needed, since waiting for it takes longer than walking it.
 */
import { CaptureError, messageOf } from '../../src/errors.ts';
import type { ByteSource } from '../../src/source/file/source.ts';
import type { Source } from '../protocol.ts';

/** A source with an end. */
export type CaptureSource = Exclude<Source, { readonly kind: 'live' }>;

const SLICE_SIZE = 8 * 2 ** 20;
/** Slices under way at a time. */
const AHEAD = 3;
/** Bytes that are asked of a stream at a time. */
const PART_SIZE = 4 * 2 ** 20;

type Load = (from: number, to: number) => Promise<ArrayBuffer>;

/** @throws {CaptureError} ERR_READ */
function readError(name: string, at: number, error: unknown): CaptureError {
  const reason = `cannot be read at byte ${at}: ${messageOf(error)}; choose the file again`;
  return new CaptureError('ERR_READ', name, at, reason, { cause: error });
}

/** A file as a stream into buffers of ours: in Chromium faster than slices. */
class StreamedSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly waits = false;
  taken = 0;
  readonly #reader: ReadableStreamBYOBReader;
  /** What is read while the part before is walked. */
  #next: Promise<ReadableStreamReadResult<Uint8Array>>;
  #part = new Uint8Array(0);
  #spare = new ArrayBuffer(PART_SIZE);
  #closed = false;

  constructor(file: File, reader: ReadableStreamBYOBReader) {
    this.name = file.name;
    this.size = file.size;
    this.#reader = reader;
    this.#next = this.#ask(new ArrayBuffer(PART_SIZE));
  }

  read(into: Uint8Array): number | Promise<number> {
    return this.#part.length > 0 ? this.#take(into) : this.#wait(into);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#part = new Uint8Array(0);
    void this.#reader.cancel().catch(() => undefined);
  }

  #ask(buffer: ArrayBuffer): Promise<ReadableStreamReadResult<Uint8Array>> {
    const next = this.#reader.read(new Uint8Array(buffer));
    // It is reported when it is its turn.
    next.catch(() => undefined);
    return next;
  }

  async #wait(into: Uint8Array): Promise<number> {
    if (this.#closed) return 0;
    try {
      const { done, value } = await this.#next;
      if (done || this.#closed) return 0;
      this.#next = this.#ask(this.#spare);
      this.#part = value as Uint8Array<ArrayBuffer>;
      this.#spare = value.buffer as ArrayBuffer;
    } catch (error) {
      throw readError(this.name, this.taken, error);
    }
    return this.#take(into);
  }

  #take(into: Uint8Array): number {
    const part = this.#part.subarray(0, into.length);
    into.set(part);
    this.#part = this.#part.subarray(part.length);
    this.taken += part.length;
    return part.length;
  }
}

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
      throw readError(this.name, this.taken, error);
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

export function nameOf(source: CaptureSource): string {
  return source.kind === 'file' ? source.file.name : source.name;
}

export function sizeOf(source: CaptureSource): number {
  return source.kind === 'file' ? source.file.size : source.size;
}

export function bytesOf(source: CaptureSource): ByteSource {
  if (source.kind === 'file') {
    const { file } = source;
    try {
      return new StreamedSource(file, file.stream().getReader({ mode: 'byob' }));
    } catch {
      // Not every browser has such streams of files.
      return new SlicedSource(file.name, file.size, (from, to) => file.slice(from, to).arrayBuffer());
    }
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
