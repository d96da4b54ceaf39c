/** Fields as a later group may have them, for tests of what is made from the schema. */
import type { FieldDefinition } from '../../src/flow/field.ts';

const base = {
  unit: null,
  range: null,
  opposite: null,
  ipfix: [],
  as: { ecs: null, zeek: null },
  doc: 'Something.',
} as const;

/** A core field, and a group with a sentinel, a time, and an enumeration that may be missing. */
export const grouped: readonly FieldDefinition[] = [
  { ...base, name: 'srcPort', group: 'core', type: 'u16', null: 'never', store: 'u16', at: 32, range: [0, 65_535] },
  {
    ...base,
    name: 'ttl',
    group: 'link',
    type: 'u8',
    null: 'sentinel',
    store: 'u8',
    at: 152,
    range: [0, 255],
    doc: 'Time to live of the first packet from the originator, as it was when it came past the point of capture.',
  },
  { ...base, name: 'startedAt', group: 'link', type: 'time', null: 'never', store: 'u64', at: 40, range: [0, 2 ** 34] },
  {
    ...base,
    name: 'tunnel',
    group: 'link',
    type: 'enum',
    null: 'sentinel',
    store: 'u8',
    at: 153,
    words: [
      { code: 0, word: 'gre', ipfix: 1, doc: 'GRE' },
      { code: 1, word: 'vxlan', ipfix: 2, doc: 'VXLAN' },
    ],
  },
];
