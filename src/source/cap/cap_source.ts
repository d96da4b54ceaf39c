/**
 * Frames of interfaces through the package `cap` (libpcap in this process), on device `any` restricted to those
 * interfaces: the capture survives an interface that goes down or disappears, which would abort the process if the
 * device were opened directly (C1, C3). Frames have cooked headers and the time at which this process was woken.
 *
 * Packets that the kernel dropped cannot be counted (C9). The kernel's buffer holds packets, not bytes: each takes a
 * slot of 64 KiB (C8), for which the kernel allocates 128 KiB.
 */
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL, LINKTYPE_NULL, LINKTYPE_RAW } from '../../../assembly/wire/numbers.ts';
import { FParserError } from '../../errors.ts';
import { FilterError } from '../../filter/language/error.ts';
import { Arrivals } from './arrivals.ts';
import { CAP_SLOT_SIZE, CAP_SNAPLEN, giveBufferBack, makeCapture, takeBuffer } from './cap_package.ts';
import type { Capture, CaptureBuffer } from './cap_package.ts';
import { restrictedFilter } from './cap_filter.ts';
import type { FilteredInterface } from './cap_filter.ts';
import { CapProbe } from './cap_probe.ts';
import { DeviceWatch, renamed } from '../live/device_watch.ts';
import type { FrameSink, FrameSource } from '../live/frame_source.ts';
import { gatheringPause, pause } from '../live/gathering.ts';
import { ANY, checkInterface, interfaceState } from '../live/interfaces.ts';
import { LiveClock } from '../live/live_clock.ts';
import { checkRights, hasRights, permissionError } from '../live/rights.ts';
import { wireLengthOf } from '../live/wire_length.ts';

export interface CapSourceOptions {
  /** Names of interfaces, at least one, each once. `any` stands for all, including those that appear later. */
  readonly interfaces: readonly string[];
  /** pcap-filter(7) text for cooked frames (link type 113), run in the kernel; empty: everything. */
  readonly filter: string;
  /**
   * Kernel buffer, bytes, 1 MiB..2 GiB - 1, default 256 MiB: 4,091 packets of any size. The kernel allocates twice as
   * much memory at once and never swaps it: opening with the default costs 512 MiB and 0.1 to 0.3 s.
   */
  readonly bufferSize?: number;
  /** Longest pause between bursts at high rates, milliseconds, 0..1, default 1. 0: never pause. */
  readonly gatherMaxMs?: number;
  /**
   * Opens the one interface directly, in promiscuous mode. Frames have its own link-layer headers; the filter is not
   * checked first. **The package aborts the process when the interface goes down or disappears** (C1), so use this only
   * in a process that does nothing else; see cap_child.ts.
   */
  readonly openDeviceDirectly?: boolean;
}

/** What libpcap opens. */
interface Target {
  readonly device: string;
  readonly filter: string;
  readonly probe: CapProbe | undefined;
}

/** How packets arrive and where they go. */
interface Reception {
  readonly target: Target;
  readonly sink: FrameSink;
  readonly linkType: number;
  readonly interfaceNumber: number;
}

const CAP_BUFFER_SIZE = 256 << 20;

const GATHER_MAX_MS = 1;
/** Packets within one wake-up after which the clock is read again and the frames so far are published. */
const STRETCH = 256;
/** A wake-up longer than this, and with more packets than the kernel's buffer holds, is interrupted. */
const WAKE_UP_MAX_MS = 100;
const PROBLEM_COUNT_MAX = 100;
const VLAN_HINT =
  'a filter cannot ask for VLAN tags in a capture with `cap`: the kernel has taken them off before it filters; ' +
  "name an interface, with capture: 'tcpdump' or promiscuous: true (--capture tcpdump, --promiscuous)";

/** The names that the package's `open` returns; others are `Unknown linktype N`. */
const LINK_TYPES: ReadonlyMap<string, number> = new Map([
  ['LINKTYPE_LINUX_SLL', LINKTYPE_LINUX_SLL],
  ['ETHERNET', LINKTYPE_ETHERNET],
  ['RAW', LINKTYPE_RAW],
  ['NULL', LINKTYPE_NULL],
]);

export class CapSource implements FrameSource {
  name: string;
  readonly timestampSource = 'user';
  readonly waits = false;
  readonly packetsDroppedKernel = null;
  readonly problems: FParserError[] = [];
  readonly #options: CapSourceOptions;
  readonly #bufferSize: number;
  readonly #slots: number;
  readonly #gatherMaxMs: number;
  readonly #clock = new LiveClock();
  readonly #arrivals = new Arrivals(this.#clock);
  readonly #ended: Promise<void>;
  #end: (error?: FParserError) => void = () => {};
  #stopped = false;
  #capture: Capture | undefined;
  #buffer: CaptureBuffer | undefined;
  #watch: DeviceWatch | undefined;
  #probe: CapProbe | undefined;
  #interrupted = false;
  /** Packets of the current wake-up; 0 between two. */
  #packets = 0;
  #wakeUpMs = 0;
  /** When the last wake-up was over, and the pause after it. */
  #burstEndMs = 0;
  #pauseEndMs = 0;

  constructor(options: CapSourceOptions) {
    this.#options = options;
    this.name = options.interfaces.join(', ');
    this.#bufferSize = options.bufferSize ?? CAP_BUFFER_SIZE;
    this.#slots = Math.floor(this.#bufferSize / CAP_SLOT_SIZE);
    this.#gatherMaxMs = options.gatherMaxMs ?? GATHER_MAX_MS;
    this.#ended = new Promise((resolve, reject) => {
      this.#end = (error) => (error === undefined ? resolve() : reject(error));
    });
    // Lost before `run` is called: it still rejects.
    this.#ended.catch(() => {});
  }

  async open(sink: FrameSink): Promise<void> {
    checkRights();
    const names = this.#options.interfaces.includes(ANY) ? [] : this.#options.interfaces;
    const interfaces = names.map((name) => ({ name, ...checkInterface(name) }));
    const target = this.#options.openDeviceDirectly === true ? this.#theInterface() : await this.#cooked(interfaces);
    if (this.#stopped) return;
    this.#probe = target.probe;
    try {
      const linkType = this.#openCapture(target);
      this.#receive({ sink, target, linkType, interfaceNumber: sink.addInterface(linkType) });
      if (interfaces.length > 0) {
        this.#watch = new DeviceWatch({
          interfaces,
          onProblem: (error) => this.#note(error),
          onRenamed: (from, to) => {
            this.name = renamed(this.name, from, to);
          },
          onLost: (error) => this.#lose(error),
        });
      }
      if ((await target.probe?.run()) === 'rejecting' && !this.#stopped) throw notInKernel(this.#options.filter);
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

  /** Later packets get later timestamps: the clock never goes back. */
  quietSince(): bigint | undefined {
    if (this.#capture === undefined) return undefined;
    if (this.#arrivals.isStalled) {
      // Packets may wait. Between two check phases of the event loop is a complete poll phase, which takes them.
      setImmediate(() => setImmediate(() => this.#arrivals.idle()));
      return undefined;
    }
    this.#arrivals.idle();
    return this.#clock.now();
  }

  #theInterface(): Target {
    const {
      interfaces: [device, ...others],
      filter,
    } = this.#options;
    if (device === undefined || others.length > 0)
      throw new TypeError('only one interface can be opened directly; several were given');
    return { device, filter, probe: undefined };
  }

  /** @throws {FilterError} */
  async #cooked(interfaces: readonly FilteredInterface[]): Promise<Target> {
    await checkCookedFilter(this.#options.filter);
    const loopback = interfaceState('lo');
    if (loopback?.up !== true)
      return { device: ANY, filter: restrictedFilter(interfaces, undefined, this.#options.filter), probe: undefined };
    const probe = new CapProbe(loopback.index);
    return {
      device: ANY,
      filter: probe.alongside(restrictedFilter(interfaces, loopback.index, this.#options.filter)),
      probe,
    };
  }

  /** @returns link type @throws {FParserError} */
  #openCapture({ device, filter }: Target): number {
    const capture = makeCapture();
    const buffer = takeBuffer();
    // If this throws, never close the capture, return the buffer or let either be collected: see cap_package.ts.
    const linkType = openDevice(capture, device, filter, this.#bufferSize, buffer.buffer);
    this.#capture = capture;
    this.#buffer = buffer;
    return linkType;
  }

  /** Sets the function called for each packet. All code that runs 200,000 times per second is here. */
  #receive(reception: Reception): void {
    const [capture, buffers] = [this.#capture, this.#buffer];
    if (capture === undefined || buffers === undefined) return;
    const {
      sink,
      target: { probe },
      linkType,
      interfaceNumber,
    } = reception;
    const { buffer, frame } = buffers;
    const clock = this.#clock;
    const arrivals = this.#arrivals;
    capture.onFrame = (frameBytes) => {
      if (this.#packets++ % STRETCH === 0) this.#stretch(reception);
      else if (arrivals.areLate) arrivals.stamp();
      if (probe?.take(buffer, frameBytes) === true) return;
      const wireLen = frameBytes < CAP_SNAPLEN ? frameBytes : wireLengthOf(linkType, buffer, frameBytes);
      if (!sink.put(interfaceNumber, clock.seconds, clock.nanos, frame, frameBytes, wireLen) && sink.closed)
        this.stop();
    };
  }

  /** Called at the start of a wake-up, and every few hundred packets of a long one. */
  #stretch(reception: Reception): void {
    const now = performance.now();
    if (this.#packets === 1) {
      this.#wakeUpMs = now;
      this.#arrivals.begin();
      // This is the poll phase; the check phase, where immediates run, follows it.
      setImmediate(() => this.#endOfWakeUp(reception.sink));
    } else {
      reception.sink.publish();
      if (now - this.#wakeUpMs > WAKE_UP_MAX_MS && this.#packets > this.#slots) this.#interrupt(reception);
    }
    this.#arrivals.stamp();
  }

  /**
   * While packets are waiting the package does not return to the event loop (C7), so neither signals nor timers run. At
   * rates above what this process can handle, only closing the capture ends that. The packets in the kernel's buffer
   * and those that arrive before it is reopened are lost; at such rates most are lost anyway. Without the right to
   * reopen it, the capture is left running.
   */
  #interrupt(reception: Reception): void {
    if (this.#stopped || !hasRights()) return;
    this.#closeCapture();
    if (!this.#interrupted) this.#note(interruption(this.name));
    this.#interrupted = true;
    // Between two check phases is a complete poll phase, in which signals are delivered.
    setImmediate(() => setImmediate(() => this.#resume(reception)));
  }

  #resume(reception: Reception): void {
    if (this.#stopped) return;
    try {
      this.#openCapture(reception.target);
      this.#receive(reception);
    } catch (error) {
      this.#finish(error as FParserError);
    }
  }

  #endOfWakeUp(sink: FrameSink): void {
    sink.publish();
    const packets = this.#packets;
    this.#packets = 0;
    this.#arrivals.end(packets);
    if (sink.closed) this.stop();
    if (this.#stopped) return;
    const now = performance.now();
    const burst = { packets, elapsedMs: now - this.#burstEndMs, elsewhereMs: this.#wakeUpMs - this.#pauseEndMs };
    const pauseMs = gatheringPause(burst, this.#slots, this.#gatherMaxMs);
    if (pauseMs > 0) pause(pauseMs);
    this.#burstEndMs = now;
    this.#pauseEndMs = pauseMs > 0 ? performance.now() : now;
  }

  #note(error: FParserError): void {
    if (this.problems.length < PROBLEM_COUNT_MAX) this.problems.push(error);
  }

  /** Packets that came before may still wait. Between two check phases is a complete poll phase, which takes them. */
  #lose(error: FParserError): void {
    setImmediate(() => setImmediate(() => this.#finish(error)));
  }

  #finish(error?: FParserError): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#watch?.close();
    this.#probe?.cancel();
    this.#closeCapture();
    // Within a wake-up, its frames are published first.
    if (this.#packets === 0) this.#end(error);
    else setImmediate(() => this.#end(error));
  }

  #closeCapture(): void {
    const [capture, buffer] = [this.#capture, this.#buffer];
    if (capture === undefined || buffer === undefined) return;
    this.#capture = undefined;
    this.#buffer = undefined;
    // The object is kept forever; what it refers to need not be.
    capture.onFrame = () => {};
    capture.close();
    giveBufferBack(buffer);
  }
}

/** @throws {FilterError} */
async function checkCookedFilter(filter: string): Promise<void> {
  const { compile, NEVER_MATCHES } = await import('../../filter/compile.ts');
  if (filter.trim() === '') return;
  const { warnings } = withVlanHint(() => compile(filter, { linkType: LINKTYPE_LINUX_SLL }));
  // libpcap refuses it, which would be a failed `open`.
  if (warnings.includes(NEVER_MATCHES)) throw new FilterError('ERR_FILTER_SYNTAX', `${NEVER_MATCHES}: ${filter}`);
}

/** Cooked frames have lost their VLAN tag when the kernel filters them. @throws {FilterError} */
function withVlanHint<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof FilterError) || !error.message.startsWith('no VLAN support')) throw error;
    throw new FilterError('ERR_FILTER_UNSUPPORTED', VLAN_HINT);
  }
}

/** @returns link type @throws {FParserError} */
function openDevice(capture: Capture, device: string, filter: string, bufferSize: number, buffer: Buffer): number {
  let told: string;
  try {
    told = capture.open(device, filter, bufferSize, buffer);
  } catch (cause) {
    const { message } = cause as Error;
    if (/not permitted|permission/i.test(message)) throw permissionError(cause);
    if (/parse filter|rejects all packets|syntax error|not supported on/i.test(message))
      throw new FilterError('ERR_FILTER_SYNTAX', `${message}: ${filter}`);
    throw new FParserError(
      'ERR_LIVE_UNAVAILABLE',
      `the capture cannot be opened: ${message}; the filter was: ${filter}`,
      { cause },
    );
  }
  const linkType = LINK_TYPES.get(told) ?? Number(/\d+$/.exec(told)?.[0] ?? NaN);
  if (Number.isNaN(linkType))
    throw new FParserError('ERR_LIVE_UNAVAILABLE', `the package \`cap\` reports an unknown link type: ${told}`);
  return linkType;
}

function interruption(name: string): FParserError {
  return new FParserError(
    'ERR_READ',
    `${name}: more packets than can be handled; the capture is interrupted now and then to let signals and timers have a turn`,
  );
}

function notInKernel(filter: string): FilterError {
  return new FilterError(
    'ERR_FILTER_UNSUPPORTED',
    `the kernel cannot run this filter on cooked frames, so it cannot be restricted to an interface; use capture: 'tcpdump' or promiscuous: true: ${filter}`,
  );
}
