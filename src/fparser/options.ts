/** Translates the options of FParser to those of its parts. */
import { CHUNK_SIZE } from '../../assembly/layout.ts';
import type { EngineOptions } from '../engine/options.ts';
import { planMemory } from '../engine/memory.ts';
import { planSides } from '../engine/side_records.ts';
import type { FParserError } from '../errors.ts';
import { checkOption, checkOptions, checkValue } from '../options/check.ts';
import { engineSettings } from '../options/engine_settings.ts';
import type { Option } from '../options/option.ts';
import { neededSnaplen } from '../options/snaplen.ts';
import type { ValuesAt } from '../options/table.ts';
import { identifySettings } from '../reader/engine_options.ts';
import { checkPreset } from '../options/presets.ts';
import { checkFilter } from '../reader/filter_maker.ts';
import type { FilterOption } from '../reader/filter_maker.ts';
import type { FlowKind } from './flow_view.ts';
import { LOG_LEVELS, logUpTo, standardError } from './log.ts';
import type { Log } from './log.ts';
import type { FlowCallback, FParserOptions } from './parser_options.ts';

const MIB = 2 ** 20;
/** Bytes of a file that are walked at a time, at most some thousand packets: the event loop waits for that. */
const FILE_BLOCK_SIZE = 64 * 1024;
/** Headers of one flow that `auto` stores. */
const HEADERS_AUTO = 10_000;
/** Parts of the hard limit: what flow records and stored headers may take at most, and flows that wait. */
const RECORDS_SHARE = 0.5;
const HEADERS_SHARE = 0.5;
const RECORDS_SHARE_ALONE = 0.85;
const WAITING_SHARE = 1 / 32;

/** Called with flows of one kind; null: they are counted and dropped. */
export type AnyCallback = FlowCallback<never> | null;

/** Those for flows may be replaced at any time. */
export interface Callbacks extends Record<FlowKind, AnyCallback> {
  readonly kill: (() => unknown) | null;
  readonly error: ((error: FParserError) => unknown) | null;
}

/** Options that only a capture through the ring uses. */
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
  /** How long the promise of a callback is waited for after `stop()`. */
  readonly stopTimeoutMs: number;
}

/** @throws {TypeError} for a value of the wrong type @throws {RangeError} for one out of range */
export function settingsOf(source: string | readonly string[], options: FParserOptions): Settings {
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
  const values = checkOptions('FParser', options);
  const { isFile, capture, promiscuous, bufferSize, ringSize, filter } = values;
  if (isFile && typeof source !== 'string') throw new TypeError('the source is one file with isFile');
  checkFilter(filter);
  checkPreset(values);
  return {
    sources,
    isFile,
    replay: checkReplay(options.replay, isFile),
    online: { capture, promiscuous, bufferSize, ringSize },
    filter: filter ?? '',
    callbacks: callbacksOf(options),
    log: logUpTo(levelOf(values.logLevel), options.log ?? standardError),
    engine: engineOptionsOf(values, options.snaplen),
    stopTimeoutMs: values.stopTimeout * 1000,
  };
}

/** @throws {TypeError} */
export function checkCallback<F>(name: string, callback: F | null | undefined): F | null {
  checkOption('FParser', name, callback);
  return callback ?? null;
}

function callbacksOf(options: FParserOptions): Callbacks {
  return {
    tcp: options.tcpCallback ?? null,
    udp: options.udpCallback ?? null,
    icmp: options.icmpCallback ?? null,
    unknown: options.unknownCallback ?? null,
    kill: options.killCallback ?? null,
    error: options.errorCallback ?? null,
  };
}

/** Parts of options whose values have several forms. */
const PART = { help: '', where: [] } as const;
const LEVEL: Option = { ...PART, name: 'logLevel', type: 'choice', choices: LOG_LEVELS };
const LEVEL_NUMBER: Option = { ...PART, name: 'logLevel', type: 'integer', range: [0, LOG_LEVELS.length - 1] };
const HEADERS: Option = { ...PART, name: 'headers', type: 'choice', choices: ['auto', 'none'] };
const HEADERS_MAX: Option = { ...PART, name: 'headers.max', type: 'integer', range: [1, 1_000_000_000] };
const SPEED: Option = {
  ...PART,
  name: 'replay.speed',
  type: 'number',
  range: [0, Number.MAX_VALUE],
  above: true,
  orWord: 'max',
};

function levelOf(level: unknown): number {
  if (typeof level === 'number') return Number(checkValue(LEVEL_NUMBER, level));
  checkValue(LEVEL, level);
  return (LOG_LEVELS as readonly unknown[]).indexOf(level);
}

function checkReplay(replay: FParserOptions['replay'], isFile: boolean): number | 'max' | undefined {
  if (replay === undefined) return undefined;
  if (typeof replay !== 'object' || replay === null) throw new TypeError('replay is an object like { speed: 1 }');
  checkValue(SPEED, replay.speed);
  if (!isFile) throw new RangeError('replay is for files; set isFile');
  return replay.speed;
}

/** @param snaplen as it was given */
function engineOptionsOf(values: ValuesAt<'FParser'>, snaplen: number | undefined): EngineOptions {
  const { softMemLimit, hardMemLimit } = memoryLimits(values);
  const headersMax = headersMaxOf(values.headers);
  const recordSize = planSides({
    ...engineSettings(values),
    ...identifySettings(values),
    directions: true,
    headersMax,
    with: values.with,
  }).flowBytes;
  const fits = (share: number, size: number): number => Math.max(1, Math.floor((share * hardMemLimit) / size));
  const engine: EngineOptions = {
    ...engineSettings(values),
    snaplen: snaplen ?? neededSnaplen(values, values.snaplen),
    ...identifySettings(values),
    with: values.with ?? [],
    serverPorts: values.serverPorts,
    localNets: values.localNets,
    softMemLimit,
    hardMemLimit,
    // A page stays with the process once it is touched, so records and headers each get a part of the limit.
    maxFlows: Math.min(values.maxFlows, fits(headersMax === 0 ? RECORDS_SHARE_ALONE : RECORDS_SHARE, recordSize)),
    closedLimit: Math.min(values.maxBacklog, fits(WAITING_SHARE, recordSize)),
    headersMax,
    chunksMax: headersMax === 0 ? 0 : fits(HEADERS_SHARE, CHUNK_SIZE),
    directions: true,
    blockSize: FILE_BLOCK_SIZE,
  };
  planMemory(engine); // throws now, not later, if there is not enough memory
  return engine;
}

function headersMaxOf(headers: unknown): number {
  if (typeof headers === 'object' && headers !== null && 'max' in headers)
    return Number(checkValue(HEADERS_MAX, headers.max));
  return checkValue(HEADERS, headers) === 'auto' ? HEADERS_AUTO : 0;
}

/** Both or neither, the soft one less. @throws {RangeError} */
function memoryLimits({ softMemLimit: soft, hardMemLimit: hard }: ValuesAt<'FParser'>): {
  readonly softMemLimit: number;
  readonly hardMemLimit: number;
} {
  if (soft === undefined && hard === undefined) return { softMemLimit: 128 * MIB, hardMemLimit: 256 * MIB };
  if (soft === undefined || hard === undefined) {
    throw new RangeError(`softMemLimit is ${soft} and hardMemLimit is ${hard}; give both or neither`);
  }
  if (soft >= hard) throw new RangeError(`softMemLimit ${soft} must be less than hardMemLimit ${hard}`);
  return { softMemLimit: soft, hardMemLimit: hard };
}
