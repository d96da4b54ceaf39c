/** Options of reading: their defaults, ranges and checks in one place. */
import type { EngineOptions } from '../engine/options.ts';
import type { FlowField } from '../flow/flow.ts';
import type { FilterOption } from './filter_maker.ts';

const SECOND_NS = 1e9;
/** A year: the longest timeout. */
const TIMEOUT_MAX_S = 86400 * 365;
const SNAPLEN_MIN = 64;
const SNAPLEN_MAX = 262144;
const MAX_FLOWS_MAX = 16_000_000;
/** Closed flows at which reading pauses. They are read in rows of 512. */
const CLOSED_LIMIT = 4096;
/** Bytes read at a time: enough that the calls do not count, little enough to stay in a second-level cache. */
export const BLOCK_SIZE = 512 * 1024;
const BLOCK_SIZE_MIN = 64;
const BLOCK_SIZE_MAX = 64 * 1024 * 1024;

/** Options of `readFlows`. */
export interface ReadOptions {
  /** One flow for both directions of a conversation, or one for each. Default `'bi'`. */
  readonly direction?: 'uni' | 'bi';
  /** Silence that ends a flow: seconds, > 0, at most a year, default 600. Ends with IPFIX flowEndReason 1. */
  readonly flowTimeout?: number;
  /** Silence that ends a flow after FIN from both sides or RST: seconds, >= 0, at most a year, default 30. 0: at once. */
  readonly finTimeout?: number;
  /** Age at which a flow is cut: seconds, > 0, at most a year. Off by default. Ends with IPFIX flowEndReason 2. */
  readonly activeTimeout?: number;
  /** Capture filter of pcap-filter(7). Default: everything. */
  readonly filter?: FilterOption;
  /** Fields of each flow, in this order (docs/schema.md). Default: all. */
  readonly fields?: readonly FlowField[];
  /** Bytes of each frame that are looked at: 64..262,144. Default: all that were captured. */
  readonly snaplen?: number;
  /** Later fragments: to the flow of their first one (default), or to the flow with ports 0. */
  readonly fragments?: 'attribute' | 'port0';
  /** Follow tunnels to the innermost packet, 8 levels at most. Default false. */
  readonly decapsulate?: boolean;
  /** Active flows at most: 1..16,000,000, default 4,194,304. Beyond it the least recently used one is evicted. */
  readonly maxFlows?: number;
  /** Bytes read at a time: 64..67,108,864, default 524,288. Never changes the result. */
  readonly blockSize?: number;
  /** Called for each part of the capture that could not be read, instead of throwing after the last flow. */
  readonly onProblem?: (problem: Error) => void;
}

/** @throws {RangeError} naming the option, its value and its bounds */
export function checkNumber(name: string, value: number, low: number, high: number, what = ''): number {
  if (typeof value !== 'number' || !(value >= low && value <= high)) {
    throw new RangeError(`${name} is ${String(value)}; it must be a number${what} from ${low} to ${high}`);
  }
  return value;
}

/** @throws {RangeError} */
export function checkInteger(name: string, value: number, low: number, high: number): number {
  checkNumber(name, value, low, high, ' without fraction');
  if (!Number.isInteger(value)) throw new RangeError(`${name} is ${value}; it must be a whole number`);
  return value;
}

/** @throws {RangeError} */
export function checkChoice<T extends string>(name: string, value: T, choices: readonly T[]): T {
  if (!choices.includes(value))
    throw new RangeError(`${name} is ${String(value)}; it must be one of ${choices.join(', ')}`);
  return value;
}

/** A timeout in nanoseconds. @throws {RangeError} */
export function checkTimeout(name: string, seconds: number, zeroAllowed: boolean): bigint {
  checkNumber(name, seconds, 0, TIMEOUT_MAX_S, ' of seconds');
  const nanoseconds = BigInt(Math.round(seconds * SECOND_NS));
  if (nanoseconds === 0n && !zeroAllowed) throw new RangeError(`${name} is ${seconds}; it must be more than 0`);
  return nanoseconds;
}

export function checkSnaplen(value: number, name = 'snaplen'): number {
  return checkInteger(name, value, SNAPLEN_MIN, SNAPLEN_MAX);
}

export function checkMaxFlows(value: number, name = 'maxFlows'): number {
  return checkInteger(name, value, 1, MAX_FLOWS_MAX);
}

/** Checks the options and fills in what is not given. @throws {RangeError} @throws {TypeError} */
export function engineOptions(options: ReadOptions): Omit<EngineOptions, 'filter'> {
  const { decapsulate = false, snaplen, activeTimeout, onProblem } = options;
  if (typeof decapsulate !== 'boolean') throw new TypeError('decapsulate must be true or false');
  if (onProblem !== undefined && typeof onProblem !== 'function') throw new TypeError('onProblem must be a function');
  return {
    bidirectional: checkChoice('direction', options.direction ?? 'bi', ['uni', 'bi']) === 'bi',
    flowTimeoutNs: checkTimeout('flowTimeout', options.flowTimeout ?? 600, false),
    finTimeoutNs: checkTimeout('finTimeout', options.finTimeout ?? 30, true),
    activeTimeoutNs: activeTimeout === undefined ? 0n : checkTimeout('activeTimeout', activeTimeout, false),
    fragments: checkChoice('fragments', options.fragments ?? 'attribute', ['attribute', 'port0']),
    decapsulate,
    snaplen: snaplen === undefined ? 0 : checkSnaplen(snaplen),
    maxFlows: checkMaxFlows(options.maxFlows ?? 4_194_304),
    closedLimit: CLOSED_LIMIT,
    headersMax: 0,
    chunksMax: 0,
    directions: false,
    softLimit: 0,
    hardLimit: 0,
    blockSize: checkInteger('blockSize', options.blockSize ?? BLOCK_SIZE, BLOCK_SIZE_MIN, BLOCK_SIZE_MAX),
  };
}
