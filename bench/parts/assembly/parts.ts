/**
 * The engine's parts in loops of their own, to be measured one by one: an entry for `bench/` beside index.ts, in a
 * module that is never shipped. Each loop calls what the engine calls; nothing here is a second version of it, but for
 * the walk over record headers, which the engine does not do without decoding.
 *
 * `endpoints` are runs of ENDPOINTS_SIZE bytes, one for each packet or flow, that the host has written: the addresses
 * one behind the other as in an IP header, and the last 8 bytes as in a flow key.
 */
import { takeFrame } from "../../../assembly/capture/intake";
import { describeInterface, interfaceAt } from "../../../assembly/capture/interfaces";
import { setState32, state32, state64 } from "../../../assembly/control";
import { dueTick } from "../../../assembly/track/expiry";
import {
  flowAt, initFlowState, initTallies, linkAt, linkNext, setFlowKey, setFlowLast, setLinkFirst, setLinkHash,
  setLinkStart,
} from "../../../assembly/table/flow";
import {
  FLOW_STATE_ACTIVE, KEY_HIGH_PORT, KEY_LOW_PORT, KEY_PROTOCOL, KEY_SIZE, KEY_VERSION, NIL, PACKETS, PACKET_KEY,
  PACKET_SIZE, SCRATCH_PACKET, STATE_ACTIVE_COUNT, STATE_CHUNKS_USED, STATE_POOL_TOP, STATE_TICK, TICK_NS, BATCH_COUNT,
  VERDICT_DELIVER,
} from "../../../assembly/layout";
import { initLogs, logPacket, startLog } from "../../../assembly/side/packet_log";
import {
  packetHash, packetLikelyFlow, packetSide, packetVerdict, setPacketAddresses, setPacketLikelyFlow, setPacketPorts,
  setPacketTime,
} from "../../../assembly/decode/packet";
import { allocateFlow } from "../../../assembly/table/pool";
import { findFlow, insertFlow } from "../../../assembly/table/table";
import { fits } from "../../../assembly/wire/bytes";
import {
  PCAP_CAPTURED, PCAP_FRACTION, PCAP_ORIGINAL, PCAP_RECORD_HEADER, PCAP_SECONDS,
} from "../../../assembly/wire/pcap";
import { LINKTYPE_ETHERNET } from "../../../assembly/wire/numbers";
import { setKey } from "../../../assembly/decode/key";
import { fileFlow, initWheel, nextDueTick, setWheelTime, takeDue, unfileFlow } from "../../../assembly/track/wheel";

const ENDPOINTS_SIZE: usize = KEY_SIZE;
const SECOND_NS: u64 = 1000000000;
const MICROSECOND_NS: u64 = 1000;
/** Spreads flows over ticks in no order. */
const STRIDE: u64 = 7919;

/** Walks the record headers of a little-endian microsecond file. Returns how many there are. */
export function walkHeaders(at: usize, end: usize): u32 {
  let size: u32 = 0;
  while (fits(at, PCAP_RECORD_HEADER, end)) {
    at += PCAP_RECORD_HEADER + <usize>load<u32>(at, PCAP_CAPTURED);
    size++;
  }
  return size;
}

/** Takes the frame of the record at `at` into a place of the batch. Returns the address of the next record. */
@inline function takeRecord(place: u32, at: usize): usize {
  const time = <u64>load<u32>(at, PCAP_SECONDS) * SECOND_NS + <u64>load<u32>(at, PCAP_FRACTION) * MICROSECOND_NS;
  const captured = load<u32>(at, PCAP_CAPTURED);
  const frame = at + PCAP_RECORD_HEADER;
  const packet: usize = PACKETS + <usize>place * PACKET_SIZE;
  setPacketTime(packet, time);
  takeFrame(packet, frame, captured, load<u32>(at, PCAP_ORIGINAL), interfaceAt(0));
  return frame + captured;
}

/** Walks and decodes. Returns how many packets belong to a flow. */
export function decodeFrames(at: usize, end: usize): u32 {
  describeInterface(interfaceAt(0), LINKTYPE_ETHERNET, 0);
  let delivered: u32 = 0;
  let place: u32 = 0;
  while (fits(at, PCAP_RECORD_HEADER, end)) {
    at = takeRecord(place, at);
    if (packetVerdict(PACKETS + <usize>place * PACKET_SIZE) == VERDICT_DELIVER) delivered++;
    place = (place + 1) & (BATCH_COUNT - 1);
  }
  return delivered;
}

/** Makes key, side and hash of one packet or flow in the scratch packet. Returns its hash. */
@inline function makeKey(endpoints: usize): u32 {
  setPacketAddresses(SCRATCH_PACKET, endpoints, <u32>load<u8>(endpoints, KEY_VERSION));
  setPacketPorts(SCRATCH_PACKET, <u32>load<u16>(endpoints, KEY_LOW_PORT), <u32>load<u16>(endpoints, KEY_HIGH_PORT));
  setKey(SCRATCH_PACKET, <u32>load<u8>(endpoints, KEY_PROTOCOL));
  return packetHash(SCRATCH_PACKET);
}

/** Keys and hashes. Returns the hashes' exclusive or. */
export function hashKeys(endpoints: usize, size: u32): u32 {
  let mixed: u32 = 0;
  for (let n: u32 = 0; n < size; n++) mixed ^= makeKey(endpoints + <usize>n * ENDPOINTS_SIZE);
  return mixed;
}

/** Keys, hashes and look-ups. Returns how many were found. */
export function findFlows(endpoints: usize, size: u32): u32 {
  let found: u32 = 0;
  for (let n: u32 = 0; n < size; n++) {
    const hash = makeKey(endpoints + <usize>n * ENDPOINTS_SIZE);
    if (findFlow(SCRATCH_PACKET + PACKET_KEY, hash) != NIL) found++;
  }
  return found;
}

/**
 * What startFlow does for the table and nothing of the rest: a record from the pool, its key, its place in the index.
 */
@inline function addFlow(packet: usize): u32 {
  const index = allocateFlow();
  const flow = flowAt(index);
  setFlowKey(flow, packet + PACKET_KEY);
  setFlowLast(flow, 0);
  setLinkFirst(linkAt(index), 0);
  initFlowState(flow, FLOW_STATE_ACTIVE, 0, 0);
  initTallies(flow, 0, 0, 0, 0);
  setLinkHash(linkAt(index), packetHash(packet));
  setLinkStart(linkAt(index), 0);
  setState32(STATE_ACTIVE_COUNT, state32(STATE_ACTIVE_COUNT) + 1);
  insertFlow(index, packetHash(packet));
  return index;
}

/** Keys, hashes and new flows; no key may be in the table. Returns how many flows there are now. */
export function insertFlows(endpoints: usize, size: u32): u32 {
  for (let n: u32 = 0; n < size; n++) {
    makeKey(endpoints + <usize>n * ENDPOINTS_SIZE);
    addFlow(SCRATCH_PACKET);
  }
  return state32(STATE_ACTIVE_COUNT);
}

/** Files all flows of the pool, spread over `ticks` ticks. Each is due when its deadline says so. */
export function fileFlows(ticks: u32): u32 {
  initWheel();
  setWheelTime(0);
  const size = state32(STATE_POOL_TOP);
  for (let index: u32 = 0; index < size; index++) {
    setFlowLast(flowAt(index), (<u64>index * STRIDE) % <u64>ticks * TICK_NS);
    fileFlow(index, dueTick(index), state64(STATE_TICK) + 1);
  }
  return size;
}

/** Turns the wheel until nothing is filed any more. Returns how many flows came due. */
export function fireFlows(): u32 {
  let fired: u32 = 0;
  while (nextDueTick(<u64>u32.MAX_VALUE, u32.MAX_VALUE)) {
    while (takeDue() != NIL) fired++;
  }
  return fired;
}

/** Takes all flows out of the wheel one by one. Returns how many. */
export function unfileFlows(): u32 {
  const size = state32(STATE_POOL_TOP);
  for (let index: u32 = 0; index < size; index++) unfileFlow(index);
  return size;
}

/** Keeps the decoded packets of all records at `to`, each with the flow of its key. Returns how many. */
export function keepPackets(at: usize, end: usize, to: usize): u32 {
  describeInterface(interfaceAt(0), LINKTYPE_ETHERNET, 0);
  let size: u32 = 0;
  while (fits(at, PCAP_RECORD_HEADER, end)) {
    at = takeRecord(0, at);
    const found = findFlow(PACKETS + PACKET_KEY, packetHash(PACKETS));
    setPacketLikelyFlow(PACKETS, found == NIL ? addFlow(PACKETS) : found);
    memory.copy(to + <usize>size * PACKET_SIZE, PACKETS, PACKET_SIZE);
    size++;
  }
  return size;
}

/** Empties all logs, then stores the header of each kept packet. Returns how many chunks that took. */
export function logHeaders(packets: usize, size: u32): u32 {
  initLogs();
  const flows = state32(STATE_POOL_TOP);
  for (let index: u32 = 0; index < flows; index++) startLog(index);
  for (let n: u32 = 0; n < size; n++) {
    const packet = packets + <usize>n * PACKET_SIZE;
    logPacket(packetLikelyFlow(packet), packet, packetSide(packet));
  }
  return state32(STATE_CHUNKS_USED);
}
