/** Fields of records when there are running ones: see assembly/track/interim.ts. */
import { INTERIM_BLOCK_FINAL, INTERIM_BLOCK_SEQUENCE } from '../../assembly/layout.ts';
import type { FieldDefinition } from './field.ts';

const IN_GROUP = {
  group: 'interim',
  flat: true,
  null: 'never',
  opposite: null,
  ipfix: [],
  as: { ecs: null, zeek: null },
} as const;

export const INTERIM_FIELDS = [
  {
    ...IN_GROUP,
    name: 'sequence',
    type: 'u32',
    unit: null,
    range: [0, 2 ** 32 - 1],
    store: 'u32',
    at: INTERIM_BLOCK_SEQUENCE,
    doc: 'Number of the record among those of its flow, from 0 on.',
  },
  {
    ...IN_GROUP,
    name: 'final',
    type: 'boolean',
    unit: null,
    range: null,
    store: 'u8',
    at: INTERIM_BLOCK_FINAL,
    doc: 'The flow has ended; else it continues, and a later record will have its totals.',
  },
] as const satisfies readonly FieldDefinition[];
