/** Data records of IPFIX and NetFlow v9: numbers of fixed width, one behind the other, which the engine writes itself. */
import type { FieldDefinition, IpfixElement } from './field.ts';

/**
 * How a number is written. `plain`: as it is. Times: whole milliseconds; NTP's 64 bits (RFC 7011 §6.1.10); milliseconds
 * since the exporter started.
 */
export type PartForm = 'plain' | 'millis' | 'ntp' | 'uptime';

/**
 * A part of a record: a field of the flow, a byte of each of several fields, a number that is
 * always the same, or text that the row refers to. */
export type DataPart = { readonly element: IpfixElement } & (
  | { readonly field: FieldDefinition; readonly form: PartForm }
  | { readonly bytesOf: readonly FieldDefinition[] }
  | { readonly constant: number }
  | { readonly referred: true }
);

/** The parts of a flow's record in their order; they depend on the IP version. */
export interface DataParts {
  readonly v4: readonly DataPart[];
  readonly v6: readonly DataPart[];
}

export interface DataRecordFormat {
  readonly forward: DataParts;
  /** Of a record of its own for the reverse direction; undefined: one record has both directions. */
  readonly reverse: DataParts | undefined;
}

/** Bytes of a record. */
export function recordSize(parts: readonly DataPart[]): number {
  return parts.reduce((sum, { element }) => sum + element.length, 0);
}
