/**
 * The control block: options from the host, the engine's state, its counters.
 *
 * All shared state is in memory, so a second instance over the same memory sees the same table. Module globals hold
 * what never changes after `attach` (region bases and options), and scratch values of a single call.
 */
import {
  CONFIG_ACTIVE_TIMEOUT, CONFIG_ADDRESSES, CONFIG_BIDIRECTIONAL, CONFIG_BLOCKS, CONFIG_CARRIES, CONFIG_CHECKSUMS,
  CONFIG_CHUNKS, CONFIG_CHUNKS_MAX, CONFIG_CLOSED_LIMIT, CONFIG_CUT_RULES, CONFIG_DECAPSULATE, CONFIG_DEDUP,
  CONFIG_DIGIT_PAIRS, CONFIG_DUPLICATES, CONFIG_ENTROPY_TABLE, CONFIG_EVICTION, CONFIG_EVICTION_CAPACITY, CONFIG_FILTER, CONFIG_FIN_TIMEOUT,
  CONFIG_FIRST_PACKETS, CONFIG_PAYLOAD, CONFIG_PAYLOAD_ONLY, CONFIG_FIRST_CHUNKS, CONFIG_FIRST_CHUNKS_MAX,
  CONFIG_FIRST_COLLECTING, CONFIG_FIRST_READY, CONFIG_FIRST_STARTS, CONFIG_FIRST_TEXTS, CONFIG_FLOWS, CONFIG_FLOW_BYTES,
  CONFIG_FLOW_TIMEOUT, CONFIG_FRAGMENTS, CONFIG_FRAGMENTS_ATTRIBUTE, CONFIG_HARD_LIMIT, CONFIG_HASH_KEY,
  CONFIG_HEADERS_MAX, CONFIG_HELD_SYNS, CONFIG_IDLE_HEAP, CONFIG_IDLE_THRESHOLD, CONFIG_INDEX, CONFIG_INTERFACES, CONFIG_INTERIM,
  CONFIG_LINKS, CONFIG_LOCAL_NETS, CONFIG_LOCAL_NETS_COUNT, CONFIG_MAX_FLOWS, CONFIG_ORDER_A, CONFIG_ORDER_B,
  CONFIG_POOL_COUNT, CONFIG_RING, CONFIG_RING_SIZE, CONFIG_ROW_BYTES, CONFIG_SERVER_PORTS, CONFIG_SHARDS, CONFIG_SIDES,
  CONFIG_SIDE_BYTES, CONFIG_SNAPLEN, CONFIG_SOFT_LIMIT, CONFIG_START_QUEUE, CONFIG_START_QUEUE_CAPACITY, CONFIG_WAITING,
  CONTROL, CUT_RULES_ZEEK, IDLE_THRESHOLD_NS, PROTOCOL_COUNTERS, STATE_CLOCK, STATE_SUSPECT, STATE_SUSPECT_TIME,
  STATUS_CODE, STATUS_DETAIL, STATUS_VALUE,
} from "./layout";

export let bidirectional: bool = false;
export let decapsulate: bool = false;
export let attributeFragments: bool = false;
export let filtering: bool = false;
/** What a packet does to a flow that it simply continues depends on more than silence and age. */
export let hasMoreRules: bool = false;
/** Flows are cut by Zeek's rules, and have a record of the group zeek. */
export let zeekCuts: bool = false;
export let dropsWrongChecksums: bool = false;
/** Is there more to say about a packet that could be decoded? */
export let isStrict: bool = false;
/**
 * Groups of side records that are kept, SIDE_ bits; 0: none. With any of them the header fields and addresses are kept
 * that only side records need.
 */
export let sides: u32 = 0;
/** Is more of a packet kept than its flow's own record needs: for side records, or to look into tunnels? */
export let keepsMore: bool = false;
/** Groups that have a block in the rows, SIDE_ bits; some of them keep no record. */
export let blocks: u32 = 0;
/** Bytes of a flow with its side records, of these alone, of a row with the blocks. */
export let flowBytes: u32 = 0;
export let sideBytes: u32 = 0;
export let rowBytes: u32 = 0;
export let snaplen: u32 = 0;
export let headersMax: u32 = 0;
export let maxFlows: u32 = 0;
export let poolCount: u32 = 0;
export let closedLimit: u32 = 0;
export let chunksMax: u32 = 0;
export let evictionCapacity: u32 = 0;
export let flowTimeout: u64 = 0;
export let finTimeout: u64 = 0;
export let activeTimeout: u64 = 0;
export let idleThreshold: u64 = 0;
/** Between running records of a flow, ns; 0: there are none. */
export let interimInterval: u64 = 0;
/** CUT_RULES_ */
export let cutRules: u32 = 0;
export let softLimit: u64 = 0;
export let hardLimit: u64 = 0;
export let interfacesBase: usize = 0;
export let flowsBase: usize = 0;
export let linksBase: usize = 0;
export let addressesBase: usize = 0;
export let carriesBase: usize = 0;
export let chunksBase: usize = 0;
export let firstChunksBase: usize = 0;
export let firstChunksMax: u32 = 0;
export let firstCollectingBase: usize = 0;
export let firstReadyBase: usize = 0;
export let firstStartsBase: usize = 0;
export let firstTextsBase: usize = 0;
export let indexBase: usize = 0;
export let orderA: usize = 0;
export let orderB: usize = 0;
export let evictionBase: usize = 0;
export let idleBase: usize = 0;
export let fragmentsBase: usize = 0;
/** Within which a packet with the same bytes is a copy, ns; 0: copies are taken like others. */
export let dedupTime: u64 = 0;
export let duplicatesBase: usize = 0;
export let heldSynsBase: usize = 0;
export let waitingBase: usize = 0;
export let ringBase: usize = 0;
export let ringMask: u32 = 0;
export let digitPairsBase: usize = 0;
export let serverPortsBase: usize = 0;
export let localNetsBase: usize = 0;
export let localNetsCount: u32 = 0;
/** Of the groups first-packets and payload: what is kept of a flow, of a side. */
export let firstPacketsMax: u32 = 0;
export let payloadMax: u32 = 0;
/** The group first-packets has only packets with payload. */
export let payloadOnly: bool = false;
export let entropyTableBase: usize = 0;
export let startQueueBase: usize = 0;
export let startQueueCapacity: u32 = 0;
export let startQueueMask: u32 = 0;
/** Engines that share the capture; 0: this one has all flows. */
export let shards: u32 = 0;
export let key0: u32 = 0;
export let key1: u32 = 0;
export let key2: u32 = 0;
export let key3: u32 = 0;
export let key4: u32 = 0;
export let key5: u32 = 0;
export let key6: u32 = 0;
export let key7: u32 = 0;
export let key8: u32 = 0;
export let key9: u32 = 0;
export let keyMultiplier: u64 = 0;

/** Reads the host's options into this instance. */
export function readConfig(): void {
  bidirectional = state32(CONFIG_BIDIRECTIONAL) != 0;
  decapsulate = state32(CONFIG_DECAPSULATE) != 0;
  attributeFragments = state32(CONFIG_FRAGMENTS_ATTRIBUTE) != 0;
  filtering = state32(CONFIG_FILTER) != 0;
  zeekCuts = state32(CONFIG_CUT_RULES) == CUT_RULES_ZEEK;
  dropsWrongChecksums = state32(CONFIG_CHECKSUMS) != 0;
  isStrict = zeekCuts || dropsWrongChecksums;
  sides = state32(CONFIG_SIDES);
  keepsMore = decapsulate || isStrict || sides != 0;
  flowBytes = state32(CONFIG_FLOW_BYTES);
  sideBytes = state32(CONFIG_SIDE_BYTES);
  rowBytes = state32(CONFIG_ROW_BYTES);
  blocks = state32(CONFIG_BLOCKS);
  snaplen = state32(CONFIG_SNAPLEN);
  headersMax = state32(CONFIG_HEADERS_MAX);
  maxFlows = state32(CONFIG_MAX_FLOWS);
  poolCount = state32(CONFIG_POOL_COUNT);
  closedLimit = state32(CONFIG_CLOSED_LIMIT);
  chunksMax = state32(CONFIG_CHUNKS_MAX);
  evictionCapacity = state32(CONFIG_EVICTION_CAPACITY);
  flowTimeout = state64(CONFIG_FLOW_TIMEOUT);
  finTimeout = state64(CONFIG_FIN_TIMEOUT);
  activeTimeout = state64(CONFIG_ACTIVE_TIMEOUT);
  cutRules = state32(CONFIG_CUT_RULES);
  interimInterval = state64(CONFIG_INTERIM);
  hasMoreRules = zeekCuts || interimInterval != 0;
  idleThreshold = state64(CONFIG_IDLE_THRESHOLD) || IDLE_THRESHOLD_NS;
  softLimit = state64(CONFIG_SOFT_LIMIT);
  hardLimit = state64(CONFIG_HARD_LIMIT);
  interfacesBase = state32(CONFIG_INTERFACES);
  flowsBase = state32(CONFIG_FLOWS);
  linksBase = state32(CONFIG_LINKS);
  addressesBase = state32(CONFIG_ADDRESSES);
  carriesBase = state32(CONFIG_CARRIES);
  chunksBase = state32(CONFIG_CHUNKS);
  firstChunksBase = state32(CONFIG_FIRST_CHUNKS);
  firstChunksMax = state32(CONFIG_FIRST_CHUNKS_MAX);
  firstCollectingBase = state32(CONFIG_FIRST_COLLECTING);
  firstReadyBase = state32(CONFIG_FIRST_READY);
  firstStartsBase = state32(CONFIG_FIRST_STARTS);
  firstTextsBase = state32(CONFIG_FIRST_TEXTS);
  indexBase = state32(CONFIG_INDEX);
  orderA = state32(CONFIG_ORDER_A);
  orderB = state32(CONFIG_ORDER_B);
  evictionBase = state32(CONFIG_EVICTION);
  idleBase = state32(CONFIG_IDLE_HEAP);
  fragmentsBase = state32(CONFIG_FRAGMENTS);
  dedupTime = state64(CONFIG_DEDUP);
  duplicatesBase = state32(CONFIG_DUPLICATES);
  heldSynsBase = state32(CONFIG_HELD_SYNS);
  waitingBase = state32(CONFIG_WAITING);
  ringBase = state32(CONFIG_RING);
  ringMask = state32(CONFIG_RING_SIZE) - 1;
  serverPortsBase = state32(CONFIG_SERVER_PORTS);
  digitPairsBase = state32(CONFIG_DIGIT_PAIRS);
  localNetsBase = state32(CONFIG_LOCAL_NETS);
  localNetsCount = state32(CONFIG_LOCAL_NETS_COUNT);
  firstPacketsMax = state32(CONFIG_FIRST_PACKETS);
  payloadMax = state32(CONFIG_PAYLOAD);
  payloadOnly = state32(CONFIG_PAYLOAD_ONLY) != 0;
  entropyTableBase = state32(CONFIG_ENTROPY_TABLE);
  startQueueBase = state32(CONFIG_START_QUEUE);
  startQueueCapacity = state32(CONFIG_START_QUEUE_CAPACITY);
  startQueueMask = startQueueCapacity - 1;
  shards = state32(CONFIG_SHARDS);
  key0 = state32(CONFIG_HASH_KEY);
  key1 = state32(CONFIG_HASH_KEY + 4);
  key2 = state32(CONFIG_HASH_KEY + 8);
  key3 = state32(CONFIG_HASH_KEY + 12);
  key4 = state32(CONFIG_HASH_KEY + 16);
  key5 = state32(CONFIG_HASH_KEY + 20);
  key6 = state32(CONFIG_HASH_KEY + 24);
  key7 = state32(CONFIG_HASH_KEY + 28);
  key8 = state32(CONFIG_HASH_KEY + 32);
  key9 = state32(CONFIG_HASH_KEY + 36);
  keyMultiplier = state64(CONFIG_HASH_KEY + 40) | 1;
}

/** Whether later fragments get the ports of their first one, until it is said again. */
export function attributesFragments(yes: bool): void {
  attributeFragments = yes;
}

/** Where sets of flows are put in order from now on. */
export function setOrderSets(a: usize, b: usize): void {
  orderA = a;
  orderB = b;
}

@inline export function state32(offset: usize): u32 {
  return load<u32>(CONTROL + offset);
}

@inline export function setState32(offset: usize, value: u32): void {
  store<u32>(CONTROL + offset, value);
}

@inline export function state64(offset: usize): u64 {
  return load<u64>(CONTROL + offset);
}

@inline export function setState64(offset: usize, value: u64): void {
  store<u64>(CONTROL + offset, value);
}

@inline export function stateF64(offset: usize): f64 {
  return load<f64>(CONTROL + offset);
}

@inline export function setStateF64(offset: usize, value: f64): void {
  store<f64>(CONTROL + offset, value);
}

/** Counters are u64: at 10^9 packets a second one wraps after 584 years. */
@inline export function count(offset: usize, amount: u64 = 1): void {
  store<u64>(CONTROL + offset, load<u64>(CONTROL + offset) + amount);
}

/** One more packet of this protocol was delivered. */
@inline export function countProtocol(protocol: u32): void {
  const at: usize = PROTOCOL_COUNTERS + (<usize>protocol << 3);
  store<u64>(at, load<u64>(at) + 1);
}

/** A packet that was counted so is looked at again. */
export function uncountProtocol(protocol: u32): void {
  const at: usize = PROTOCOL_COUNTERS + (<usize>protocol << 3);
  store<u64>(at, load<u64>(at) - 1);
}

/**
 * The time of the last packet: its own while that is not believed yet, because the clock goes there if it is confirmed;
 * else the clock's.
 */
export function presentTime(): u64 {
  return state32(STATE_SUSPECT) != 0 ? state64(STATE_SUSPECT_TIME) : state64(STATE_CLOCK);
}

/** Sets the reason why the engine stopped. */
export function setStatus(code: u32, value: u32 = 0, detail: u32 = 0): void {
  setState32(STATUS_CODE, code);
  setState32(STATUS_VALUE, value);
  setState32(STATUS_DETAIL, detail);
}

/** a + b, or the largest u64 where that would wrap. */
@inline export function addSaturated(a: u64, b: u64): u64 {
  const sum = a + b;
  return sum < a ? u64.MAX_VALUE : sum;
}
