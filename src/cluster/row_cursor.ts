/** The rows that a reduce job has left for `--ordered`, one after the other. See placed_rows.ts. */
import {
  KEY_HIGH_PORT,
  KEY_LOW_PORT,
  KEY_PROTOCOL,
  KEY_VERSION,
  SERIAL_FIRST,
  SERIAL_KEY,
  SERIAL_LAST,
  SERIAL_PACKET,
  SERIAL_ROW_HEADER,
  SERIAL_TIME,
} from '../../assembly/layout.ts';
import { FParserError } from '../errors.ts';
import { decompress } from './chunk_codec.ts';
import { FRAME_HEADER } from './placed_rows.ts';
import type { Storage } from './storage.ts';

export class RowCursor {
  readonly #storage: Storage;
  readonly #name: string;
  readonly #rowSize: number;
  readonly #pieces: AsyncIterator<Uint8Array>;
  /** Bytes that were read and not used. */
  #left: Buffer = Buffer.alloc(0);
  #rows: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Of the row. */
  time = 0n;
  packet = 0n;

  constructor(storage: Storage, name: string, bytes: number, rowSize: number) {
    this.#storage = storage;
    this.#name = name;
    this.#rowSize = rowSize;
    this.#pieces = storage.open(name, 0, bytes)[Symbol.asyncIterator]();
  }

  /** The row without its place. */
  get row(): Uint8Array {
    return this.#rows.subarray(this.#at + SERIAL_ROW_HEADER, this.#at + this.#rowSize);
  }

  /** Is there another row in what was read? Then it is the present one. */
  step(): boolean {
    this.#at += this.#rowSize;
    if (this.#at >= this.#rows.length) return false;
    this.#look();
    return true;
  }

  /** Reads more rows; the first of them is the present one. False: there are none. */
  async fill(): Promise<boolean> {
    if (!(await this.#need(FRAME_HEADER))) {
      if (this.#left.length > 0) throw this.#damaged();
      return false;
    }
    const size = this.#left.readUInt32LE(0);
    if (!(await this.#need(FRAME_HEADER + size))) throw this.#damaged();
    try {
      this.#rows = await decompress(this.#left.subarray(FRAME_HEADER, FRAME_HEADER + size));
    } catch (error) {
      throw this.#damaged(error);
    }
    if (this.#rows.length === 0 || this.#rows.length % this.#rowSize !== 0) throw this.#damaged();
    this.#left = this.#left.subarray(FRAME_HEADER + size);
    this.#at = 0;
    this.#look();
    return true;
  }

  #look(): void {
    this.time = this.#number(SERIAL_TIME);
    this.packet = this.#number(SERIAL_PACKET);
  }

  #number(offset: number): bigint {
    return this.#rows.readBigUInt64LE(this.#at + offset);
  }

  async #need(size: number): Promise<boolean> {
    while (this.#left.length < size) {
      const { value, done } = await this.#pieces.next();
      if (done === true) return false;
      this.#left = Buffer.concat([this.#left, value]);
    }
    return true;
  }

  /** As isBefore of assembly/out/serial_rows.ts. */
  isBefore(other: RowCursor): boolean {
    if (this.time !== other.time) return this.time < other.time;
    if (this.packet !== other.packet) return this.packet < other.packet;
    for (const offset of [SERIAL_LAST, SERIAL_FIRST]) {
      const [a, b] = [this.#number(offset), other.#number(offset)];
      if (a !== b) return a < b;
    }
    return this.#compareKey(other) < 0;
  }

  /** Order of addresses, then of ports, protocol and version. */
  #compareKey(other: RowCursor): number {
    const [a, b] = [this.#at + SERIAL_KEY, other.#at + SERIAL_KEY];
    const addresses = this.#rows.compare(other.#rows, b, b + KEY_LOW_PORT, a, a + KEY_LOW_PORT);
    if (addresses !== 0) return addresses;
    for (const offset of [KEY_LOW_PORT, KEY_HIGH_PORT]) {
      const difference = this.#rows.readUInt16LE(a + offset) - other.#rows.readUInt16LE(b + offset);
      if (difference !== 0) return difference;
    }
    for (const offset of [KEY_PROTOCOL, KEY_VERSION]) {
      const difference = this.#rows.readUInt8(a + offset) - other.#rows.readUInt8(b + offset);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  #damaged(cause?: unknown): FParserError {
    const message = `${this.#storage.url}/${this.#name} is damaged; remove it, and run its reduce job again`;
    return new FParserError('ERR_CORRUPT', message, { cause });
  }
}
