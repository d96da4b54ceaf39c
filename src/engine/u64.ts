/** Reads u64 fields of the engine's memory as numbers: exact up to 2^53. */
import { CONTROL } from '../../assembly/layout.ts';

export function u64At(data: DataView, address: number): number {
  return data.getUint32(address + 4, true) * 2 ** 32 + data.getUint32(address, true);
}

/** A counter of the control block. */
export function counterAt(data: DataView, offset: number): number {
  return u64At(data, CONTROL + offset);
}
