/**
 * The tracker's thread of a threaded engine: uses ring pieces as they come, and ends flows when the line is silent.
 * It ends when the host says that no more frames will come and the ring is empty; the table then belongs to the host.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import {
  CONFIG_RING_SIZE,
  CONFIG_START_QUEUE_CAPACITY,
  CONTROL,
  FLOWS_WAITING,
  QUIET_TIME,
  RING_DESCRIBE,
  RING_DRAIN,
  RING_EMPTY,
  RING_ENDED,
  RING_HEAD,
  RING_SLEEPS,
  RING_TAIL,
  RING_WANTED,
  START_QUEUE_HEAD,
  STATE_CLOSED_COUNT,
  U32_SIZE,
} from '../../assembly/layout.ts';
import { lockForTracker, unlockForTracker } from './lock.ts';
import { installFilter, instantiate } from './wasm.ts';

export interface TrackerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly descriptions: MessagePort;
  /** Wait when too many closed flows wait, instead of dropping the oldest. */
  readonly waits: boolean;
}

export interface SourceDescription {
  readonly number: number;
  readonly linkType: number;
  readonly bigEndian: boolean;
  readonly unitNs: number;
  /** Its cooked header was made by the capture, in the place of the device's own. */
  readonly cooked: boolean;
  /** Undefined: everything passes; null: no filter is possible for the link type. */
  readonly filter: Uint8Array | null | undefined;
}

/** Longest sleep, milliseconds: how late the end of a flow may be noticed on a silent line. */
const SLEEP_MS = 100;

const { module, memory, descriptions, waits } = workerData as TrackerStart;
const words = new Int32Array(memory.buffer);
const times = new BigUint64Array(memory.buffer);
const at = (offset: number): number => (CONTROL + offset) / U32_SIZE;
const quietTime = (CONTROL + QUIET_TIME) / 8;
const ringSize = words[at(CONFIG_RING_SIZE)] as number;
const notesStarts = words[at(CONFIG_START_QUEUE_CAPACITY)] !== 0;
let startsTold = 0;

const exports = await instantiate(module, memory);
exports.attach();
parentPort?.postMessage('ready');

for (;;) {
  // Read before the ring: if the ring is empty then, everything up to that time has been tracked.
  const quiet = Atomics.load(times, quietTime);
  lockForTracker(words);
  const found = exports.consumePiece();
  if (found === RING_DRAIN && !waits) exports.dropClosed();
  if (found === RING_DESCRIBE) describe();
  if (found === RING_EMPTY) exports.passTime(quiet);
  const closed = words[at(STATE_CLOSED_COUNT)] as number;
  unlockForTracker(words);
  tellNews();
  tellRoom();
  // The number of before the host could take any.
  if (found === RING_DRAIN && waits) Atomics.wait(words, at(STATE_CLOSED_COUNT), closed, SLEEP_MS);
  if (found === RING_EMPTY && sleep()) break;
}

/** Sleeps until there are frames. True when no more will come. */
function sleep(): boolean {
  const head = Atomics.load(words, at(RING_HEAD));
  if (head !== Atomics.load(words, at(RING_TAIL))) return false;
  if (Atomics.load(words, at(RING_ENDED)) !== 0) return Atomics.load(words, at(RING_HEAD)) === head;
  Atomics.store(words, at(RING_SLEEPS), 1);
  if (Atomics.load(words, at(RING_ENDED)) === 0) Atomics.wait(words, at(RING_HEAD), head, SLEEP_MS);
  Atomics.store(words, at(RING_SLEEPS), 0);
  return false;
}

/** Notifies the host of closed and started flows, once until the host has read them. */
function tellNews(): void {
  const starts = notesStarts ? (words[at(START_QUEUE_HEAD)] as number) : 0;
  if (words[at(STATE_CLOSED_COUNT)] === 0 && starts === startsTold) return;
  startsTold = starts;
  if (Atomics.compareExchange(words, at(FLOWS_WAITING), 0, 1) === 0) parentPort?.postMessage('flows waiting');
}

/** Notifies the host that the ring has the free space it waits for. */
function tellRoom(): void {
  const wanted = Atomics.load(words, at(RING_WANTED));
  if (wanted === 0) return;
  const used = ((words[at(RING_HEAD)] as number) - (words[at(RING_TAIL)] as number)) >>> 0;
  if (ringSize - used < wanted) return;
  Atomics.store(words, at(RING_WANTED), 0);
  parentPort?.postMessage('room');
}

function describe(): void {
  const received = receiveMessageOnPort(descriptions) as { message: SourceDescription } | undefined;
  if (received === undefined) throw new Error('the description of an interface did not arrive');
  const { number, linkType, bigEndian, unitNs, cooked, filter } = received.message;
  if (filter !== undefined) installFilter(exports, memory, linkType, bigEndian, filter);
  exports.describeSource(number, linkType, bigEndian ? 1 : 0, unitNs, cooked ? 1 : 0);
}
