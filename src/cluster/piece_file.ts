/**
 * The packets of one map job, divided among buckets: chunks of compressed lists, then for each bucket where its chunks
 * are, then where that is for each bucket. So a reduce job reads only what is its own, with ranges.
 *
 *     chunk*  | per bucket: (u64 offset, u32 size, u32 input)* | u64 offset per bucket, and one more
 *
 * A list has the packets that one block of an input has for one bucket: a header of 32 bytes, then entries as the
 * engine writes them (`assembly/decode/entry.ts`). Numbers are little-endian.
 */
import { FParserError } from '../errors.ts';
import { compress, decompress } from './chunk_codec.ts';
import { ScratchFile } from './scratch_file.ts';
import { readRange } from './storage.ts';
import type { Storage } from './storage.ts';

/** Bytes of the lists that wait to be compressed, of all buckets together and of each. */
const WAITING_MAX = 64 * 2 ** 20;
const CHUNK_MAX = 256 * 1024;
const CHUNK_MIN = 4096;

const LIST_HEADER = 32;
const PLACE_SIZE = 16;
const OFFSET_SIZE = 8;

/** What the packets of a list have in common. */
export interface ListHead {
  /** Number of the block in its input. */
  readonly block: number;
  /** Time of the block's first packet. */
  readonly first: bigint;
  /** Latest times of the input before the block, and up to its end. */
  readonly before: bigint;
  readonly after: bigint;
}

export interface PacketList extends ListHead {
  readonly entries: Uint8Array;
}

interface ChunkPlace {
  readonly offset: number;
  readonly size: number;
  readonly input: number;
}

/** Lists of a bucket that wait to be compressed. */
class Waiting {
  bytes = Buffer.allocUnsafe(CHUNK_MIN);
  size = 0;
  /** Where the header of the list goes that is being written; -1: none is. */
  head = -1;

  add(bytes: Uint8Array): void {
    if (this.head === -1) {
      this.head = this.size;
      this.#reserve(LIST_HEADER);
      this.size += LIST_HEADER;
    }
    this.#reserve(bytes.length);
    this.bytes.set(bytes, this.size);
    this.size += bytes.length;
  }

  endList({ block, first, before, after }: ListHead): void {
    const { bytes, head } = this;
    bytes.writeUInt32LE(this.size - head - LIST_HEADER, head);
    bytes.writeUInt32LE(block, head + 4);
    bytes.writeBigUInt64LE(first, head + 8);
    bytes.writeBigUInt64LE(before, head + 16);
    bytes.writeBigUInt64LE(after, head + 24);
    this.head = -1;
  }

  #reserve(size: number): void {
    if (this.size + size <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.size + size));
    larger.set(this.bytes.subarray(0, this.size));
    this.bytes = larger;
  }
}

/** Writes the file of one map job. */
export class PieceWriter {
  readonly #file: ScratchFile;
  readonly #buckets: readonly Waiting[];
  readonly #places: ChunkPlace[][];
  readonly #chunkMax: number;

  private constructor(file: ScratchFile, buckets: number) {
    this.#file = file;
    this.#buckets = Array.from({ length: buckets }, () => new Waiting());
    this.#places = Array.from({ length: buckets }, () => []);
    this.#chunkMax = Math.max(CHUNK_MIN, Math.min(CHUNK_MAX, WAITING_MAX / buckets));
  }

  /** @throws {FParserError} ERR_WRITE */
  static async create(storage: Storage, buckets: number): Promise<PieceWriter> {
    return new PieceWriter(await ScratchFile.create(storage), buckets);
  }

  add(bucket: number, entries: Uint8Array): void {
    (this.#buckets[bucket] as Waiting).add(entries);
  }

  /** The lists of a block are complete. @param input number of the input in the job */
  endBlock(head: ListHead, input: number): void {
    this.#buckets.forEach((waiting, bucket) => {
      if (waiting.head === -1) return;
      waiting.endList(head);
      if (waiting.size >= this.#chunkMax) this.#flush(bucket, input);
    });
  }

  /** What follows is of another input. @param keeps this input counts @throws {FParserError} ERR_WRITE */
  endInput(input: number, keeps: boolean): void {
    this.#buckets.forEach((waiting, bucket) => {
      if (waiting.size > 0) this.#flush(bucket, input);
      if (!keeps) this.#places[bucket] = (this.#places[bucket] as ChunkPlace[]).filter((one) => one.input !== input);
    });
  }

  /**
   * Writes where everything is, and gives the file its name.
   * @param nameOf the name, from the SHA-256 of the content
   * @throws {FParserError} ERR_WRITE
   */
  async end(nameOf: (digest: string) => string): Promise<{ readonly name: string; readonly table: number }> {
    const offsets = this.#places.map((places) => {
      const at = this.#file.size;
      const bytes = Buffer.alloc(places.length * PLACE_SIZE);
      places.forEach(({ offset, size, input }, n) => {
        bytes.writeBigUInt64LE(BigInt(offset), n * PLACE_SIZE);
        bytes.writeUInt32LE(size, n * PLACE_SIZE + 8);
        bytes.writeUInt32LE(input, n * PLACE_SIZE + 12);
      });
      this.#file.write(bytes);
      return at;
    });
    const table = this.#file.size;
    const bytes = Buffer.alloc((offsets.length + 1) * OFFSET_SIZE);
    [...offsets, table].forEach((offset, n) => bytes.writeBigUInt64LE(BigInt(offset), n * OFFSET_SIZE));
    this.#file.write(bytes);
    return { name: await this.#file.end(nameOf), table };
  }

  /** Nothing remains. Idempotent, also after `end`. */
  abandon(): Promise<void> {
    return this.#file.abandon();
  }

  #flush(bucket: number, input: number): void {
    const waiting = this.#buckets[bucket] as Waiting;
    const chunk = compress(waiting.bytes.subarray(0, waiting.size));
    waiting.size = 0;
    (this.#places[bucket] as ChunkPlace[]).push({ offset: this.#file.size, size: chunk.length, input });
    this.#file.write(chunk);
  }
}

/** Where the chunks of a bucket are, by input. @throws {FParserError} ERR_READ, ERR_CORRUPT */
export async function readPlaces(
  storage: Storage,
  name: string,
  table: number,
  bucket: number,
): Promise<ReadonlyMap<number, readonly ChunkPlace[]>> {
  const offsets = await readRange(storage, name, table + bucket * OFFSET_SIZE, 2 * OFFSET_SIZE);
  const [from, to] = [Number(offsets.readBigUInt64LE(0)), Number(offsets.readBigUInt64LE(OFFSET_SIZE))];
  if (from > to || to > table) throw damaged(storage, name);
  const bytes = await readRange(storage, name, from, to - from);
  const places = new Map<number, ChunkPlace[]>();
  for (let at = 0; at + PLACE_SIZE <= bytes.length; at += PLACE_SIZE) {
    const offset = Number(bytes.readBigUInt64LE(at));
    const place = { offset, size: bytes.readUInt32LE(at + 8), input: bytes.readUInt32LE(at + 12) };
    if (offset + place.size > from) throw damaged(storage, name);
    const known = places.get(place.input);
    if (known === undefined) places.set(place.input, [place]);
    else known.push(place);
  }
  return places;
}

/** Bytes of the chunks of each bucket. @throws {FParserError} ERR_READ, ERR_CORRUPT */
export async function readSizes(
  storage: Storage,
  name: string,
  table: number,
  buckets: number,
): Promise<readonly number[]> {
  const offsets = await readRange(storage, name, table, (buckets + 1) * OFFSET_SIZE);
  const begin = Number(offsets.readBigUInt64LE(0));
  if (begin > table) throw damaged(storage, name);
  const places = await readRange(storage, name, begin, table - begin);
  return Array.from({ length: buckets }, (_, bucket) => {
    const [from, to] = [bucket, bucket + 1].map((n) => Number(offsets.readBigUInt64LE(n * OFFSET_SIZE)) - begin);
    let size = 0;
    for (let at = from as number; at < (to as number); at += PLACE_SIZE) {
      if (at < 0 || at + PLACE_SIZE > places.length) throw damaged(storage, name);
      size += places.readUInt32LE(at + OFFSET_SIZE);
    }
    return size;
  });
}

/**
 * The lists in some chunks, in order.
 * @param onRead called with the bytes of each chunk
 * @throws {FParserError} ERR_READ, ERR_CORRUPT
 */
export async function* readLists(
  storage: Storage,
  name: string,
  places: readonly ChunkPlace[],
  onRead: (bytes: number) => void,
): AsyncGenerator<PacketList, void> {
  for (const { offset, size } of places) {
    const chunk = await readRange(storage, name, offset, size);
    onRead(size);
    let bytes: Buffer;
    try {
      bytes = await decompress(chunk);
    } catch (error) {
      throw damaged(storage, name, error);
    }
    for (let at = 0; at < bytes.length; ) {
      const length = at + LIST_HEADER <= bytes.length ? bytes.readUInt32LE(at) : bytes.length;
      if (at + LIST_HEADER + length > bytes.length) throw damaged(storage, name);
      yield {
        block: bytes.readUInt32LE(at + 4),
        first: bytes.readBigUInt64LE(at + 8),
        before: bytes.readBigUInt64LE(at + 16),
        after: bytes.readBigUInt64LE(at + 24),
        entries: bytes.subarray(at + LIST_HEADER, at + LIST_HEADER + length),
      };
      at += LIST_HEADER + length;
    }
  }
}

function damaged(storage: Storage, name: string, cause?: unknown): FParserError {
  const message = `${storage.url}/${name} is damaged; remove it and the .json beside it, and run its job again`;
  return new FParserError('ERR_CORRUPT', message, { cause });
}
