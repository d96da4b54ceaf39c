/** Writes the compact protocol of Apache Thrift, in which Parquet has its metadata. */
import type { ByteBuffer } from '../byte_buffer.ts';

const UTF8 = new TextEncoder();

const BOOLEAN_TRUE = 1;
const BOOLEAN_FALSE = 2;
const BYTE = 3;
export const I32 = 5;
const I64 = 6;
export const BINARY = 8;
const LIST = 9;
export const STRUCT = 12;
const STOP = 0;

/** Fields are written in the order of their ids. */
export class ThriftWriter {
  readonly #to: ByteBuffer;
  /** Id of the last field of the struct that is open. */
  #last = 0;

  constructor(to: ByteBuffer) {
    this.#to = to;
  }

  boolean(id: number, value: boolean): void {
    this.#field(id, value ? BOOLEAN_TRUE : BOOLEAN_FALSE);
  }

  byte(id: number, value: number): void {
    this.#field(id, BYTE);
    this.#to.byte(value);
  }

  i32(id: number, value: number): void {
    this.#field(id, I32);
    this.#to.zigzag(value);
  }

  i64(id: number, value: number): void {
    this.#field(id, I64);
    this.#to.zigzag(value);
  }

  text(id: number, value: string): void {
    this.bytes(id, UTF8.encode(value));
  }

  bytes(id: number, value: Uint8Array): void {
    this.#field(id, BINARY);
    this.#to.varint(value.length);
    this.#to.append(value);
  }

  struct(id: number, members: () => void): void {
    this.#field(id, STRUCT);
    this.structMember(members);
  }

  /** The members follow: `i32Member` and the like. */
  list(id: number, type: number, count: number): void {
    this.#field(id, LIST);
    if (count < 15) this.#to.byte((count << 4) | type);
    else {
      this.#to.byte(0xf0 | type);
      this.#to.varint(count);
    }
  }

  structMember(members: () => void): void {
    const outer = this.#last;
    this.#last = 0;
    members();
    this.#to.byte(STOP);
    this.#last = outer;
  }

  i32Member(value: number): void {
    this.#to.zigzag(value);
  }

  textMember(value: string): void {
    const bytes = UTF8.encode(value);
    this.#to.varint(bytes.length);
    this.#to.append(bytes);
  }

  /** Members that are written already. */
  writtenMembers(bytes: Uint8Array): void {
    this.#to.append(bytes);
  }

  #field(id: number, type: number): void {
    this.#to.byte(((id - this.#last) << 4) | type);
    this.#last = id;
  }
}
