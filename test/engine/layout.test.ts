/** Walks the offsets of assembly/layout.ts: every record without overlap, aligned, and of the size that is stated. */
import { describe, expect, it } from 'vitest';
import * as layout from '../../assembly/layout.ts';

/** Fields that are wider than the rest of their record; all others are as wide as `default`. */
interface RecordLayout {
  readonly prefix: string;
  readonly size: number;
  /** Name -> bytes. */
  readonly fields: Readonly<Record<string, number>>;
}

const RECORDS: readonly RecordLayout[] = [
  {
    prefix: 'KEY',
    size: layout.KEY_SIZE,
    fields: { LOW: 16, HIGH: 16, LOW_PORT: 2, HIGH_PORT: 2, PROTOCOL: 1, VERSION: 1 },
  },
  {
    prefix: 'PACKET',
    size: layout.PACKET_SIZE,
    fields: {
      KEY: 40,
      TIME: 8,
      HASH: 4,
      IP_BYTES: 4,
      WIRE_BYTES: 4,
      PAYLOAD_BYTES: 4,
      SEQ: 4,
      ACK: 4,
      ID: 4,
      WINDOW: 2,
      TCP_FLAGS: 2,
      VERDICT: 1,
      SIDE: 1,
      BITS: 1,
      TTL: 1,
      ICMP_TYPE: 1,
      ICMP_CODE: 1,
      TRANSPORT: 4,
      TRANSPORT_END: 4,
      TRANSPORT_WIRE: 4,
    },
  },
  {
    prefix: 'FLOW',
    size: layout.FLOW_SIZE,
    fields: { KEY: 40, LAST: 8, FIRST: 8, TCP_FLAGS: 4, STATE: 1, END_REASON: 1, BITS: 1, CLOSE_REASON: 1, COUNTS: 64 },
  },
  { prefix: 'COUNT', size: layout.COUNTS_SIZE, fields: { PACKETS: 8, IP_BYTES: 8, WIRE_BYTES: 8, PAYLOAD_BYTES: 8 } },
  {
    prefix: 'LINK',
    size: layout.LINK_SIZE,
    fields: { PREVIOUS: 4, NEXT: 4, SLOT: 4, HASH: 4, GENERATION: 4, ISN: 4, START: 8 },
  },
  {
    prefix: 'DIRECTION',
    size: layout.DIRECTION_SIDE_SIZE,
    fields: { FIRST: 8, LAST: 8, SEQ_START: 4, BITS: 4, SEQ_SPAN: 8 },
  },
  { prefix: 'LOG', size: layout.LOG_SIZE, fields: { HEAD: 4, TAIL: 4, STORED: 4, DROPPED: 4 } },
  { prefix: 'CHUNK', size: layout.CHUNK_SIZE, fields: { NEXT: 4, COUNT: 4, HEADERS: 96 } },
  {
    prefix: 'HEADER',
    size: layout.HEADER_SIZE,
    fields: {
      TIME: 8,
      SEQ: 4,
      ACK: 4,
      LENGTH: 4,
      ID: 4,
      WINDOW: 2,
      TCP_FLAGS: 2,
      TTL: 1,
      BITS: 1,
      ICMP_TYPE: 1,
      ICMP_CODE: 1,
    },
  },
  { prefix: 'EVICTION', size: layout.EVICTION_ENTRY_SIZE, fields: { LAST: 8, FLOW: 4, GENERATION: 4 } },
  {
    prefix: 'FRAGMENT',
    size: layout.FRAGMENT_SIZE,
    fields: { SOURCE: 16, DESTINATION: 16, TIME: 8, ID: 4, PROTOCOL: 1, VERSION: 1, TRANSPORT: 1, USED: 1, PORTS: 4 },
  },
  {
    prefix: 'INTERFACE',
    size: layout.INTERFACE_SIZE,
    fields: { LINK_TYPE: 4, SNAPLEN: 4, SCALE: 4, FILTER: 4, UNITS: 8, OFFSET: 8, BITS: 4 },
  },
];

/** Fields of the control block: two halves of a page, u32 unless stated. */
const WIDE = new Set([
  'CONFIG_FLOW_TIMEOUT',
  'CONFIG_FIN_TIMEOUT',
  'CONFIG_ACTIVE_TIMEOUT',
  'CONFIG_SOFT_LIMIT',
  'CONFIG_HARD_LIMIT',
  'STATE_CLOCK',
  'STATE_TICK',
  'STATE_NEXT_TICK',
  'STATE_EVICTION_LAST',
  'STATE_SOFT_NEXT',
  'STATE_SECOND_END',
  'STATE_SECOND_PACKETS',
  'STATE_AVERAGE_PPS',
  'STATE_FIRST_TIME',
  'STATE_SILENT',
  'STATE_LAST_PACKET',
]);

const constants = layout as unknown as Readonly<Record<string, number>>;

describe('the layout', () => {
  for (const { prefix, size, fields } of RECORDS) {
    it(`of ${prefix.toLowerCase()} records has no overlap, natural alignment and its stated size`, () => {
      let end = 0;
      for (const [name, width] of Object.entries(fields)) {
        const offset = constants[`${prefix}_${name}`];
        expect(offset, name).toBeTypeOf('number');
        expect(offset as number, `${name} begins behind the field before it`).toBeGreaterThanOrEqual(end);
        expect((offset as number) % Math.min(width, 8) || 0, `${name} is aligned`).toBe(
          width === 96 || width === 40 ? (offset as number) % 8 : 0,
        );
        end = (offset as number) + width;
      }
      expect(end).toBeLessThanOrEqual(size);
      expect(size % 8).toBe(0);
    });
  }

  it('of rows has no overlap and natural alignment', () => {
    const widths: Readonly<Record<string, number>> = {
      SOURCE: 16,
      DESTINATION: 16,
      SOURCE_PORT: 2,
      DESTINATION_PORT: 2,
      PROTOCOL: 1,
      VERSION: 1,
      END_REASON: 1,
      BITS: 1,
      FIRST: 8,
      LAST: 8,
      FIRST_SECONDS: 8,
      LAST_SECONDS: 8,
      FIRST_NANOS: 4,
      LAST_NANOS: 4,
      TCP_FLAGS_FORWARD: 2,
      TCP_FLAGS_REVERSE: 2,
      FLOW: 4,
      FORWARD: 32,
      REVERSE: 32,
      GENERATION: 4,
    };
    const placed = Object.entries(widths).map(([name, width]) => ({
      name,
      width,
      offset: constants[`ROW_${name}`] as number,
    }));
    expectApart(placed);
    for (const { name, width, offset } of placed) expect(offset % Math.min(width, 8), name).toBe(0);
    expect(Math.max(...placed.map(({ offset, width }) => offset + width))).toBeLessThanOrEqual(layout.ROW_SIZE);
  });

  it('of the control block has no overlap, natural alignment and ends where it says', () => {
    for (const [prefix, from, to] of [
      ['CONFIG', 0, layout.CONFIG_END],
      ['STATE', layout.STATE_CLOCK, layout.STATE_END],
      ['READER', layout.READER_FORMAT, layout.READER_END],
      ['STATUS', layout.STATUS_CODE, layout.STATUS_END],
      ['CONVERT', layout.CONVERT_ON, layout.CONVERT_END],
    ] as const) {
      const placed = Object.entries(constants)
        .filter(
          ([name, offset]) =>
            name.startsWith(`${prefix}_`) &&
            !name.endsWith('_END') &&
            !name.endsWith('_WORDS') &&
            offset >= from &&
            offset < to &&
            isPlace(name),
        )
        .map(([name, offset]) => ({
          name,
          offset,
          width: name === 'CONFIG_HASH_KEY' ? 48 : name === 'STATE_WHEEL_COUNT' ? 20 : WIDE.has(name) ? 8 : 4,
        }));
      expect(placed.length, prefix).toBeGreaterThan(2);
      expectApart(placed);
      for (const { name, width, offset } of placed) expect(offset % (width === 8 ? 8 : 4), name).toBe(0);
      expect(Math.max(...placed.map(({ offset, width }) => offset + width)), prefix).toBeLessThanOrEqual(to);
    }
    expect(layout.CONFIG_END).toBeLessThanOrEqual(layout.STATE_CLOCK);
    expect(layout.STATE_END).toBeLessThanOrEqual(layout.READER_FORMAT);
    expect(layout.READER_END).toBeLessThanOrEqual(layout.STATUS_CODE);
    expect(layout.STATUS_END).toBeLessThanOrEqual(layout.COUNTERS);
    expect(layout.COUNTERS_END).toBeLessThanOrEqual(layout.PAGE_SIZE);
  });

  it('of words that threads share is one on each cache line, apart from all else', () => {
    const shared = [
      'RING_HEAD',
      'RING_TAIL',
      'RING_SLEEPS',
      'RING_WANTED',
      'LOCK',
      'LOCK_INTENT',
      'NEWS',
      'RING_ENDED',
      'QUIET_TIME',
    ];
    const places = shared.map((name) => constants[name] as number);
    expectApart(shared.map((name, n) => ({ name, offset: places[n] as number, width: layout.CACHE_LINE })));
    for (const place of places) expect(place % layout.CACHE_LINE).toBe(0);
    expect(Math.min(...places)).toBeGreaterThanOrEqual(layout.COUNTERS_END);
    expect(Math.max(...places) + layout.CACHE_LINE).toBeLessThanOrEqual(layout.RING_PROGRESS);
    expect(layout.SHARED_END).toBeLessThanOrEqual(layout.WHEEL - layout.CONTROL);
  });

  it('of counters is one u64 each, verdicts and kinds in rows', () => {
    const widths: Readonly<Record<string, number>> = { COUNTER_VERDICTS: 8 * layout.VERDICT_COUNT };
    const names = Object.keys(constants).filter((name) => name.startsWith('COUNTER_'));
    const sorted = names
      .map((name) => ({ name, offset: constants[name] as number }))
      .sort((a, b) => a.offset - b.offset);
    for (const [n, { name, offset }] of sorted.entries()) {
      expect(offset % 8, name).toBe(0);
      const next = sorted[n + 1]?.offset ?? layout.COUNTERS_END;
      expect(next - offset, name).toBeGreaterThanOrEqual(widths[name] ?? 8);
    }
  });

  it('of the fixed regions is one behind the other', () => {
    const regions = [
      { name: 'control', offset: layout.CONTROL, width: layout.COUNTERS_END },
      { name: 'wheel', offset: layout.WHEEL, width: layout.WHEEL_SIZE },
      { name: 'packets', offset: layout.PACKETS, width: layout.BATCH_SIZE * layout.PACKET_SIZE },
      { name: 'inner packet', offset: layout.PACKET_INNER, width: layout.PACKET_SIZE },
      { name: 'filters', offset: layout.FILTERS, width: layout.FILTERS_MAX * 8 },
      { name: 'histograms', offset: layout.HISTOGRAMS, width: 4 * 256 * 4 },
      { name: 'protocol counters', offset: layout.PROTOCOL_COUNTERS, width: 256 * 8 },
      { name: 'scratch packet', offset: layout.SCRATCH_PACKET, width: layout.PACKET_SIZE },
      { name: 'look-up addresses', offset: layout.LOOKUP_ADDRESSES, width: 32 },
      { name: 'rows', offset: layout.ROWS, width: layout.ROWS_MAX * layout.ROW_SIZE },
    ];
    expectApart(regions);
    for (const { name, offset } of regions) expect(offset % 8, name).toBe(0);
    expect(layout.WHEEL_SIZE).toBe(layout.WHEEL_LEVELS * layout.WHEEL_SLOTS * 4);
    expect(Math.max(...regions.map(({ offset, width }) => offset + width))).toBeLessThanOrEqual(layout.FIXED_END);
    expect(layout.CONTROL).toBe(layout.PAGE_SIZE);
  });

  it('keeps hot records on whole cache lines', () => {
    expect(layout.FLOW_SIZE % layout.CACHE_LINE).toBe(0);
    expect(layout.PACKET_SIZE % layout.CACHE_LINE).toBe(0);
    expect(layout.FRAGMENT_SIZE % layout.CACHE_LINE).toBe(0);
  });
});

/** STATUS_ holds codes as well as places: only three of them are places. */
function isPlace(name: string): boolean {
  return !name.startsWith('STATUS_') || name === 'STATUS_CODE' || name === 'STATUS_VALUE' || name === 'STATUS_DETAIL';
}

function expectApart(
  placed: readonly { readonly name: string; readonly offset: number; readonly width: number }[],
): void {
  const sorted = [...placed].sort((a, b) => a.offset - b.offset);
  for (const [n, { name, offset, width }] of sorted.entries()) {
    const next = sorted[n + 1];
    if (next !== undefined) expect(offset + width, `${name} runs into ${next.name}`).toBeLessThanOrEqual(next.offset);
  }
}
