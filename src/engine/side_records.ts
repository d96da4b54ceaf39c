/**
 * The groups of side records: what the engine keeps of a flow beyond its own record, each on or off by options. Sizes,
 * regions and the blocks of a row all come from this list; assembly/side/side.ts calls the groups' code.
 *
 * A new group is a file in assembly/side with its record in the layout and its calls in side.ts, an entry here, and its
 * fields in the schema.
 */
import {
  ADDRESSES_SIZE,
  CARRIES_SIZE,
  ACTIVITY_BLOCK_SIZE,
  ACTIVITY_SIZE,
  CACHE_LINE,
  CHUNK_SIZE,
  WAITING_MAX,
  COMMUNITY_ID_SIZE,
  CONFIG_CHUNKS,
  CONFIG_CHUNKS_MAX,
  CONFIG_FIRST_CHUNKS,
  CONFIG_FIRST_CHUNKS_MAX,
  CONFIG_FIRST_COLLECTING,
  CONFIG_FIRST_READY,
  CONFIG_FIRST_STARTS,
  CONFIG_FIRST_TEXTS,
  CONFIG_HEADERS_MAX,
  CONFIG_LOCAL_NETS,
  CONFIG_LOCAL_NETS_COUNT,
  CONFIG_SERVER_PORTS,
  DIRECTION_SIZE,
  CONFIG_ENTROPY_TABLE,
  CONFIG_FIRST_PACKETS,
  CONFIG_PAYLOAD,
  EARLY_ENTRIES,
  EARLY_ENTRY_SIZE,
  ENTROPY_BLOCK_SIZE,
  ENTROPY_COUNTS_SIZE,
  ENTROPY_SIZE,
  ENTROPY_TABLE_COUNT,
  FIRST_BLOCK_SIZE,
  FIRST_CHUNK_SIZE,
  FIRST_QUEUE_COUNT,
  FIRST_SIZE,
  FIRST_START_SIZE,
  FIRST_TEXTS_SIZE,
  FLOW_SIZE,
  INTERIM_BLOCK_SIZE,
  INTERIM_SIZE,
  LAYERS_BLOCK_SIZE,
  LAYERS_SIZE,
  LAYERS_TUNNEL_SIZE,
  LINK_SIZE,
  LOG_SIZE,
  ROW_SIZE,
  SIDE_ACTIVITY,
  SIDE_COMMUNITY_ID,
  SIDE_DIRECTIONS,
  ROWS_MAX,
  SIDE_FIRST_PAYLOAD,
  PREFIX_BLOCK_BYTES,
  PREFIX_SIDE_SIZE,
  SIDE_ENTROPY,
  SIDE_FIRST_PACKETS,
  SIDE_INTERIM,
  SIDE_LINK,
  SIDE_PAYLOAD,
  SIDE_PACKET_LOG,
  SIDE_STATS,
  SIDE_TCP,
  SIDE_ZEEK,
  START_SIZE,
  STATS_BLOCK_SIZE,
  STATS_SIZE,
  TCP_BLOCK_SIZE,
  TCP_REST_SIZE,
  TCP_SIZE,
  CONFIG_DIGIT_PAIRS,
  DIGIT_PAIRS_COUNT,
  ZEEK_BLOCK_SIZE,
  ZEEK_RARE_SIZE,
  ZEEK_SIZE,
} from '../../assembly/layout.ts';
import { DERIVED_SIZE } from '../flow/derived_block.ts';
import type { FieldDefinition } from '../flow/field.ts';
import { isReverse } from '../flow/field.ts';
import { groupSize } from '../flow/groups.ts';
import type { EngineOptions } from './options.ts';
import { localNetRecords, serverPortBits } from './zeek_sites.ts';

/** Options that say which groups are on, and how large their records are. */
export type SideOptions = Pick<EngineOptions, 'directions' | 'headersMax' | 'with' | 'firstChunks' | 'derived'> &
  Partial<Pick<EngineOptions, 'decapsulate'>>;

/** Memory of a group beside its records. */
export interface SideRegion {
  /** Word of the control block for its address. */
  readonly word: number;
  readonly bytes: number;
  /** What it begins with; none: zeros. */
  readonly content?: Uint8Array;
}

export interface SideGroup {
  /** Of its fields in the schema, if it has any. */
  readonly name: string;
  /** Its bit, SIDE_ of the layout; the engine goes through the groups in this order. */
  readonly bit: number;
  readonly isOn: (options: SideOptions) => boolean;
  /** Bytes of its record of a flow; a multiple of 8, 0: it has none. */
  readonly recordBytes: (options: SideOptions) => number;
  /** Bytes of what it keeps of a flow beside the record, which few packets touch; a multiple of 8. */
  readonly restBytes?: (options: SideOptions) => number;
  /** Bytes of its block in a row; a multiple of 8, 0: it has none. */
  readonly blockBytes: (options: SideOptions) => number;
  /** Further memory, and what else the engine must know: word of the control block -> value. */
  readonly regions?: (options: EngineOptions) => readonly SideRegion[];
  readonly words?: (options: EngineOptions) => Readonly<Record<number, number>>;
  /** What depends on the options of a field's place in the block, and its greatest length. */
  readonly place?: (field: FieldDefinition, options: SideOptions) => Partial<FieldDefinition>;
}

const filled = (word: number, content: Uint8Array): SideRegion => ({ word, bytes: content.length, content });

/** The digits that names of connections are made of: DIGIT_PAIRS_COUNT pairs. */
function digitPairs(): Uint8Array {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  return Uint8Array.from({ length: 2 * DIGIT_PAIRS_COUNT }, (_, n) =>
    digits.charCodeAt(n % 2 === 0 ? (n / 2) % digits.length : Math.floor(n / 2 / digits.length)),
  );
}

const earlyBytes = (options: SideOptions): number =>
  multipleOf(groupSize(options.with, 'first-packets') * EARLY_ENTRY_SIZE, 8);
const prefixBytes = (options: SideOptions): number => multipleOf(groupSize(options.with, 'payload'), 8);

/** With a multiple of so many lines the first lines of all flows would share few places in the cache. */
const SHARED_PLACES = 8;

/** Side records of less than a line stay as they are; larger ones take whole lines. */
function wholeLines(bytes: number): number {
  if (bytes < CACHE_LINE) return bytes;
  const lines = Math.ceil(bytes / CACHE_LINE);
  return (lines % SHARED_PLACES === 0 ? lines + 1 : lines) * CACHE_LINE;
}

function multipleOf(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit;
}

/** In the order of their bits. */
export const SIDE_GROUPS: readonly SideGroup[] = [
  {
    name: 'directions',
    bit: SIDE_DIRECTIONS,
    isOn: ({ directions }) => directions,
    recordBytes: () => DIRECTION_SIZE,
    blockBytes: () => DIRECTION_SIZE,
  },
  {
    name: 'packetLog',
    bit: SIDE_PACKET_LOG,
    isOn: ({ headersMax }) => headersMax !== 0,
    recordBytes: () => LOG_SIZE,
    blockBytes: () => LOG_SIZE,
    regions: ({ chunksMax }) => [{ word: CONFIG_CHUNKS, bytes: (chunksMax + WAITING_MAX) * CHUNK_SIZE }],
    words: ({ headersMax, chunksMax }) => ({ [CONFIG_HEADERS_MAX]: headersMax, [CONFIG_CHUNKS_MAX]: chunksMax }),
  },
  {
    name: 'tcp',
    bit: SIDE_TCP,
    isOn: (options) => options.with?.includes('tcp') === true,
    recordBytes: () => TCP_SIZE,
    restBytes: () => 2 * TCP_REST_SIZE,
    blockBytes: () => TCP_BLOCK_SIZE,
  },
  {
    name: 'firstPayload',
    bit: SIDE_FIRST_PAYLOAD,
    isOn: ({ firstChunks = 0 }) => firstChunks !== 0,
    recordBytes: () => FIRST_SIZE,
    blockBytes: () => FIRST_BLOCK_SIZE,
    regions: ({ firstChunks = 0 }) => [
      { word: CONFIG_FIRST_CHUNKS, bytes: firstChunks * FIRST_CHUNK_SIZE },
      { word: CONFIG_FIRST_COLLECTING, bytes: FIRST_QUEUE_COUNT * START_SIZE },
      { word: CONFIG_FIRST_READY, bytes: FIRST_QUEUE_COUNT * START_SIZE },
      { word: CONFIG_FIRST_STARTS, bytes: 2 * FIRST_START_SIZE },
      { word: CONFIG_FIRST_TEXTS, bytes: FIRST_TEXTS_SIZE },
    ],
    words: ({ firstChunks = 0 }) => ({ [CONFIG_FIRST_CHUNKS_MAX]: firstChunks }),
  },
  {
    name: 'community-id',
    bit: SIDE_COMMUNITY_ID,
    isOn: (options) => options.with?.includes('community-id') === true,
    recordBytes: () => 0,
    blockBytes: () => COMMUNITY_ID_SIZE,
  },
  {
    name: 'zeek',
    bit: SIDE_ZEEK,
    isOn: (options) => options.with?.includes('zeek') === true,
    recordBytes: () => ZEEK_SIZE,
    restBytes: () => ZEEK_RARE_SIZE,
    blockBytes: () => ZEEK_BLOCK_SIZE,
    regions: ({ serverPorts, localNets }) => [
      filled(CONFIG_DIGIT_PAIRS, digitPairs()),
      filled(CONFIG_SERVER_PORTS, serverPortBits(serverPorts)),
      filled(CONFIG_LOCAL_NETS, localNetRecords(localNets)),
    ],
    words: ({ localNets = [] }) => ({ [CONFIG_LOCAL_NETS_COUNT]: localNets.length }),
  },
  {
    name: 'stats',
    bit: SIDE_STATS,
    isOn: (options) => options.with?.includes('stats') === true,
    recordBytes: () => STATS_SIZE,
    blockBytes: () => STATS_BLOCK_SIZE,
  },
  {
    name: 'link',
    bit: SIDE_LINK,
    isOn: (options) => options.with?.includes('link') === true,
    recordBytes: ({ decapsulate }) => (decapsulate === true ? LAYERS_TUNNEL_SIZE : LAYERS_SIZE),
    blockBytes: () => LAYERS_BLOCK_SIZE,
  },
  {
    name: 'activity',
    bit: SIDE_ACTIVITY,
    isOn: (options) => options.with?.includes('activity') === true,
    recordBytes: () => ACTIVITY_SIZE,
    blockBytes: () => ACTIVITY_BLOCK_SIZE,
  },
  {
    name: 'first-packets',
    bit: SIDE_FIRST_PACKETS,
    isOn: (options) => groupSize(options.with, 'first-packets') > 0,
    recordBytes: () => EARLY_ENTRIES,
    restBytes: earlyBytes,
    blockBytes: (options) => EARLY_ENTRIES + earlyBytes(options),
    words: (options) => ({ [CONFIG_FIRST_PACKETS]: groupSize(options.with, 'first-packets') }),
    place: (_, options) => ({ most: groupSize(options.with, 'first-packets') }),
  },
  {
    name: 'payload',
    bit: SIDE_PAYLOAD,
    isOn: (options) => groupSize(options.with, 'payload') > 0,
    recordBytes: () => 2 * PREFIX_SIDE_SIZE,
    restBytes: (options) => 2 * prefixBytes(options),
    // Each side has a length u32 in front of its bytes.
    blockBytes: (options) => PREFIX_BLOCK_BYTES + 2 * (8 + prefixBytes(options)),
    words: (options) => ({ [CONFIG_PAYLOAD]: groupSize(options.with, 'payload') }),
    place: ({ name, at, type }, options) =>
      type === 'octets'
        ? {
            at: name === 'payloadReverse' ? at + prefixBytes(options) : at,
            most: groupSize(options.with, 'payload'),
          }
        : {},
  },
  {
    name: 'entropy',
    bit: SIDE_ENTROPY,
    isOn: (options) => options.with?.includes('entropy') === true,
    recordBytes: () => ENTROPY_SIZE,
    restBytes: () => ENTROPY_COUNTS_SIZE,
    blockBytes: () => ENTROPY_BLOCK_SIZE,
    regions: () => [{ word: CONFIG_ENTROPY_TABLE, bytes: ENTROPY_TABLE_COUNT * Float64Array.BYTES_PER_ELEMENT }],
  },
  {
    name: 'interim',
    bit: SIDE_INTERIM,
    isOn: (options) => options.with?.includes('interim') === true,
    recordBytes: () => INTERIM_SIZE,
    blockBytes: () => INTERIM_BLOCK_SIZE,
  },
];

/** Bytes of a flow without side records: at most, since only one of IPv6 has addresses of its own. */
export const CORE_BYTES = FLOW_SIZE + LINK_SIZE + ADDRESSES_SIZE;

/** A group that is on. */
export interface PlannedGroup {
  readonly group: SideGroup;
  /** Offset of its record in the side records of a flow, bytes. */
  readonly recordAt: number;
  /** Bytes of its rest. */
  readonly restBytes: number;
  /** Offset of its block in a row, bytes. */
  readonly blockAt: number;
}

export interface SidePlan {
  /** Bits of the groups that are on and keep records. */
  readonly records: number;
  /** Bits of those that have a block in the row. */
  readonly blocks: number;
  /** Bytes of a flow's side records, which lie behind each other. */
  readonly sideBytes: number;
  /** Bytes of a flow: its record, link, addresses and side records, and the rests of these, which few flows use. */
  readonly flowBytes: number;
  /** Bytes of a row: the core, then the blocks, then that of derived fields. */
  readonly rowBytes: number;
  /** Offset of the block of derived fields in a row, bytes; undefined: there is none. */
  readonly derivedAt: number | undefined;
  readonly groups: readonly PlannedGroup[];
}

/** What the options make of the groups. @param list for tests */
export function planSides(options: SideOptions, list: readonly SideGroup[] = SIDE_GROUPS): SidePlan {
  let records = 0;
  let blocks = 0;
  let sideBytes = 0;
  let rests = 0;
  let rowBytes = ROW_SIZE;
  const groups: PlannedGroup[] = [];
  for (const group of list) {
    if (!group.isOn(options)) continue;
    const recordBytes = group.recordBytes(options);
    const blockBytes = group.blockBytes(options);
    const restBytes = group.restBytes?.(options) ?? 0;
    if ((recordBytes | restBytes | blockBytes) % 8 !== 0)
      throw new RangeError(`sizes of ${group.name} are not multiples of 8`);
    // In as few lines as it can be.
    const isApart = (sideBytes % CACHE_LINE) + recordBytes > CACHE_LINE;
    const recordAt = isApart ? multipleOf(sideBytes, CACHE_LINE) : sideBytes;
    groups.push({ group, recordAt, restBytes, blockAt: rowBytes });
    if (recordBytes > 0) records |= group.bit;
    if (blockBytes > 0) blocks |= group.bit;
    sideBytes = recordAt + recordBytes;
    rests += restBytes;
    rowBytes += blockBytes;
  }
  const derivedAt = options.derived === true ? rowBytes : undefined;
  if (derivedAt !== undefined) rowBytes += DERIVED_SIZE;
  sideBytes = wholeLines(sideBytes);
  const flowBytes = CORE_BYTES + sideBytes + rests;
  return { records, blocks, sideBytes, flowBytes, rowBytes, derivedAt, groups };
}

/** Bytes of a flow in the index, the sorting and the eviction heap, and of what its counters carry. */
const TABLE_BYTES = 64 + CARRIES_SIZE;
/** Bytes for flows, of the 4 GiB that the engine can have. */
const FLOWS_BYTES_MAX = 3.5 * 2 ** 30;

/** A default number of flows, halved until they fit with their side records. */
export function flowsThatFit(most: number, options: SideOptions): number {
  const bytes = planSides(options).flowBytes + TABLE_BYTES;
  let flows = most;
  while (flows * bytes > FLOWS_BYTES_MAX) flows /= 2;
  return flows;
}

/** Rows of this size that are written at a time. */
export function rowsThatFit(rowBytes: number): number {
  return Math.floor((ROWS_MAX * ROW_SIZE) / rowBytes);
}

/** Offset of a group's block in a row, bytes; undefined when the group is off. */
export function blockOf(plan: SidePlan, bit: number): number | undefined {
  return plan.groups.find(({ group }) => group.bit === bit)?.blockAt;
}

/**
 * The fields as they lie in the rows of an engine with these options: those of a group in its block. A flow of one
 * direction has none of a group's `reverse`.
 * @throws {RangeError} for a field of a group that is off
 */
export function placedFields(
  fields: readonly FieldDefinition[],
  options: SideOptions & Pick<EngineOptions, 'direction'>,
): readonly FieldDefinition[] {
  const { groups, derivedAt } = planSides(options);
  return fields.map((field) => {
    if (field.group === 'core') return field;
    if (field.group === 'derived' && derivedAt !== undefined) return { ...field, at: derivedAt + field.at };
    const block = groups.find(({ group }) => group.name === field.group);
    if (block === undefined) throw new RangeError(`the engine does not keep the group ${field.group}`);
    const placed = { ...field, ...block.group.place?.(field, options) };
    const isMissing = options.direction === 'uni' && isReverse(field.name);
    return { ...placed, at: block.blockAt + placed.at, ...(isMissing ? { null: 'always' } : {}) };
  });
}
