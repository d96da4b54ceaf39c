/**
 * The memory plan: from options to regions, once. Nothing grows later; a page that is never touched costs nothing
 * but address space.
 */
import {
  ADDRESSES_SIZE,
  BATCH_COUNT,
  CARRIES_SIZE,
  CONFIG_ADDRESSES,
  CONFIG_BLOCKS,
  CONFIG_CARRIES,
  CONFIG_CLOSED_LIMIT,
  CONFIG_DUPLICATES,
  CONFIG_EVICTION,
  CONFIG_EVICTION_CAPACITY,
  CONFIG_FILTER,
  CONFIG_FLOWS,
  CONFIG_FLOW_BYTES,
  CONFIG_FRAGMENTS,
  CONFIG_HASH_KEY,
  CONFIG_HASH_KEY_WORDS,
  CONFIG_HELD_SYNS,
  CONFIG_IDLE_HEAP,
  CONFIG_INDEX,
  CONFIG_INTERFACES,
  CONFIG_LAYOUT_VERSION,
  CONFIG_LINKS,
  CONFIG_ORDER_A,
  CONFIG_ORDER_B,
  CONFIG_POOL_COUNT,
  CONFIG_RING,
  CONFIG_RING_SIZE,
  CONFIG_ROWS_MAX,
  CONFIG_ROW_BYTES,
  CONFIG_SHARDS,
  CONFIG_SIDES,
  CONFIG_SIDE_BYTES,
  CONFIG_SIDE_GROUPS,
  CONFIG_SIDE_RESTS,
  CONFIG_START_QUEUE,
  CONFIG_START_QUEUE_CAPACITY,
  CONFIG_WAITING,
  CONFIG_WINDOW,
  CONFIG_WINDOW_FROM,
  CONFIG_WINDOW_TO,
  CONTROL,
  DUPLICATE_SETS,
  DUPLICATE_SIZE,
  DUPLICATE_WAYS,
  FIXED_END,
  FLOW_SIZE,
  FRAGMENT_SETS,
  FRAGMENT_SIZE,
  FRAGMENT_WAYS,
  INDEX_LOAD_DENOMINATOR,
  EVICTION_ENTRY_SIZE,
  HELD_MAX,
  HELD_SIZE,
  INDEX_LOAD_NUMERATOR,
  INDEX_SLOTS_MIN,
  INTERFACE_MAX,
  INTERFACE_SIZE,
  LAYOUT_VERSION,
  LINK_SIZE,
  ORDER_SIZE,
  PAGE_SIZE,
  SERIAL_ROW_HEADER,
  SIDE_CONFIG_RECORDS,
  SIDE_CONFIG_ROW,
  SIDE_CONFIG_SIZE,
  SIDE_REST_BYTES,
  SIDE_REST_FIRST,
  SIDE_REST_SIZE,
  RECORD_SIZE_MAX,
  SLOT_SIZE,
  START_SIZE,
  WAITING_HEADS_SIZE,
  WAITING_MAX,
  WAITING_SIZE,
  WINDOW_FROM_RELATIVE,
  WINDOW_ON,
  WINDOW_TO_RELATIVE,
} from '../../assembly/layout.ts';
import { FParserError } from '../errors.ts';
import { writeSettings } from '../options/engine_settings.ts';
import type { EngineOptions, ShardOptions, TimeWindow } from './options.ts';
import { planSides, rowsThatFit } from './side_records.ts';

/** Entries of an eviction heap beyond the flows it is built from and as many that were ended since. */
const EVICTION_SLACK = 1024;
/** Regions begin at multiples of this, two cache lines. */
const ALIGNMENT = 128;
const PAGES_MAX = 65536;

export interface MemoryPlan {
  /** Pages of 64 KiB. */
  readonly pages: number;
  /** Where capture bytes are put, and how many fit. */
  readonly block: { readonly base: number; readonly size: number };
  /** Such blocks, one behind the other: one for each file that can be open. */
  readonly files: number;
  /** Control block offset -> u32 value. */
  readonly words: ReadonlyMap<number, number>;
  /** Of engines that share a capture. */
  readonly shared: SharedPlaces | undefined;
  /** What the host puts into regions. */
  readonly contents: readonly { readonly base: number; readonly content: Uint8Array }[];
}

/** Addresses of what engines that share a capture give each other; the same in all of them. */
export interface SharedPlaces {
  /** Lists of packets of the blocks in work: for block 0 those of shard 0, 1, ..., then those for block 1. */
  readonly lists: number;
  /** Bytes of each. */
  readonly listSize: number;
  /** A list of another engine while it is tracked. */
  readonly copy: number;
  /** Rows of ended flows: a ring. */
  readonly rows: number;
  /** Bytes of each, with its place in the order. */
  readonly rowSize: number;
  /** Rows of other engines' rings that are merged, by shard. */
  readonly runs: readonly number[];
}

/** Slots that hold `flows` without another doubling. */
function indexSlots(flows: number): number {
  let slots = INDEX_SLOTS_MIN;
  while (flows * INDEX_LOAD_DENOMINATOR > slots * INDEX_LOAD_NUMERATOR) slots *= 2;
  return slots;
}

/** @throws {RangeError} when the options need more than the 4 GiB that WebAssembly can address. */
export function planMemory(options: EngineOptions): MemoryPlan {
  let top = FIXED_END;
  const words = new Map<number, number>();
  const contents: { base: number; content: Uint8Array }[] = [];
  const place = (size: number): number => {
    const base = Math.ceil(top / ALIGNMENT) * ALIGNMENT;
    top = base + size;
    return base;
  };
  // A packet may start a flow, and one that continues a flow may leave a running record of it; so may a held SYN.
  const running = options.interim === undefined ? 0 : BATCH_COUNT + WAITING_MAX + HELD_MAX;
  const pool = options.maxFlows + options.closedLimit + BATCH_COUNT + WAITING_MAX + running;
  const evictionCapacity = 2 * options.maxFlows + EVICTION_SLACK;
  const indexSize = indexSlots(options.maxFlows) * SLOT_SIZE;
  const blockSize = options.blockSize === 0 ? 0 : options.blockSize + RECORD_SIZE_MAX;
  const ringSize = options.ringSize ?? 0;
  const starts = options.starts ?? 0;
  const sides = planSides(options);

  words.set(CONFIG_INTERFACES, place(INTERFACE_MAX * INTERFACE_SIZE));
  const files = options.files ?? 1;
  const block = { base: place(blockSize * files), size: blockSize };
  words.set(CONFIG_INDEX, place(indexSize));
  words.set(CONFIG_FLOWS, place(pool * FLOW_SIZE));
  words.set(CONFIG_LINKS, place(pool * LINK_SIZE));
  words.set(CONFIG_ADDRESSES, place(pool * ADDRESSES_SIZE));
  words.set(CONFIG_CARRIES, place(pool * CARRIES_SIZE));
  const records = place(pool * sides.sideBytes);
  words.set(CONFIG_SIDE_BYTES, sides.sideBytes);
  for (const { group, recordAt, restBytes, blockAt } of sides.groups) {
    const number = Math.log2(group.bit);
    const rest = CONFIG_SIDE_RESTS + number * SIDE_REST_SIZE;
    words.set(rest + SIDE_REST_FIRST, place(pool * restBytes));
    words.set(rest + SIDE_REST_BYTES, restBytes);
    const config = CONFIG_SIDE_GROUPS + number * SIDE_CONFIG_SIZE;
    words.set(config + SIDE_CONFIG_RECORDS, records + recordAt);
    words.set(config + SIDE_CONFIG_ROW, blockAt);
    for (const { word, bytes, content } of group.regions?.(options) ?? []) {
      const base = place(bytes);
      words.set(word, base);
      if (content !== undefined) contents.push({ base, content });
    }
    for (const [word, value] of Object.entries(group.words?.(options) ?? {})) words.set(Number(word), value);
  }
  words.set(CONFIG_ORDER_A, place(options.maxFlows * ORDER_SIZE));
  words.set(CONFIG_ORDER_B, place(options.maxFlows * ORDER_SIZE));
  words.set(CONFIG_EVICTION, place(evictionCapacity * EVICTION_ENTRY_SIZE));
  if (options.softMemLimit !== undefined) words.set(CONFIG_IDLE_HEAP, place(evictionCapacity * EVICTION_ENTRY_SIZE));
  words.set(CONFIG_HELD_SYNS, place(HELD_MAX * HELD_SIZE));
  words.set(CONFIG_FRAGMENTS, place(FRAGMENT_SETS * FRAGMENT_WAYS * FRAGMENT_SIZE));
  if (options.dedup !== undefined)
    words.set(CONFIG_DUPLICATES, place(DUPLICATE_SETS * DUPLICATE_WAYS * DUPLICATE_SIZE));
  words.set(CONFIG_WAITING, place(WAITING_HEADS_SIZE + WAITING_MAX * WAITING_SIZE));

  words.set(CONFIG_RING, place(ringSize));
  words.set(CONFIG_RING_SIZE, ringSize);
  words.set(CONFIG_START_QUEUE, place(starts * START_SIZE));
  words.set(CONFIG_START_QUEUE_CAPACITY, starts);

  const shared = options.shards === undefined ? undefined : placeShards(options.shards, sides.rowBytes, place);
  words.set(CONFIG_SHARDS, options.shards?.count ?? 0);

  words.set(CONFIG_LAYOUT_VERSION, LAYOUT_VERSION);
  words.set(CONFIG_POOL_COUNT, pool);
  words.set(CONFIG_CLOSED_LIMIT, options.closedLimit);
  words.set(CONFIG_SIDES, sides.records);
  words.set(CONFIG_BLOCKS, sides.blocks);
  words.set(CONFIG_FLOW_BYTES, sides.flowBytes);
  words.set(CONFIG_ROW_BYTES, sides.rowBytes);
  words.set(CONFIG_ROWS_MAX, rowsThatFit(sides.rowBytes));
  words.set(CONFIG_EVICTION_CAPACITY, evictionCapacity);
  words.set(CONFIG_FILTER, options.filter === undefined ? 0 : 1);

  const pages = Math.ceil(top / PAGE_SIZE);
  if (pages > PAGES_MAX) {
    throw new RangeError(
      `maxFlows ${options.maxFlows} and the other limits need ${(top / 2 ** 30).toFixed(1)} GiB of table; the most is 4 GiB`,
    );
  }
  return { pages, block, files, words, contents, shared };
}

/** Bytes of a list: the shortest records of a block as the longest entries, and one frame that goes beyond the block. */
function listSize(blockSize: number): number {
  return 8 * blockSize + 2 * RECORD_SIZE_MAX;
}

function placeShards(
  { count, blockSize, window, rows }: ShardOptions,
  rowBytes: number,
  place: (size: number) => number,
): SharedPlaces {
  const size = listSize(blockSize);
  const row = SERIAL_ROW_HEADER + rowBytes;
  return {
    lists: place(window * count * size),
    listSize: size,
    copy: place(size),
    rows: place(rows * row),
    rowSize: row,
    runs: Array.from({ length: count }, () => place(rows * row)),
  };
}

/** The end of time, nanoseconds. */
const TIME_MAX = 2n ** 64n - 1n;

/** Writes plan and options into the control block of a fresh memory. */
export function writeConfig(memory: WebAssembly.Memory, plan: MemoryPlan, options: EngineOptions): void {
  const view = new DataView(memory.buffer);
  for (const [offset, value] of plan.words) view.setUint32(CONTROL + offset, value, true);
  for (const { base, content } of plan.contents) new Uint8Array(memory.buffer).set(content, base);
  writeSettings(options, ({ at, bits }, value) => {
    if (bits === 64) view.setBigUint64(CONTROL + at, value, true);
    else view.setUint32(CONTROL + at, Number(value), true);
  });
  writeWindow(view, options.window);
  const key = options.hashKey ?? randomKey();
  for (let word = 0; word < CONFIG_HASH_KEY_WORDS; word++) {
    view.setUint32(CONTROL + CONFIG_HASH_KEY + 4 * word, key[word] ?? 0, true);
  }
}

function writeWindow(view: DataView, window: TimeWindow | undefined): void {
  if (window === undefined) return;
  const { from, to } = window;
  const relative =
    (from?.relative === true ? WINDOW_FROM_RELATIVE : 0) | (to?.relative === true ? WINDOW_TO_RELATIVE : 0);
  view.setUint32(CONTROL + CONFIG_WINDOW, WINDOW_ON | relative, true);
  view.setBigUint64(CONTROL + CONFIG_WINDOW_FROM, from?.ns ?? 0n, true);
  view.setBigUint64(CONTROL + CONFIG_WINDOW_TO, to?.ns ?? TIME_MAX, true);
}

let processKey: Uint32Array | undefined;

/** One key per process, so outsiders cannot know which addresses share a place in the table. */
function randomKey(): Uint32Array {
  processKey ??= globalThis.crypto.getRandomValues(new Uint32Array(CONFIG_HASH_KEY_WORDS));
  return processKey;
}

/**
 * @param shared between threads
 * @throws {FParserError} ERR_ENGINE when the system does not give that much address space
 */
export function reserve(pages: number, shared: boolean): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (error) {
    const size = Math.ceil((pages * PAGE_SIZE) / 2 ** 20);
    throw new FParserError(
      'ERR_ENGINE',
      `${size} MiB of memory cannot be reserved; lower maxFlows or the memory limits`,
      { cause: error },
    );
  }
}
