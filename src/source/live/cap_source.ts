/**
 * Frames of interfaces through the package `cap` (libpcap in this process), on device `any` restricted to those
 * interfaces: the capture survives an interface that is set down or goes away, where the device itself would abort the
 * process (C1, C3). Frames have cooked headers, and the time at which this program was woken.
 *
 * Packets that the kernel dropped cannot be counted (C9). The kernel's buffer holds packets, not bytes: each takes a
 * slot of 64 KiB (C8), for which the kernel allocates 128 KiB.
 */
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL, LINKTYPE_NULL, LINKTYPE_RAW } from '../../../assembly/layout.ts';
import { FParserError } from '../../errors.ts';
import { FilterError } from '../../filter/error.ts';
import { CAP_SLOT_SIZE, CAP_SNAPLEN, giveBufferBack, makeCapture, takeBuffer } from './cap_package.ts';
import type { Capture } from './cap_package.ts';
import { restrictedFilter } from './cap_filter.ts';
import { CapProbe } from './cap_probe.ts';
import { DeviceWatch } from './device_watch.ts';
import { FrameBytes } from './frame_source.ts';
import type { FrameSink, FrameSource } from './frame_source.ts';
import { gatheringPause, pause } from './gathering.ts';
import { ANY, checkInterface, interfaceState } from './interfaces.ts';
import { LiveClock } from './live_clock.ts';
import { checkRights, permissionError } from './rights.ts';
import { wireLengthOf } from './wire_length.ts';

export interface CapSourceOptions {
  /** Names of interfaces, at least one. `any` stands for all, also those that come later. */
  readonly interfaces: readonly string[];
  /** pcap-filter(7) text for cooked frames (link type 113), run in the kernel; empty: everything. */
  readonly filter: string;
  /**
   * Kernel buffer, bytes, 1 MiB..2 GiB - 1, default 256 MiB: 4,091 packets of any size. The kernel allocates twice as
   * much memory at once and never swaps it: opening with the default costs 512 MiB and 0.1 to 0.3 s.
   */
  readonly bufferSize?: number;
  /** Longest pause in which packets gather at high rates, milliseconds, 0..1, default 1. 0: never pause. */
  readonly gatherMaxMs?: number;
}

export const CAP_BUFFER_SIZE = 256 << 20;

const GATHER_MAX_MS = 1;
/** Packets within one wake-up after which the time is read again and what has come is made visible. */
const STRETCH = 256;
const PROBLEM_COUNT_MAX = 100;

/** What `open` of the package calls them; others are `Unknown linktype N`. */
const LINK_TYPES: ReadonlyMap<string, number> = new Map([
  ['LINKTYPE_LINUX_SLL', LINKTYPE_LINUX_SLL], ['ETHERNET', LINKTYPE_ETHERNET], ['RAW', LINKTYPE_RAW], ['NULL', LINKTYPE_NULL],
]);

export class CapSource implements FrameSource {
  readonly name: string;
  readonly timestampSource = 'user';
  readonly waits = false;
  readonly packetsDroppedKernel = null;
  readonly problems: FParserError[] = [];
  readonly #options: CapSourceOptions;
  readonly #slots: number;
  readonly #gatherMaxMs: number;
  readonly #clock = new LiveClock();
  readonly #ended: Promise<void>;
  #end: (error?: FParserError) => void = () => {};
  #stopped = false;
  #capture: Capture | undefined;
  #buffer: Buffer | undefined;
  #watch: DeviceWatch | undefined;
  /** Packets since the last wake-up began. */
  #burst = 0;
  #burstEndMs = performance.now();

  constructor(options: CapSourceOptions) {
    this.#options = options;
    this.name = options.interfaces.join(', ');
    this.#slots = Math.floor((options.bufferSize ?? CAP_BUFFER_SIZE) / CAP_SLOT_SIZE);
    this.#gatherMaxMs = options.gatherMaxMs ?? GATHER_MAX_MS;
    this.#ended = new Promise((resolve, reject) => {
      this.#end = (error) => (error === undefined ? resolve() : reject(error));
    });
    // Lost before anybody asks: `run` still rejects.
    this.#ended.catch(() => {});
  }

  async open(sink: FrameSink): Promise<void> {
    checkRights();
    const names = this.#options.interfaces.includes(ANY) ? [] : [...new Set(this.#options.interfaces)];
    const interfaces = names.map((name) => ({ name, ...checkInterface(name) }));
    await checkCookedFilter(this.#options.filter);
    const loopback = interfaceState('lo');
    const probe = loopback?.up === true ? new CapProbe(loopback.index) : undefined;
    const filter = restrictedFilter(interfaces, probe && loopback?.index, this.#options.filter);
    const capture = makeCapture();
    const buffer = takeBuffer();
    // Where this throws, neither is closed, given back or collected: see cap_package.ts.
    const linkType = openAny(capture, probe === undefined ? filter : probe.alongside(filter), this.#options.bufferSize ?? CAP_BUFFER_SIZE, buffer);
    this.#capture = capture;
    this.#buffer = buffer;
    if (this.#stopped) return this.#release();
    try {
      capture.onFrame = this.#receiver(sink, buffer, linkType, probe);
      if (interfaces.length > 0) {
        this.#watch = new DeviceWatch({ interfaces, onProblem: (error) => this.#note(error), onLost: (error) => this.#finish(error) });
      }
      if (await probe?.run() === 'rejecting') throw notInKernel(this.#options.filter);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  run(): Promise<void> {
    return this.#ended;
  }

  stop(): void {
    this.#finish();
  }

  async close(): Promise<void> {
    this.stop();
  }

  /** Whatever comes later is stamped later: the clock never goes back. */
  quietSince(): bigint | undefined {
    return this.#capture === undefined ? undefined : this.#clock.now();
  }

  /** What is called for each packet. Everything it does a hundred thousand times per second is here. */
  #receiver(sink: FrameSink, buffer: Buffer, linkType: number, probe: CapProbe | undefined): (frameBytes: number) => void {
    const clock = this.#clock;
    const frame = new FrameBytes(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length));
    const interfaceNumber = sink.addInterface(linkType);
    const endOfWakeUp = (): void => this.#endOfWakeUp(sink);
    return (frameBytes) => {
      if (this.#burst++ % STRETCH === 0) {
        // The check phase, where immediates run, comes right after the poll phase, which is this one.
        if (this.#burst === 1) setImmediate(endOfWakeUp);
        else sink.publish();
        clock.stamp();
      }
      if (probe?.take(buffer, frameBytes) === true) return;
      const wireLen = frameBytes < CAP_SNAPLEN ? frameBytes : wireLengthOf(linkType, buffer, frameBytes);
      if (!sink.put(interfaceNumber, clock.seconds, clock.nanos, frame, frameBytes, wireLen) && sink.closed) this.stop();
    };
  }

  #endOfWakeUp(sink: FrameSink): void {
    sink.publish();
    const packets = this.#burst;
    this.#burst = 0;
    if (sink.closed) this.stop();
    if (this.#stopped) return;
    const now = performance.now();
    const pauseMs = gatheringPause(packets, now - this.#burstEndMs, this.#slots, this.#gatherMaxMs);
    this.#burstEndMs = now;
    if (pauseMs > 0) pause(pauseMs);
  }

  #note(error: FParserError): void {
    if (this.problems.length < PROBLEM_COUNT_MAX) this.problems.push(error);
  }

  #finish(error?: FParserError): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#release();
    this.#end(error);
  }

  #release(): void {
    this.#watch?.close();
    const [capture, buffer] = [this.#capture, this.#buffer];
    if (capture === undefined || buffer === undefined) return;
    this.#capture = undefined;
    // The object stays for ever; what it refers to need not.
    capture.onFrame = () => {};
    capture.close();
    giveBufferBack(buffer);
  }
}

/** @throws {FilterError} */
async function checkCookedFilter(filter: string): Promise<void> {
  const { compile, NEVER_MATCHES } = await import('../../filter/compile.ts');
  if (filter.trim() === '') return;
  const { warnings } = compile(filter, { linkType: LINKTYPE_LINUX_SLL });
  // libpcap refuses it, which would be a failed `open`.
  if (warnings.includes(NEVER_MATCHES)) throw new FilterError('ERR_FILTER_SYNTAX', `${NEVER_MATCHES}: ${filter}`);
}

/** @returns link type @throws {FParserError} */
function openAny(capture: Capture, filter: string, bufferSize: number, buffer: Buffer): number {
  let told: string;
  try {
    told = capture.open(ANY, filter, bufferSize, buffer);
  } catch (cause) {
    const { message } = cause as Error;
    if (/not permitted|permission/i.test(message)) throw permissionError(cause);
    throw new FParserError('ERR_LIVE_UNAVAILABLE', `the capture cannot be opened: ${message}; the filter was: ${filter}`, { cause });
  }
  const linkType = LINK_TYPES.get(told) ?? Number(/\d+$/.exec(told)?.[0] ?? NaN);
  if (Number.isNaN(linkType)) throw new FParserError('ERR_LIVE_UNAVAILABLE', `the package \`cap\` tells an unknown link type: ${told}`);
  return linkType;
}

function notInKernel(filter: string): FilterError {
  return new FilterError(
    'ERR_FILTER_UNSUPPORTED',
    `the kernel cannot run this filter on cooked frames, so it cannot be restricted to an interface; use capture: 'tcpdump' or promiscuous: true: ${filter}`,
  );
}
