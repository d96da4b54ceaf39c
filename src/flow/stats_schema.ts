/**
 * Fields of the group `stats`: sizes of packets and gaps between them, for each direction and for both together. A gap
 * is from the latest packet so far to the next one, and 0 when the clock was set back. Deviations are those of a sample
 * (divisor n-1). Every packet counts, also one that was cut, and a fragment.
 */
import {
  STATS_BLOCK_BYTES_PER_SECOND,
  STATS_BLOCK_CLOCK_BACK,
  STATS_BLOCK_PACKETS_PER_SECOND,
  STATS_BLOCK_SCOPES,
  STATS_BLOCK_SIZE_OVERFLOW,
  STATS_SCOPE_GAP_MAX,
  STATS_SCOPE_GAP_MEAN,
  STATS_SCOPE_GAP_MIN,
  STATS_SCOPE_GAP_SD,
  STATS_SCOPE_IP_MAX,
  STATS_SCOPE_IP_MEAN,
  STATS_SCOPE_IP_MIN,
  STATS_SCOPE_IP_SD,
  STATS_SCOPE_PAYLOAD_MAX,
  STATS_SCOPE_PAYLOAD_MEAN,
  STATS_SCOPE_PAYLOAD_MIN,
  STATS_SCOPE_PAYLOAD_SD,
  STATS_SCOPE_SIZE,
} from '../../assembly/layout.ts';
import { elementOf, NOTHING_ELSEWHERE } from './direction_fields.ts';
import type { FieldDefinition, IpfixElement, NullRule } from './field.ts';

const U32_MAX = 2 ** 32 - 1;
const COUNT_MAX = 2 ** 53;

/** The least, mean, deviation and greatest of one quantity. */
interface Quantity {
  readonly name: string;
  readonly unit: 'bytes' | 'ns';
  /** Places within a scope. */
  readonly min: number;
  readonly mean: number;
  readonly sd: number;
  readonly max: number;
  /** What is measured: "Least IP length". */
  readonly of: string;
  /** Numbers and names of the IPFIX elements of min and max. */
  readonly ipfix?: readonly [min: readonly [number, string], max: readonly [number, string]];
}

const QUANTITIES: readonly Quantity[] = [
  {
    name: 'ipBytes',
    unit: 'bytes',
    min: STATS_SCOPE_IP_MIN,
    mean: STATS_SCOPE_IP_MEAN,
    sd: STATS_SCOPE_IP_SD,
    max: STATS_SCOPE_IP_MAX,
    of: 'IP length of a packet, headers included',
    ipfix: [
      [25, 'minimumIpTotalLength'],
      [26, 'maximumIpTotalLength'],
    ],
  },
  {
    name: 'payload',
    unit: 'bytes',
    min: STATS_SCOPE_PAYLOAD_MIN,
    mean: STATS_SCOPE_PAYLOAD_MEAN,
    sd: STATS_SCOPE_PAYLOAD_SD,
    max: STATS_SCOPE_PAYLOAD_MAX,
    of: 'number of bytes of a packet behind the transport header',
  },
  {
    name: 'gap',
    unit: 'ns',
    min: STATS_SCOPE_GAP_MIN,
    mean: STATS_SCOPE_GAP_MEAN,
    sd: STATS_SCOPE_GAP_SD,
    max: STATS_SCOPE_GAP_MAX,
    of: 'time from a packet to the next one',
  },
];

type Scope = 'forward' | 'reverse' | 'both';

const SCOPES: readonly { readonly scope: Scope; readonly null: NullRule; readonly opposite: Scope | null }[] = [
  { scope: 'forward', null: 'noForward', opposite: 'reverse' },
  { scope: 'reverse', null: 'noReverse', opposite: 'forward' },
  { scope: 'both', null: 'noPackets', opposite: null },
];

const IN_GROUP = { group: 'stats', as: NOTHING_ELSEWHERE } as const;

function ofScope({ scope, null: rule, opposite }: (typeof SCOPES)[number], n: number): FieldDefinition[] {
  const base = STATS_BLOCK_SCOPES + n * STATS_SCOPE_SIZE;
  return QUANTITIES.flatMap(({ name, unit, min, mean, sd, max, of, ipfix }): FieldDefinition[] => {
    const isSize = unit === 'bytes';
    const field = (figure: string) => ({
      ...IN_GROUP,
      name: `${scope}.${name}.${figure}`,
      unit,
      opposite: opposite === null ? null : `${opposite}.${name}.${figure}`,
    });
    const whole = isSize
      ? ({ type: 'u32', store: 'u32', range: [0, U32_MAX], null: rule } as const)
      : ({ type: 'u64', store: 'u64', range: [0, COUNT_MAX], null: 'sentinel' } as const);
    const decimal = { type: 'decimal', store: 'f64', range: [0, COUNT_MAX], null: 'sentinel' } as const;
    return [
      { ...field('min'), ...whole, at: base + min, ipfix: elements(ipfix?.[0], scope), doc: `Least ${of}.` },
      {
        ...field('mean'),
        ...decimal,
        ...(isSize ? { null: rule } : {}),
        at: base + mean,
        ipfix: [],
        doc: `Mean ${of}.`,
      },
      {
        ...field('sd'),
        ...decimal,
        at: base + sd,
        ipfix: [],
        doc: `Standard deviation (of the sample: n-1) of the ${of}; 0 for one.`,
      },
      { ...field('max'), ...whole, at: base + max, ipfix: elements(ipfix?.[1], scope), doc: `Greatest ${of}.` },
    ];
  });
}

function elements(element: readonly [number, string] | undefined, scope: Scope): IpfixElement[] {
  if (element === undefined || scope === 'both') return [];
  const [id, name] = element;
  return [elementOf([id, name, 8], scope)];
}

const RATE = {
  ...IN_GROUP,
  opposite: null,
  type: 'decimal',
  range: [0, COUNT_MAX],
  null: 'sentinel',
  store: 'f64',
  ipfix: [],
} as const;

export const STATS_FIELDS: readonly FieldDefinition[] = [
  ...SCOPES.flatMap(ofScope),
  {
    ...RATE,
    name: 'bytesPerSecond',
    unit: 'bytes per second',
    at: STATS_BLOCK_BYTES_PER_SECOND,
    doc: 'IP bytes of both directions by the time from the first to the last packet; null when that is 0.',
  },
  {
    ...RATE,
    name: 'packetsPerSecond',
    unit: 'packets per second',
    at: STATS_BLOCK_PACKETS_PER_SECOND,
    doc: 'Packets of both directions by the time from the first to the last packet; null when that is 0.',
  },
  {
    ...RATE,
    name: 'clockBack',
    type: 'u32',
    unit: 'packets',
    range: [0, U32_MAX],
    null: 'never',
    store: 'u32',
    at: STATS_BLOCK_CLOCK_BACK,
    doc: 'Packets that are earlier than one before them: the gap in front of them counts as 0.',
  },
  {
    ...RATE,
    name: 'sizeOverflow',
    type: 'boolean',
    unit: null,
    range: null,
    null: 'never',
    store: 'u8',
    at: STATS_BLOCK_SIZE_OVERFLOW,
    doc: 'The squares of the sizes of a direction add up to 2^64 or more: its deviations are not known.',
  },
];
