/** Hashes of flow keys, the same for both directions and on every machine. */
import xxhash from 'xxhash-wasm';
import {
  ROW_DESTINATION,
  ROW_DESTINATION_PORT,
  ROW_PROTOCOL,
  ROW_SOURCE,
  ROW_SOURCE_PORT,
} from '../../../assembly/layout.ts';
import { rowAt } from '../../engine/table.ts';
import type { FlowTable, RowRange } from '../../engine/table.ts';

const ADDRESS_SIZE = 16;
const PORT_SIZE = 2;
const SIDE_SIZE = ADDRESS_SIZE + PORT_SIZE;
const HEX_DIGITS = 16;

export class FlowKeyHash {
  readonly #hash: (bytes: Uint8Array) => bigint;
  /** Both sides, the smaller one first, and the protocol. */
  readonly #key = new Uint8Array(2 * SIDE_SIZE + 1);

  private constructor(hash: (bytes: Uint8Array) => bigint) {
    this.#hash = hash;
  }

  static async load(): Promise<FlowKeyHash> {
    const { h64Raw } = await xxhash();
    return new FlowKeyHash((bytes) => h64Raw(bytes));
  }

  /** XXH64 of each row's flow key, 16 hexadecimal digits. */
  of({ views: { u8 } }: FlowTable, rows: RowRange): string[] {
    return Array.from({ length: rows.count }, (_, n) => {
      const row = rowAt(rows, n);
      const isForward = compareSides(u8, row) <= 0;
      this.#put(u8, row, ROW_SOURCE, ROW_SOURCE_PORT, isForward ? 0 : SIDE_SIZE);
      this.#put(u8, row, ROW_DESTINATION, ROW_DESTINATION_PORT, isForward ? SIDE_SIZE : 0);
      this.#key[2 * SIDE_SIZE] = u8[row + ROW_PROTOCOL] as number;
      return this.#hash(this.#key).toString(16).padStart(HEX_DIGITS, '0');
    });
  }

  #put(u8: Uint8Array, row: number, address: number, port: number, at: number): void {
    this.#key.set(u8.subarray(row + address, row + address + ADDRESS_SIZE), at);
    // The row has it in the order of the machine.
    this.#key[at + ADDRESS_SIZE] = u8[row + port + 1] as number;
    this.#key[at + ADDRESS_SIZE + 1] = u8[row + port] as number;
  }
}

/** Source and destination by address, then port. */
function compareSides(u8: Uint8Array, row: number): number {
  for (let n = 0; n < ADDRESS_SIZE; n++) {
    const difference = (u8[row + ROW_SOURCE + n] as number) - (u8[row + ROW_DESTINATION + n] as number);
    if (difference !== 0) return difference;
  }
  return portAt(u8, row + ROW_SOURCE_PORT) - portAt(u8, row + ROW_DESTINATION_PORT);
}

function portAt(u8: Uint8Array, at: number): number {
  return (u8[at] as number) | ((u8[at + 1] as number) << 8);
}
