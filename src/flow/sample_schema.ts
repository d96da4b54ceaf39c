/** Fields of the groups that keep a part of the traffic: `first-packets`, `payload`, `entropy`. */
import {
  EARLY_COUNT,
  ENTROPY_BLOCK_FORWARD,
  ENTROPY_BLOCK_REVERSE,
  PREFIX_BLOCK_BYTES,
  PREFIX_BLOCK_CUT,
  PREFIX_BLOCK_GAP,
} from '../../assembly/layout.ts';
import { NOTHING_ELSEWHERE } from './direction_fields.ts';
import type { FieldDefinition } from './field.ts';

const FLAT = { flat: true, unit: null, range: null, opposite: null, ipfix: [], as: NOTHING_ELSEWHERE } as const;

export const FIRST_PACKETS_FIELDS = [
  {
    ...FLAT,
    name: 'firstPackets',
    group: 'first-packets',
    type: 'packets',
    null: 'never',
    store: 'packets',
    at: EARLY_COUNT,
    doc:
      'First packets in order of arrival: `dir` (0 originator, 1 responder), `ipBytes` and `payload` (65535: that or ' +
      'more), `gap` since the latest packet before (ns, whole microseconds), TCP `flags` (null when not TCP or cut).',
  },
] as const satisfies readonly FieldDefinition[];

const PAYLOAD = { ...FLAT, group: 'payload' } as const;
const BOOLEAN = { ...PAYLOAD, type: 'boolean', store: 'u8' } as const;
const OCTETS = { ...PAYLOAD, type: 'octets', store: 'octets', at: PREFIX_BLOCK_BYTES } as const;

export const PAYLOAD_FIELDS = [
  {
    ...OCTETS,
    name: 'payloadForward',
    null: 'noForward',
    opposite: 'payloadReverse',
    doc: 'First payload bytes from the originator in order of arrival, Base64 (RFC 4648 §4).',
  },
  {
    ...OCTETS,
    name: 'payloadReverse',
    null: 'noReverse',
    // Behind the bytes of the other direction: see side_records.ts.
    at: PREFIX_BLOCK_BYTES + 8,
    opposite: 'payloadForward',
    doc: 'First payload bytes from the responder in order of arrival, Base64 (RFC 4648 §4).',
  },
  {
    ...BOOLEAN,
    name: 'payloadCutForward',
    null: 'noForward',
    at: PREFIX_BLOCK_CUT,
    opposite: 'payloadCutReverse',
    doc: 'The bytes of `payloadForward` end early, where some were not captured.',
  },
  {
    ...BOOLEAN,
    name: 'payloadCutReverse',
    null: 'noReverse',
    at: PREFIX_BLOCK_CUT + 1,
    opposite: 'payloadCutForward',
    doc: 'The bytes of `payloadReverse` end early, where some were not captured.',
  },
  {
    ...BOOLEAN,
    name: 'payloadGapForward',
    null: 'noForward',
    at: PREFIX_BLOCK_GAP,
    opposite: 'payloadGapReverse',
    doc: 'The bytes of `payloadForward` end early, where later TCP bytes came first.',
  },
  {
    ...BOOLEAN,
    name: 'payloadGapReverse',
    null: 'noReverse',
    at: PREFIX_BLOCK_GAP + 1,
    opposite: 'payloadGapForward',
    doc: 'The bytes of `payloadReverse` end early, where later TCP bytes came first.',
  },
] as const satisfies readonly FieldDefinition[];

const ENTROPY = {
  ...FLAT,
  ...NOTHING_ELSEWHERE,
  group: 'entropy',
  type: 'decimal',
  unit: 'bits per byte',
  range: [0, 8],
  null: 'sentinel',
  store: 'f64',
} as const;

export const ENTROPY_FIELDS = [
  {
    ...ENTROPY,
    name: 'entropyForward',
    at: ENTROPY_BLOCK_FORWARD,
    opposite: 'entropyReverse',
    doc: 'Shannon entropy of the first 65,535 captured payload bytes from the originator; null without any.',
  },
  {
    ...ENTROPY,
    name: 'entropyReverse',
    at: ENTROPY_BLOCK_REVERSE,
    opposite: 'entropyForward',
    doc: 'Shannon entropy of the first 65,535 captured payload bytes from the responder; null without any.',
  },
] as const satisfies readonly FieldDefinition[];
