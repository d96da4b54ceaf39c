/// <reference lib="esnext.disposable" preserve="true" />
/**
 * FParser: give it a capture, get finished flows in callbacks, look at active ones at any time.
 *
 * This class composes reader, engine and delivery and forwards to them; it computes nothing.
 */
import { ROW_FLOW, ROW_GENERATION, U32_SIZE } from '../../assembly/layout.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../assembly/wire/numbers.ts';
import { asParserError, FParserError } from '../errors.ts';
import { addressPair, checkPort } from './endpoint.ts';
import { flowOf } from './flow_view.ts';
import type { AnyFlow, Direction, FlowOf, TcpFlow, UdpFlow } from './flow_view.ts';
import type { KnownIdentity } from '../flow/identity.ts';
import { blankInfo, readInfo } from './info.ts';
import type { FParserInfo, ParserState } from './parser_info.ts';
import { checkCallback, settingsOf } from './options.ts';
import type { Settings } from './options.ts';
import type { FlowCallback, FParserOptions } from './parser_options.ts';
import { snapshotFlows } from './snapshot.ts';
import { assembleParser } from './parser_parts.ts';
import type { ParserParts } from './parser_parts.ts';

export class FParser<D extends Direction = 'uni'> {
  /**
   * Resolves when the capture is open. Rejects with ERR_NO_SUCH_FILE, ERR_PERMISSION, ERR_READ, ERR_NOT_A_CAPTURE,
   * ERR_UNSUPPORTED_LINKTYPE, ERR_FILTER_SYNTAX, ERR_FILTER_UNSUPPORTED, ERR_NO_SUCH_DEVICE, ERR_DEVICE_DOWN or
   * ERR_LIVE_UNAVAILABLE; then no callback is ever called and the parser is unusable.
   */
  readonly ready: Promise<void>;
  /** Resolves with the final figures when everything is delivered; rejects when the source failed. */
  readonly done: Promise<FParserInfo>;
  readonly #settings: Settings;
  readonly #direction: D;
  #state: ParserState = 'opening';
  /** Undefined from its end on, so that all memory can be freed. */
  #making: Promise<ParserParts> | undefined;
  /** From the moment the capture is open to its end. */
  #parts: ParserParts | undefined;
  #lastInfo: FParserInfo | undefined;
  #stopping: Promise<void> | undefined;

  /**
   * Starts at once.
   * @param source path of a capture (with isFile; `-` is standard input), or the name of an interface, or several of
   *   them in a list; `any` is all interfaces
   * @throws {TypeError | RangeError} for wrong arguments
   */
  constructor(source: string | readonly string[], options: FParserOptions<D> = {}) {
    this.#settings = settingsOf(source, options as FParserOptions);
    this.#direction = this.#settings.engine.direction as D;
    this.#making = assembleParser(this.#settings);
    this.ready = this.#open(this.#making);
    this.done = this.#live();
    // A caller that awaits these sees the error; otherwise it is logged, not thrown as an unhandled rejection.
    this.ready.catch(() => undefined);
    this.done.catch((error: FParserError) => this.#settings.log(error.message, 'err'));
  }

  get state(): ParserState {
    return this.#state;
  }

  /**
   * Takes no further packets, ends all active flows and delivers them. Resolves when the parser has ended, so a
   * callback must not await it: like any that does not settle, it would be given up after `stopTimeout`. Idempotent.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.done.then(ignore, ignore);
    if (this.#state === 'running') this.#state = 'draining';
    const { stopTimeoutMs } = this.#settings;
    const stopParts = ({ feed, delivery }: ParserParts): void => {
      feed.stop();
      delivery.limitWaiting(stopTimeoutMs);
    };
    if (this.#parts === undefined) void this.#making?.then(stopParts, ignore);
    else stopParts(this.#parts);
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /**
   * Replay only: stops packets and the clock of the replay until `resume`.
   * @throws {TypeError} for another source
   */
  pause(): this {
    return this.#paceReplay('pause');
  }

  /** @throws {TypeError} when the source is not a replay */
  resume(): this {
    return this.#paceReplay('resume');
  }

  /** Lets the process end while a live capture runs. Files, also replayed ones, are read to their end. */
  unref(): this {
    void this.ready.then(() => this.#parts?.live?.unref(), ignore);
    return this;
  }

  /** All figures of one moment; the last ones when the parser is dead. */
  getInfo(): FParserInfo {
    const parts = this.#parts;
    if (parts === undefined) return this.#lastInfo ?? blankInfo(this.#state, this.#timestampSource());
    try {
      return readInfo(this.#state, parts);
    } catch (error) {
      // The tracker died holding the lock: the table cannot be read until its exit is reported.
      if (error !== parts.live?.engine.failure) throw error;
      return this.#lastInfo ?? blankInfo(this.#state, this.#timestampSource());
    }
  }

  #timestampSource(): FParserInfo['timestampSource'] {
    const { isFile, online } = this.#settings;
    if (isFile) return 'file';
    return online.capture === 'cap' ? 'user' : 'kernel';
  }

  /** The active flows of this moment, most recently used first. @throws {FParserError} ERR_STOPPED */
  flowIter(): IterableIterator<FlowOf<D>> {
    this.#refuseWhenStopped('flowIter');
    const parts = this.#activeParts();
    if (parts === undefined) return ([] as FlowOf<D>[]).values();
    return snapshotFlows(this.#direction, parts.copier.copyActive(parts.engine), knownOf(parts));
  }

  /** The same as an array. @throws {FParserError} ERR_STOPPED */
  flows(): FlowOf<D>[] {
    return [...this.flowIter()];
  }

  /** Number of active flows. */
  flowCount(): number {
    return this.#activeParts()?.engine.activeCount ?? 0;
  }

  /**
   * The active TCP flow with this key, or null; with direction 'bi' either direction finds it.
   * @throws {RangeError} for an invalid address or port @throws {FParserError} ERR_STOPPED
   */
  findTcpFlow(srcIp: string, sport: number, dstIp: string, dport: number): FlowOf<D, TcpFlow> | null {
    this.#refuseWhenStopped('findTcpFlow');
    return this.#find(PROTOCOL_TCP, srcIp, sport, dstIp, dport) as FlowOf<D, TcpFlow> | null;
  }

  /** The same for UDP. */
  findUdpFlow(srcIp: string, sport: number, dstIp: string, dport: number): FlowOf<D, UdpFlow> | null {
    this.#refuseWhenStopped('findUdpFlow');
    return this.#find(PROTOCOL_UDP, srcIp, sport, dstIp, dport) as FlowOf<D, UdpFlow> | null;
  }

  /** The active flow in the opposite direction of this one, or null. With direction 'bi' there is none. */
  biView(flow: FlowOf<D>): FlowOf<D> | null {
    if (this.#direction === 'bi') return null;
    const { src, sport, dst, dport, protocol } = (flow as AnyFlow).getId();
    return this.#find(protocol, dst, dport, src, sport);
  }

  /**
   * From the next flow on; flows already waiting go to the new one.
   * @throws {TypeError}
   * @throws {FParserError} ERR_STOPPED
   */
  setTcpCallback(callback: FlowCallback<FlowOf<D, TcpFlow>> | null): void {
    this.#refuseWhenStopped('setTcpCallback');
    this.#settings.callbacks.tcp = checkCallback('tcpCallback', callback);
  }

  /** @throws {TypeError} @throws {FParserError} ERR_STOPPED */
  setUdpCallback(callback: FlowCallback<FlowOf<D, UdpFlow>> | null): void {
    this.#refuseWhenStopped('setUdpCallback');
    this.#settings.callbacks.udp = checkCallback('udpCallback', callback);
  }

  #paceReplay(method: 'pause' | 'resume'): this {
    if (this.#settings.replay === undefined) throw new TypeError(`${method} is for replays`);
    void this.#making?.then(({ live }) => live?.source[method]?.(), ignore);
    return this;
  }

  #refuseWhenStopped(method: string): void {
    if (this.#stopping !== undefined) throw new FParserError('ERR_STOPPED', `${method} was called after stop()`);
  }

  /** The parts while the table has flows in it: at the end all of them are over at once. */
  #activeParts(): ParserParts | undefined {
    return this.#parts?.engine.flushing === false ? this.#parts : undefined;
  }

  #find(protocol: number, srcIp: string, sport: number, dstIp: string, dport: number): FlowOf<D> | null {
    const addresses = addressPair(srcIp, dstIp);
    const ports = [checkPort('sport', sport), checkPort('dport', dport)] as const;
    const parts = this.#activeParts();
    const copy = parts?.engine.find(protocol, addresses, ...ports, (row) => parts.copier.copy(row));
    if (copy === undefined || parts === undefined) return null;
    return flowOf(this.#direction, copy, parts.copier.shape, knownOf(parts)(copy));
  }

  async #open(making: Promise<ParserParts>): Promise<void> {
    try {
      const parts = await making;
      await parts.feed.start();
      this.#parts = parts;
      this.#state = 'running';
    } catch (error) {
      this.#state = 'dead';
      this.#making = undefined;
      throw releaseStackCaptures(asParserError(error, 'ERR_ENGINE'));
    }
  }

  async #live(): Promise<FParserInfo> {
    await this.ready;
    const parts = this.#parts as ParserParts;
    if (this.#stopping !== undefined) this.#state = 'draining';
    let failure: FParserError | undefined;
    try {
      failure = await this.#handOverAll(parts);
    } catch (error) {
      failure = asParserError(error, 'ERR_ENGINE');
    }
    await parts.delivery.kill();
    this.#state = 'dead';
    this.#lastInfo = this.getInfo();
    this.#parts = undefined;
    this.#making = undefined;
    if (failure !== undefined) throw releaseStackCaptures(failure);
    this.#settings.log(`${this.#settings.sources.join(', ')}: done`, 'info');
    return this.#lastInfo;
  }

  async #handOverAll({ feed, engine, delivery }: ParserParts): Promise<FParserError | undefined> {
    while (await feed.advance()) {
      if (engine.flushing) this.#state = 'draining';
      // Half of those waiting, so reading continues in worthwhile stretches.
      await delivery.downTo(Math.floor(engine.closedCount / 2));
    }
    this.#state = 'draining';
    for (const problem of feed.problems) if (problem !== feed.failure) delivery.report(problem);
    await delivery.idle();
    return feed.failure;
  }
}

function ignore(): void {}

/** What is known so far of a copied flow; undefined when that is not asked for. */
const knownOf =
  ({ feed: { identities } }: ParserParts) =>
  (copy: Uint32Array): KnownIdentity | null | undefined =>
    identities && (identities.of(copiedWord(copy, ROW_FLOW), copiedWord(copy, ROW_GENERATION)) ?? null);

/** A word of the row that a copy begins with. @param at its offset, bytes */
const copiedWord = (copy: Uint32Array, at: number): number => copy[at / U32_SIZE] as number;

/**
 * Until its stack was read, an error keeps alive what was on the stack when it was made: reader and engine, with all
 * their memory. The one that a dead parser is left with must not.
 */
function releaseStackCaptures(error: FParserError): FParserError {
  for (let link: unknown = error; link instanceof Error; link = link.cause) void link.stack;
  return error;
}
