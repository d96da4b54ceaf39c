/** Options of FParser: their defaults, ranges and checks in one place. */
import { CHUNK_SIZE } from '../../assembly/layout.ts';
import type { EngineOptions } from '../engine/options.ts';
import { planMemory } from '../engine/memory.ts';
import { planSides } from '../engine/side_records.ts';
import type { FParserError } from '../errors.ts';
import { checkFilter } from '../reader/filter_maker.ts';
import type { FilterOption } from '../reader/filter_maker.ts';
import { RING_SIZE_MAX, RING_SIZE_MIN } from '../reader/open_live.ts';
import {
  BLOCK_SIZE,
  checkChoice,
  checkInteger,
  checkMaxFlows,
  checkNumber,
  checkSnaplen,
  checkTimeout,
} from '../reader/options.ts';
import type { Direction, FlowKind, FlowOf, IcmpFlow, TcpFlow, UdpFlow, UnknownFlow } from './flow_view.ts';
import { LOG_LEVELS, logUpTo, standardError } from './log.ts';
import type { Log, LogLevel } from './log.ts';

const MIB = 2 ** 20;
/** Headers of one flow that `auto` stores. */
const HEADERS_AUTO = 10_000;
const HEADERS_MAX = 1_000_000_000;
const MEMORY_MIN = 65536;
const MEMORY_MAX = 2048 * MIB;
const BACKLOG_MAX = 1_048_576;
const BUFFER_MIN = MIB;
const BUFFER_MAX = 2048 * MIB - 1;
/** Parts of the hard limit: what flow records and stored headers may take at most, and flows that wait. */
const RECORDS_SHARE = 0.5;
const HEADERS_SHARE = 0.5;
const RECORDS_SHARE_ALONE = 0.85;
const WAITING_SHARE = 1 / 32;

/** A callback. When it returns a promise, that is awaited before the next one is called. */
export type FlowCallback<F> = (flow: F) => unknown;

export interface FParserOptions<D extends Direction = Direction> {
  /** Is the source a file? Default false: a network interface. */
  readonly isFile?: boolean;
  /** Silence that ends a flow: seconds, > 0, at most a year, default 600. */
  readonly flowTimeout?: number;
  /** Silence that ends a flow after FIN (from both sides; uni: its own) or RST: seconds, >= 0, default 30. 0: at once. */
  readonly finTimeout?: number;
  /** Capture filter of pcap-filter(7), or a compiled program. Default `'ip'`; `''` is everything. */
  readonly filter?: FilterOption;
  /** Bytes of each frame that are looked at: 64..262,144, default 100. */
  readonly snaplen?: number;
  /** Gravest messages only: a name or 0..7, default `'err'`. */
  readonly logLevel?: LogLevel | number;
  /** Takes the messages. Default: lines on standard error. */
  readonly log?: Log;
  readonly tcpCallback?: FlowCallback<FlowOf<D, TcpFlow>> | null;
  readonly udpCallback?: FlowCallback<FlowOf<D, UdpFlow>> | null;
  readonly icmpCallback?: FlowCallback<FlowOf<D, IcmpFlow>> | null;
  readonly unknownCallback?: FlowCallback<FlowOf<D, UnknownFlow>> | null;
  /** Called once, last. Its promise, if it gives one, is not waited for. */
  readonly killCallback?: (() => unknown) | null;
  /** Takes non-fatal problems. Without it they are logged. */
  readonly errorCallback?: ((error: FParserError) => unknown) | null;
  /** One flow for each direction (default), or one for both. */
  readonly direction?: D;
  /** Headers stored per flow: `'auto'` (default) is up to 10,000; the maximum is 1..10^9. */
  readonly headers?: 'auto' | 'none' | { readonly max: number };
  /** Later fragments: to the flow of their first one (default), or to the flow with ports 0. */
  readonly fragments?: 'attribute' | 'port0';
  /** Follow tunnels to the innermost packet. Default false. */
  readonly decapsulate?: boolean;
  /** Memory of flows: bytes, 65,536..2 GiB, both or neither, soft < hard; default 128 MiB and 256 MiB. */
  readonly softMemLimit?: number;
  readonly hardMemLimit?: number;
  /** Active flows at most: 1..16,000,000, default 1,048,576. */
  readonly maxFlows?: number;
  /** Finished flows that may wait for callbacks before reading pauses: 1..1,048,576, default 65,536. */
  readonly maxBacklog?: number;
  /**
   * Online: bytes of kernel capture buffer, 1 MiB..2 GiB. Default: 256 MiB with `cap`, which takes 64 KiB for each packet,
   * 256 MiB with `tcpdump`, shared by its interfaces.
   */
  readonly bufferSize?: number;
  /**
   * Online and replay: bytes of the ring in front of the flow tracker, a power of two, 2 MiB..1 GiB. Default 16 MiB online,
   * 2 MiB for a replay, which waits.
   */
  readonly ringSize?: number;
  /** Online: open the device in promiscuous mode. Default false. */
  readonly promiscuous?: boolean;
  /** Online: who delivers frames. Default `'cap'`. */
  readonly capture?: 'cap' | 'tcpdump';
  /** With isFile: replay the capture as if live, at so many times the recorded pace. */
  readonly replay?: { readonly speed: number | 'max' };
}

/** Called with flows of one kind; null: they are counted and dropped. */
export type AnyCallback = FlowCallback<never> | null;

/** Those for flows may be replaced at any time. */
export interface Callbacks extends Record<FlowKind, AnyCallback> {
  readonly kill: (() => unknown) | null;
  readonly error: ((error: FParserError) => unknown) | null;
}

/** What only a capture through the ring uses. */
export interface Online {
  readonly capture: 'cap' | 'tcpdump';
  readonly promiscuous: boolean;
  readonly bufferSize: number | undefined;
  readonly ringSize: number | undefined;
}

/** Options with all checks done and defaults filled in. */
export interface Settings {
  /** Path of a file, or names of interfaces. */
  readonly sources: readonly string[];
  readonly isFile: boolean;
  /** Speed of a replay; undefined: none. */
  readonly replay: number | 'max' | undefined;
  readonly online: Online;
  readonly filter: FilterOption;
  readonly callbacks: Callbacks;
  readonly log: Log;
  readonly engine: EngineOptions;
}

/** @throws {TypeError} for a value of the wrong type @throws {RangeError} for one out of range */
export function checkOptions(source: string | readonly string[], options: FParserOptions): Settings {
  const sources = typeof source === 'string' ? [source] : source;
  if (
    !Array.isArray(sources) ||
    sources.length === 0 ||
    !sources.every((name) => typeof name === 'string' && name !== '')
  ) {
    throw new TypeError(
      'the source is the name of an interface (or a list of them), or the path of a file with isFile',
    );
  }
  if (typeof options !== 'object' || options === null) throw new TypeError('the options are an object');
  const isFile = checkBoolean('isFile', options.isFile);
  if (isFile && typeof source !== 'string') throw new TypeError('the source is one file with isFile');
  const { filter = 'ip' } = options;
  checkFilter(filter);
  return {
    sources,
    isFile,
    replay: checkReplay(options.replay, isFile),
    online: checkOnline(options),
    filter,
    callbacks: checkCallbacks(options),
    log: checkLog(options),
    engine: checkEngine(options),
  };
}

/** @throws {TypeError} */
export function checkCallback<F>(name: string, callback: F | null | undefined): F | null {
  if (callback === undefined || callback === null) return null;
  if (typeof callback !== 'function')
    throw new TypeError(`${name} is ${describe(callback)}; it must be a function or null`);
  return callback;
}

function checkCallbacks(options: FParserOptions): Callbacks {
  return {
    tcp: checkCallback('tcpCallback', options.tcpCallback),
    udp: checkCallback('udpCallback', options.udpCallback),
    icmp: checkCallback('icmpCallback', options.icmpCallback),
    unknown: checkCallback('unknownCallback', options.unknownCallback),
    kill: checkCallback('killCallback', options.killCallback),
    error: checkCallback('errorCallback', options.errorCallback),
  };
}

function checkLog({ logLevel = 'err', log = standardError }: FParserOptions): Log {
  if (typeof log !== 'function') throw new TypeError(`log is ${describe(log)}; it must be a function`);
  if (typeof logLevel === 'number') return logUpTo(checkInteger('logLevel', logLevel, 0, LOG_LEVELS.length - 1), log);
  return logUpTo(LOG_LEVELS.indexOf(checkChoice('logLevel', text('logLevel', logLevel), LOG_LEVELS)), log);
}

/** Options that only a live capture uses are checked all the same. */
function checkOnline(options: FParserOptions): Online {
  const { bufferSize, ringSize } = options;
  if (ringSize !== undefined) {
    const size = checkInteger('ringSize', number('ringSize', ringSize), RING_SIZE_MIN, RING_SIZE_MAX);
    if ((size & (size - 1)) !== 0) throw new RangeError(`ringSize is ${size}; it must be a power of two`);
  }
  return {
    promiscuous: checkBoolean('promiscuous', options.promiscuous),
    capture: checkChoice('capture', text('capture', options.capture, 'cap'), ['cap', 'tcpdump']),
    bufferSize:
      bufferSize === undefined
        ? undefined
        : checkInteger('bufferSize', number('bufferSize', bufferSize), BUFFER_MIN, BUFFER_MAX),
    ringSize,
  };
}

function checkReplay(replay: FParserOptions['replay'], isFile: boolean): number | 'max' | undefined {
  if (replay === undefined) return undefined;
  if (typeof replay !== 'object' || replay === null) throw new TypeError('replay is an object like { speed: 1 }');
  const { speed } = replay;
  if (speed !== 'max') {
    checkNumber('replay.speed', number('replay.speed', speed), 0, Number.MAX_VALUE);
    if (speed === 0) throw new RangeError("replay.speed is 0; it must be more than 0, or 'max'");
  }
  if (!isFile) throw new RangeError('replay is for files; set isFile');
  return speed;
}

function checkEngine(options: FParserOptions): EngineOptions {
  const { softLimit, hardLimit } = checkMemory(options);
  const headersMax = checkHeaders(options.headers);
  const maxFlows = checkMaxFlows(number('maxFlows', options.maxFlows, 1_048_576));
  const maxBacklog = checkInteger('maxBacklog', number('maxBacklog', options.maxBacklog, 65_536), 1, BACKLOG_MAX);
  const recordSize = planSides({ directions: true, headersMax }).flowBytes;
  const fits = (share: number, size: number): number => Math.max(1, Math.floor((share * hardLimit) / size));
  const engine: EngineOptions = {
    bidirectional: checkChoice('direction', text('direction', options.direction, 'uni'), ['uni', 'bi']) === 'bi',
    flowTimeoutNs: checkTimeout('flowTimeout', number('flowTimeout', options.flowTimeout, 600), false),
    finTimeoutNs: checkTimeout('finTimeout', number('finTimeout', options.finTimeout, 30), true),
    activeTimeoutNs: 0n,
    fragments: checkChoice('fragments', text('fragments', options.fragments, 'attribute'), ['attribute', 'port0']),
    decapsulate: checkBoolean('decapsulate', options.decapsulate),
    snaplen: checkSnaplen(number('snaplen', options.snaplen, 100)),
    // Pages once touched stay with the process: records and headers each have their part of the limit.
    maxFlows: Math.min(maxFlows, fits(headersMax === 0 ? RECORDS_SHARE_ALONE : RECORDS_SHARE, recordSize)),
    closedLimit: Math.min(maxBacklog, fits(WAITING_SHARE, recordSize)),
    headersMax,
    chunksMax: headersMax === 0 ? 0 : fits(HEADERS_SHARE, CHUNK_SIZE),
    directions: true,
    softLimit,
    hardLimit,
    blockSize: BLOCK_SIZE,
  };
  planMemory(engine); // refuses here, not later, what cannot be had
  return engine;
}

function checkHeaders(headers: FParserOptions['headers']): number {
  if (typeof headers === 'object' && headers !== null) {
    return checkInteger('headers.max', number('headers.max', headers.max), 1, HEADERS_MAX);
  }
  return checkChoice('headers', text('headers', headers, 'auto'), ['auto', 'none']) === 'auto' ? HEADERS_AUTO : 0;
}

function checkMemory(options: FParserOptions): { readonly softLimit: number; readonly hardLimit: number } {
  const { softMemLimit: soft, hardMemLimit: hard } = options;
  if (soft === undefined && hard === undefined) return { softLimit: 128 * MIB, hardLimit: 256 * MIB };
  if (soft === undefined || hard === undefined) {
    throw new RangeError(`softMemLimit is ${soft} and hardMemLimit is ${hard}; give both or neither`);
  }
  const softLimit = checkInteger('softMemLimit', number('softMemLimit', soft), MEMORY_MIN, MEMORY_MAX);
  const hardLimit = checkInteger('hardMemLimit', number('hardMemLimit', hard), MEMORY_MIN, MEMORY_MAX);
  if (softLimit >= hardLimit) throw new RangeError(`softMemLimit ${soft} must be less than hardMemLimit ${hard}`);
  return { softLimit, hardLimit };
}

function checkBoolean(name: string, value: boolean | undefined): boolean {
  if (value !== undefined && typeof value !== 'boolean')
    throw new TypeError(`${name} is ${describe(value)}; it must be true or false`);
  return value ?? false;
}

/** The option, or its default. @throws {TypeError} */
function number(name: string, value: number | undefined, fallback?: number): number {
  if (value === undefined && fallback !== undefined) return fallback;
  if (typeof value !== 'number') throw new TypeError(`${name} is ${describe(value)}; it must be a number`);
  return value;
}

/** The option, or its default. @throws {TypeError} */
function text<T extends string>(name: string, value: T | undefined, fallback?: T): T {
  if (value === undefined && fallback !== undefined) return fallback;
  if (typeof value !== 'string') throw new TypeError(`${name} is ${describe(value)}; it must be text`);
  return value;
}

function describe(value: unknown): string {
  return value === null ? 'null' : `of type ${typeof value}`;
}
