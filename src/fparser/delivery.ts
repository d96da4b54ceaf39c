/**
 * Hands finished flows to their callbacks: in order, each once, one callback at a time, at most 1,000 of them or 3 ms
 * in one turn of the event loop.
 *
 * Flows wait in the engine and are copied out a few at a time, so those that wait take part in its memory limits.
 * Nothing is called before the next turn.
 */
import { setImmediate } from 'node:timers/promises';
import type { FlowCopier } from '../engine/copies.ts';
import { rowAt } from '../engine/table.ts';
import type { FlowTable } from '../engine/table.ts';
import type { KnownIdentity } from '../flow/identity.ts';
import type { FlowFeed, RowIdentities } from '../reader/flow_feed.ts';
import type { FParserError } from '../errors.ts';
import { messageOf } from '../errors.ts';
import { CallbackError } from './callback_error.ts';
import { flowOf } from './flow_view.ts';
import type { AnyFlow, Direction, FlowKind, FlowOf } from './flow_view.ts';
import type { Log } from './log.ts';
import type { Callbacks } from './options.ts';
import { TURN_MS } from '../reader/turn.ts';

const TURN_CALLS = 1000;
/** Flows copied out at a time of an engine that shares its table: each time the lock is taken. */
const COPIED_MAX = 16;

/** Where flows come from. */
export type FlowSource = Pick<FlowFeed, 'engine' | 'identities'>;

interface CopiedFlow {
  readonly words: Uint32Array;
  readonly identity: KnownIdentity | undefined;
}

export class Delivery {
  /** Flows delivered to a callback, flows without one, callbacks that failed. */
  delivered = 0;
  uncollected = 0;
  callbackErrors = 0;
  /** Time spent on delivery, milliseconds; waiting for promises is not counted. */
  spentMs = 0;
  readonly #engine: FlowTable;
  readonly #copier: FlowCopier;
  readonly #direction: Direction;
  readonly #callbacks: Callbacks;
  readonly #log: Log;
  readonly #problems: FParserError[] = [];
  /** Flows copied out, the next one last. */
  #copied: CopiedFlow[] = [];
  readonly #identities: RowIdentities | undefined;
  #running: Promise<void> | undefined;
  /** Wakes who waits until no more than so many flows are left. */
  #waiter: { readonly most: number; readonly wake: () => void } | undefined;
  #errorCallbackFailed = false;
  /** How long the promise of a callback is waited for, milliseconds; undefined: until it settles. */
  #limitMs: number | undefined;
  /** Begins to measure the time of the promise that is waited for. */
  #startLimit: () => void = () => undefined;
  /** A callback did not settle in time: nothing more is handed over. */
  #givenUp = false;

  /** @param callbacks looked at again for each flow */
  constructor({ engine, identities }: FlowSource, copier: FlowCopier, callbacks: Callbacks, log: Log) {
    this.#engine = engine;
    this.#identities = identities;
    this.#copier = copier;
    this.#direction = engine.options.direction;
    this.#callbacks = callbacks;
    this.#log = log;
  }

  /** Goes to work in the next turn if there is any. */
  wake(): void {
    if (this.#running !== undefined || !this.#hasWork()) return;
    this.#running = this.#run();
    this.#running.catch(() => undefined); // downTo and idle tell
  }

  /** Resolves when no more than `most` flows wait. */
  async downTo(most: number): Promise<void> {
    this.wake();
    if (this.#engine.closedCount <= most) return;
    const enough = new Promise<void>((wake) => {
      this.#waiter = { most, wake };
    });
    await Promise.race([enough, this.#running]);
  }

  /** Resolves when nothing waits and no callback is under way. */
  async idle(): Promise<void> {
    this.wake();
    await this.#running;
  }

  /**
   * From now on the promise of a callback is waited for so long, milliseconds. When that is over the callback is
   * reported, and the flows that are left count as uncollected.
   */
  limitWaiting(ms: number): void {
    this.#limitMs ??= ms;
    this.#startLimit();
  }

  /** Takes a problem to the error callback, in its turn. */
  report(problem: FParserError): void {
    this.#problems.push(problem);
    this.wake();
  }

  /** Calls the kill callback. Its promise is not awaited: it may well wait for the parser's own end. */
  async kill(): Promise<void> {
    const { kill } = this.#callbacks;
    if (kill === null) return;
    await setImmediate();
    try {
      const result = kill();
      if (isThenable(result))
        result.then(undefined, (cause: unknown) => void this.#failed(new CallbackError('kill', cause)));
    } catch (cause) {
      await this.#failed(new CallbackError('kill', cause));
    }
  }

  #hasWork(): boolean {
    return this.#copied.length > 0 || this.#engine.closedCount > 0 || this.#problems.length > 0;
  }

  async #run(): Promise<void> {
    while (this.#hasWork()) {
      await setImmediate();
      let mark = performance.now();
      const end = mark + TURN_MS;
      for (let calls = 0; calls < TURN_CALLS && performance.now() < end && this.#hasWork(); ) {
        const problem = this.#problems.shift();
        const pending = problem === undefined ? this.#handOver() : this.#callError(problem);
        if (pending === NOT_CALLED) continue;
        calls++;
        if (pending === undefined) continue;
        this.spentMs += performance.now() - mark;
        await pending;
        mark = performance.now();
      }
      this.spentMs += performance.now() - mark;
    }
    this.#running = undefined;
  }

  /** The first waiting flow. Gives a promise when its callback did, NOT_CALLED when it has no callback. */
  #handOver(): Promise<void> | undefined | typeof NOT_CALLED {
    if (this.#givenUp) this.#discard();
    if (this.#copied.length === 0) this.#copyOut();
    const copied = this.#copied.pop();
    if (copied === undefined) return NOT_CALLED;
    const flow = flowOf(this.#direction, copied.words, this.#copier.shape, copied.identity);
    const { kind } = flow;
    const callback = this.#callbacks[kind];
    if (callback === null) {
      this.uncollected++;
      return NOT_CALLED;
    }
    this.delivered++;
    try {
      const result = (callback as (flow: AnyFlow) => unknown)(flow);
      if (isThenable(result)) return this.#settle(kind, result, flow);
    } catch (cause) {
      return this.#failed(new CallbackError(kind, cause, flow));
    }
    return undefined;
  }

  /** Without a callback flows are taken all the same: one may be set before their turn. */
  #copyOut(): void {
    const copier = this.#copier;
    const most = this.#engine.options.ringSize === undefined ? 1 : COPIED_MAX;
    this.#engine.takeClosed(most, (rows) => {
      const flows = Array.from({ length: rows.count }, (_, n) => {
        const row = rowAt(rows, n);
        return { words: copier.copy(row), identity: this.#identities?.take(row) };
      });
      this.#copied.push(...flows.reverse());
    });
    this.#wakeWaiter();
  }

  async #settle(kind: FlowKind, result: PromiseLike<unknown>, flow: FlowOf<Direction>): Promise<void> {
    try {
      await this.#settled(result);
    } catch (cause) {
      await this.#failed(new CallbackError(kind, cause, flow));
    }
  }

  /**
   * Waits for the promise of a callback, no longer than the limit once there is one.
   * @throws what it is rejected with
   */
  async #settled(result: PromiseLike<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      this.#startLimit = () => {
        const ms = this.#limitMs;
        if (ms === undefined || timer !== undefined) return;
        timer = setTimeout(() => {
          this.#givenUp = true;
          const left = this.#copied.length + this.#engine.closedCount;
          reject(
            new Error(
              `its promise did not settle within ${ms / 1000} s after stop(); ${left} flows are not handed over`,
            ),
          );
        }, ms);
      };
      this.#startLimit();
    });
    try {
      await Promise.race([result, limit]);
    } finally {
      clearTimeout(timer);
      this.#startLimit = () => undefined;
    }
  }

  #discard(): void {
    const waiting = this.#engine.closedCount;
    this.uncollected += this.#copied.length + waiting;
    this.#copied = [];
    this.#engine.release(waiting);
    this.#wakeWaiter();
  }

  async #failed(error: CallbackError): Promise<void> {
    this.callbackErrors++;
    await this.#callError(error);
  }

  async #callError(error: FParserError): Promise<void> {
    const callback = this.#callbacks.error;
    if (callback === null) {
      this.#log(error.message, error instanceof CallbackError ? 'err' : 'warning');
      return;
    }
    try {
      const result = callback(error);
      if (!isThenable(result)) return;
      if (this.#givenUp) result.then(undefined, () => undefined);
      else await this.#settled(result);
    } catch (cause) {
      if (!this.#errorCallbackFailed) this.#log(`the error callback failed: ${messageOf(cause)}`, 'err');
      this.#errorCallbackFailed = true;
    }
  }

  #wakeWaiter(): void {
    const waiter = this.#waiter;
    if (waiter === undefined || this.#engine.closedCount > waiter.most) return;
    this.#waiter = undefined;
    waiter.wake();
  }
}

const NOT_CALLED = Symbol('not called');

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
