/**
 * Fields that follow from others. They are computed when they are asked for (src/query/derived.ts), not by the engine; in
 * a row they lie in a block behind all others.
 */
import {
  DERIVED_BITS,
  DERIVED_BYTES,
  DERIVED_DURATION,
  DERIVED_PACKETS,
  DERIVED_PACKET_RATE,
  DERIVED_PAYLOAD_BYTES,
  DERIVED_SERVICE,
  DERIVED_WIRE_BYTES,
} from './derived_block.ts';
import type { FieldDefinition } from './field.ts';

type Form = Pick<FieldDefinition, 'name' | 'type' | 'store' | 'at' | 'unit' | 'null' | 'doc'>;

function derived(form: Form): FieldDefinition {
  return {
    ...form,
    group: 'derived',
    flat: true,
    range: null,
    opposite: null,
    ipfix: [],
    as: { ecs: null, zeek: null },
  };
}

function sum(name: string, unit: string, at: number, doc: string): FieldDefinition {
  return derived({ name, type: 'u64', store: 'f64', at, unit, null: 'never', doc });
}

function rate(name: string, unit: string, at: number, doc: string): FieldDefinition {
  return derived({ name, type: 'decimal', store: 'f64', at, unit, null: 'sentinel', doc });
}

export const DERIVED_FIELDS: readonly FieldDefinition[] = [
  sum('bytes', 'bytes', DERIVED_BYTES, 'Sum of bytesForward and bytesReverse.'),
  sum('packets', 'packets', DERIVED_PACKETS, 'Sum of packetsForward and packetsReverse.'),
  sum('wireBytes', 'bytes', DERIVED_WIRE_BYTES, 'Sum of wireBytesForward and wireBytesReverse.'),
  sum('payloadBytes', 'bytes', DERIVED_PAYLOAD_BYTES, 'Sum of payloadBytesForward and payloadBytesReverse.'),
  derived({
    name: 'duration',
    type: 'duration',
    store: 'u64',
    at: DERIVED_DURATION,
    unit: 'seconds',
    null: 'never',
    doc: 'From the earliest packet to the latest.',
  }),
  rate('bitsPerSecond', 'bits per second', DERIVED_BITS, 'Bits of bytes in duration; null when duration is 0.'),
  rate('packetsPerSecond', 'packets per second', DERIVED_PACKET_RATE, 'packets in duration; null when that is 0.'),
  derived({
    name: 'service',
    type: 'text',
    store: 'text',
    at: DERIVED_SERVICE,
    unit: null,
    null: 'sentinel',
    doc: "IANA name of the responder's well-known port of TCP or UDP; null when it is not well known.",
  }),
];
