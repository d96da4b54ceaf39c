/**
 * Fields of the group `activity`: active and idle periods, subflows and bulks, as CICFlowMeter understands them, and
 * transport headers.
 */
import {
  ACTIVITY_BLOCK_ACTIVE,
  ACTIVITY_BLOCK_BULKS,
  ACTIVITY_BLOCK_BULK_BYTES,
  ACTIVITY_BLOCK_BULK_PACKETS,
  ACTIVITY_BLOCK_BULK_RATE,
  ACTIVITY_BLOCK_BULK_TIME,
  ACTIVITY_BLOCK_DATA_PACKETS,
  ACTIVITY_BLOCK_HEADER_BYTES,
  ACTIVITY_BLOCK_HEADER_MIN,
  ACTIVITY_BLOCK_IDLE,
  ACTIVITY_BLOCK_SIDES,
  ACTIVITY_BLOCK_SUBFLOWS,
  ACTIVITY_BLOCK_WINDOW,
  ACTIVITY_SIDE_BLOCK_SIZE,
  PERIODS_COUNT,
  PERIODS_MAX,
  PERIODS_MEAN,
  PERIODS_MIN,
  PERIODS_SD,
} from '../../assembly/layout.ts';
import { fieldsOfDirections, NOTHING_ELSEWHERE } from './direction_fields.ts';
import type { DirectionField } from './direction_fields.ts';
import type { FieldDefinition } from './field.ts';

const U32_MAX = 2 ** 32 - 1;
const COUNT_MAX = 2 ** 53;

type Form = Pick<FieldDefinition, 'type' | 'store' | 'null' | 'range'>;

const COUNT: Form = { type: 'u32', store: 'u32', null: 'never', range: [0, U32_MAX] };
const SUM: Form = { type: 'u64', store: 'u64', null: 'never', range: [0, COUNT_MAX] };
const WHOLE: Form = { ...SUM, null: 'sentinel' };
const DECIMAL: Form = { type: 'decimal', store: 'f64', null: 'sentinel', range: [0, COUNT_MAX] };

const IN_GROUP = { group: 'activity', opposite: null, ipfix: [], as: NOTHING_ELSEWHERE } as const;

function periods(name: string, at: number, of: string): FieldDefinition[] {
  const member = (figure: string, offset: number, form: Form, doc: string): FieldDefinition => ({
    ...IN_GROUP,
    ...form,
    name: `${name}.${figure}`,
    unit: figure === 'n' ? 'periods' : 'ns',
    at: at + offset,
    doc: `${doc} ${of}.`,
  });
  return [
    member('n', PERIODS_COUNT, COUNT, 'Number of'),
    member('min', PERIODS_MIN, WHOLE, 'Shortest of'),
    member('mean', PERIODS_MEAN, DECIMAL, 'Mean of'),
    member('sd', PERIODS_SD, DECIMAL, 'Standard deviation (of the sample: n-1; 0 for one) of'),
    member('max', PERIODS_MAX, WHOLE, 'Longest of'),
  ];
}

const DIRECTION: readonly DirectionField[] = [
  { ...COUNT, name: 'bulk.n', unit: 'bulks', at: ACTIVITY_BLOCK_BULKS, doc: 'Number of bulks.' },
  { ...COUNT, name: 'bulk.packets', unit: 'packets', at: ACTIVITY_BLOCK_BULK_PACKETS, doc: 'Packets in bulks.' },
  { ...SUM, name: 'bulk.bytes', unit: 'bytes', at: ACTIVITY_BLOCK_BULK_BYTES, doc: 'Payload in bulks.' },
  { ...SUM, name: 'bulk.time', unit: 'ns', at: ACTIVITY_BLOCK_BULK_TIME, doc: 'What bulks lasted, all together.' },
  {
    ...DECIMAL,
    name: 'bulk.bytesPerSecond',
    unit: 'bytes per second',
    at: ACTIVITY_BLOCK_BULK_RATE,
    doc: 'Payload in bulks by what they lasted; null when that is 0.',
  },
  { ...COUNT, name: 'dataPackets', unit: 'packets', at: ACTIVITY_BLOCK_DATA_PACKETS, doc: 'Packets with payload.' },
  {
    ...SUM,
    name: 'headerBytes',
    unit: 'bytes',
    at: ACTIVITY_BLOCK_HEADER_BYTES,
    doc: 'Sum of transport headers: TCP with its options, UDP, UDP-Lite; those of cut TCP headers are not known.',
  },
  {
    type: 'u8',
    store: 'u16',
    null: 'sentinel',
    range: [8, 60],
    name: 'headerMin',
    unit: 'bytes',
    at: ACTIVITY_BLOCK_HEADER_MIN,
    doc: 'Smallest transport header, as in `headerBytes`.',
  },
  {
    type: 'u16',
    store: 'u32',
    null: 'sentinel',
    range: [1, 65_535],
    name: 'window',
    unit: 'bytes, not scaled',
    at: ACTIVITY_BLOCK_WINDOW,
    doc: 'First TCP window that is not 0, as sent.',
  },
];

export const ACTIVITY_FIELDS: readonly FieldDefinition[] = [
  ...fieldsOfDirections('activity', DIRECTION, ACTIVITY_BLOCK_SIDES, ACTIVITY_SIDE_BLOCK_SIZE),
  ...periods('active', ACTIVITY_BLOCK_ACTIVE, 'the active periods, each up to a silence or the end of the flow'),
  ...periods('idle', ACTIVITY_BLOCK_IDLE, 'the idle periods: silences of more than the threshold'),
  {
    ...IN_GROUP,
    ...COUNT,
    name: 'subflows',
    unit: 'gaps',
    at: ACTIVITY_BLOCK_SUBFLOWS,
    doc: 'Gaps of more than a second between packets of either direction, which divide a flow into subflows.',
  },
];
