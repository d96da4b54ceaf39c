/**
 * Finds the process behind a new flow: once when the flow starts, in batches.
 *
 * The kernel's socket tables name the owner of a socket only while the socket lives, and reading one costs the same for
 * one flow as for a thousand. So all waiting flows share one read, its results are remembered for some seconds, and
 * while this host keeps making connections the tables are also read ahead. Reading is limited to a set share of the
 * time and blocks the event loop only briefly: with more sockets it happens less often, not for longer.
 *
 * - The direction is outbound when the originator's address is this host's own, inbound when only the responder's is,
 *   null when neither is. The first packet seen may have been a reply: when it came from a listening port, or to a
 *   connection that no listener of this host has accepted, or over UDP to a socket that was connected to the peer from
 *   a port that the kernel chose. Originator and responder are then swapped.
 * - With both ends on this host the flow is the originator's, outbound. When its process cannot be found, it is the
 *   responder's, inbound.
 * - A TCP flow whose beginning was not seen, and whose connection is in time-wait or waits for its end, has no process.
 * - An inbound TCP flow belongs to the process that has the accepted socket: a server may have passed it on. If that
 *   socket closed too soon to be seen, the flow is the listener's.
 * - An outbound flow belongs to the process that has its socket. If the socket closed too soon to be seen, it belongs
 *   to the only process that had sockets to the same peer in the last ten seconds, provided that it had at least four,
 *   more than half of all seen to that peer, and still runs.
 * - Where the kernel reports which process closes which TCP socket, that process comes before listener and habit, and
 *   the tables are read less.
 */
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../assembly/wire/numbers.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { unmapAddress } from '../host/address/address.ts';
import { isInboundMulticast } from '../host/address/address_scope.ts';
import { namespaceId } from '../host/process/network_namespaces.ts';
import type { ClosedSockets } from './closed_sockets.ts';
import { CpuBudget } from './cpu_budget.ts';
import type { Attribution, FlowProcess, FlowStart } from './flow_start.ts';
import { LocalAddresses, LocalScopes } from './local_addresses.ts';
import { connectionKeys, endpointKeys } from './socket_history.ts';
import { SocketWatch } from './socket_watch.ts';
import type { Tables } from './socket_watch.ts';
import { verdict } from './verdict.ts';
import type { AskedFlow } from './verdict.ts';
import type { Endpoint } from '../host/endpoint.ts';
import type { HostOptions } from '../host/options.ts';
import { refuseUnknown } from '../options/check.ts';

export type { Attribution, Evidence, FlowProcess, FlowStart, Holder } from './flow_start.ts';

export interface AttributionOptions extends HostOptions {
  /** This host's addresses in canonical text. Default: those of its interfaces, asked once a second. */
  readonly localAddresses?: () => Iterable<string>;
  /** Share of one core that may be spent, 0.01..1, default 0.14, or 0.05 where closed sockets are reported; twice as
   *  much while fewer than 400 flows start in a second, when waiting for the next read is what most short connections
   *  would not survive. */
  readonly cpuShare?: number;
  /** A process in the network namespace whose sockets are meant; `localAddresses` must be of it too. Default: the
   *  present namespace. */
  readonly namespace?: number;
}

export interface AttributionCounters {
  readonly flows: number;
  readonly bySocket: number;
  readonly byTrace: number;
  readonly byListener: number;
  readonly byHabit: number;
  /** Flows without a process. */
  readonly unknown: number;
  readonly reads: number;
  /** CPU time spent reading and searching. Milliseconds. */
  readonly workMs: number;
}

const CPU_SHARE = 0.14;
const TRACED_SHARE = 0.05;
/** Fewer flows in RATE_MS than this are few: 400 a second. */
const FEW_FLOWS = 200;
const RATE_MS = 500;
const FEW_FACTOR = 2;
/** Longest time to block the event loop at once. Milliseconds. */
const SLICE_MS = 1.5;
/** Tables are read ahead for this long after a flow of this host. Milliseconds. */
const LINGER_MS = 60;
/** Pause before reading ahead, as a multiple of the last read's duration: most of the budget is for waiting flows. */
const AHEAD_STRETCH = 7;
/** All TCP tables are read at least this often, because listeners change. Milliseconds. */
const LISTENERS_MS = 1_000;
/** While there are only IPv4 flows, one in this many reads looks for IPv6 sockets that make IPv4 connections. */
const MAPPED_EVERY = 8;
/** When there was one, all reads do for this long. Milliseconds. */
const MAPPED_MS = 10_000;

interface Batch {
  readonly answers: Attribution[];
  missing: number;
  readonly resolve: (answers: readonly Attribution[]) => void;
}

interface Waiting extends AskedFlow {
  readonly batch: Batch;
  readonly index: number;
  /** Its tables were read after it arrived: a socket that was not in them has closed. */
  isRead: boolean;
}

export class FlowAttribution {
  readonly #local: LocalAddresses;
  readonly #scopes: LocalScopes;
  readonly #watch: SocketWatch;
  readonly #budget: CpuBudget;
  readonly #closedSockets: ClosedSockets | undefined;
  /** Of the network; undefined: not known. */
  readonly #namespace: number | undefined;
  readonly #counters = {
    flows: 0,
    bySocket: 0,
    byTrace: 0,
    byListener: 0,
    byHabit: 0,
    unknown: 0,
    reads: 0,
    workMs: 0,
  };
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #closed = false;
  /** Until when tables are read ahead, and when all TCP tables were last read. Milliseconds of performance.now(). */
  readonly #lingerUntil = { tcp: 0, tcp6: 0, udp: 0 };
  #listenersReadAt = Number.NEGATIVE_INFINITY;
  /** Earliest time of the next read ahead: performance.now(). */
  #aheadAt = 0;
  /** When counting began (performance.now()), flows before that, and whether they were few in the time before. */
  readonly #rate = { since: 0, flows: 0, few: true };

  /**
   * @param closed what the kernel reports; it is the caller's to close
   * @throws {RangeError} for a share out of range
   */
  constructor(options: AttributionOptions = {}, closed?: ClosedSockets) {
    refuseUnknown('FlowAttribution', options);
    this.#closedSockets = closed;
    this.#namespace = closed === undefined ? undefined : namespaceId(options.namespace ?? 'self', options);
    this.#budget = new CpuBudget(options.cpuShare ?? (closed === undefined ? CPU_SHARE : TRACED_SHARE));
    this.#local = new LocalAddresses(options.now ?? Date.now, options.localAddresses);
    const { namespace: pid, ...host } = options;
    this.#scopes = new LocalScopes(options.now ?? Date.now, pid === undefined ? host : { ...host, pid });
    this.#watch = new SocketWatch(options);
  }

  get counters(): AttributionCounters {
    return { ...this.#counters };
  }

  /**
   * Scans all processes and sockets once, so the first flows are named as quickly as later ones.
   *
   * @throws {HostError} ERR_PROC_UNAVAILABLE
   */
  async warm(): Promise<void> {
    await this.#work(this.#watch.holders.warm());
    await this.#work(this.#watch.read({ tcp: true, tcp6: true, udp: true }));
    this.#listenersReadAt = performance.now();
  }

  /** Answers in the order of the flows, when all of them are known: within some milliseconds. Rejects with a RangeError
   *  when a text is not an address. */
  attribute(flows: readonly FlowStart[]): Promise<readonly Attribution[]> {
    return new Promise((resolve) => {
      if (flows.length === 0) resolve([]);
      const batch: Batch = { answers: [], missing: flows.length, resolve };
      flows.forEach((flow, index) => this.#add(flow, batch, index));
      if (this.#closed) return;
      this.#wake?.();
      if (this.#running === undefined) this.#running = this.#run();
    });
  }

  /** A better answer, if the kernel has reported meanwhile which process closed the socket of this host. */
  traced(flow: FlowStart, answer: Attribution): Attribution | undefined {
    const { inbound, turned, evidence } = answer;
    const closed = this.#closedSockets;
    const isBest = inbound === false && evidence === 'socket';
    if (closed === undefined || flow.protocol !== PROTOCOL_TCP || inbound === null || isBest) return undefined;
    closed.refresh();
    const ends = [
      { address: unmapAddress(flow.srcAddress), port: flow.srcPort },
      { address: unmapAddress(flow.dstAddress), port: flow.dstPort },
    ] as const;
    const [originator, responder] = turned ? [ends[1], ends[0]] : ends;
    const by = (local: Endpoint, remote: Endpoint): FlowProcess | undefined =>
      this.#local.has(local.address) ? closed.closedBy(local, remote, flow.firstSeenMs, this.#namespace) : undefined;
    const opener = by(originator, responder);
    const process = opener ?? (evidence === 'socket' ? undefined : by(responder, originator));
    if (process === undefined) return undefined;
    return { ...answer, process, inbound: opener === undefined, evidence: 'trace', holders: [] };
  }

  /** Answers all waiting flows with what is known, and stops reading. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
    await this.#running;
    this.#settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #add(flow: FlowStart, batch: Batch, index: number): void {
    const src = { address: unmapAddress(flow.srcAddress), port: flow.srcPort };
    const dst = { address: unmapAddress(flow.dstAddress), port: flow.dstPort };
    const srcLocal = this.#local.has(src.address);
    const dstLocal = this.#local.has(dst.address) || isInboundMulticast(!srcLocal, dst.address);
    const waiting = {
      flow,
      src: endpointKeys(src),
      dst: endpointKeys(dst),
      srcLocal,
      dstLocal,
      batch,
      index,
      isRead: false,
    };
    this.#counters.flows++;
    this.#linger(waiting);
    if (this.#isStale(waiting) || !this.#tryAnswer(waiting)) this.#waiting.push(waiting);
  }

  /** A host that makes one connection usually makes more. */
  #linger({ flow, src, srcLocal }: Waiting): void {
    if (!srcLocal) return;
    const until = performance.now() + LINGER_MS;
    if (flow.protocol === PROTOCOL_UDP) this.#lingerUntil.udp = until;
    if (flow.protocol === PROTOCOL_TCP) this.#lingerUntil[src.ipv4 === undefined ? 'tcp6' : 'tcp'] = until;
  }

  /** Listeners have to be read again before they decide about the flow. */
  #isStale({ flow, srcLocal, dstLocal }: Waiting): boolean {
    if (this.#closed || flow.protocol !== PROTOCOL_TCP || !(srcLocal || dstLocal)) return false;
    return performance.now() - this.#listenersReadAt > LISTENERS_MS;
  }

  async #run(): Promise<void> {
    // Let the caller continue first.
    await nextTurn();
    for (;;) {
      const waits = this.#waiting.length > 0;
      const now = performance.now();
      if (this.#closed || (!waits && now > Math.max(...Object.values(this.#lingerUntil)))) break;
      const pauseMs = Math.max(this.#budget.waitMs(now), waits ? 0 : this.#aheadAt - now);
      if (pauseMs > 0) await this.#sleep(pauseMs, waits);
      else await this.#readOnce();
    }
    this.#running = undefined;
  }

  async #readOnce(): Promise<void> {
    const asked = [...this.#waiting];
    const tables = this.#tablesFor(asked);
    const began = performance.now();
    this.#counters.reads++;
    const workMs = await this.#work(this.#watch.read(tables, perhapsLeft(asked))).catch(
      () => performance.now() - began,
    );
    this.#aheadAt = performance.now() + workMs * AHEAD_STRETCH;
    this.#budget.spend(workMs, performance.now(), this.#flowsAreFew() ? FEW_FACTOR : 1);
    if (tables.tcp && tables.tcp6) this.#listenersReadAt = began;
    for (const waiting of asked) waiting.isRead = true;
    this.#settle();
  }

  #flowsAreFew(): boolean {
    const rate = this.#rate;
    const now = performance.now();
    const flows = this.#counters.flows - rate.flows;
    if (now - rate.since >= RATE_MS) {
      rate.few = flows * RATE_MS < FEW_FLOWS * (now - rate.since);
      rate.since = now;
      rate.flows = this.#counters.flows;
    }
    return rate.few && flows < FEW_FLOWS;
  }

  #tablesFor(asked: readonly Waiting[]): Tables {
    const now = performance.now();
    const tcpFlows = asked.filter(({ flow }) => flow.protocol === PROTOCOL_TCP);
    const tcp = now < this.#lingerUntil.tcp || tcpFlows.some(({ src }) => src.ipv4 !== undefined);
    const tcp6 = now < this.#lingerUntil.tcp6 || tcpFlows.some(({ src }) => src.ipv4 === undefined);
    const old = tcpFlows.length > 0 && now - this.#listenersReadAt > LISTENERS_MS;
    const mapped = tcp && (this.#watch.mappedSeenAgoMs < MAPPED_MS || this.#counters.reads % MAPPED_EVERY === 0);
    return {
      tcp: tcp || old,
      tcp6: tcp6 || old || mapped,
      udp: now < this.#lingerUntil.udp || asked.length > tcpFlows.length,
    };
  }

  /** Does work in slices. @returns the CPU time it took, milliseconds */
  async #work(steps: Generator<undefined>): Promise<number> {
    let slicesMs = 0;
    let began = performance.now();
    const cpuBefore = process.cpuUsage();
    for (;;) {
      let done = false;
      while (!done && performance.now() - began < SLICE_MS) done = steps.next().done === true;
      // Read once: this alone takes a tenth of a millisecond.
      const cpu = done ? process.cpuUsage(cpuBefore) : undefined;
      slicesMs += performance.now() - began;
      if (cpu !== undefined) {
        // One includes the time of other work, the other the time without a CPU. The true value is at most the smaller.
        const workMs = Math.min((cpu.user + cpu.system) / 1_000, slicesMs);
        this.#counters.workMs += workMs;
        return workMs;
      }
      await nextTurn();
      began = performance.now();
    }
  }

  #settle(): void {
    const asked = this.#waiting;
    this.#waiting = [];
    this.#waiting = asked.filter((waiting) => !this.#tryAnswer(waiting));
  }

  #tryAnswer(waiting: Waiting): boolean {
    const found = verdict(waiting, this.#watch, this.#closed ? 'nothing' : waiting.isRead ? 'process' : 'socket');
    if (found === undefined) return false;
    const answer = { ...(this.traced(waiting.flow, found) ?? found), scope: this.#scopeOf(waiting) };
    const { batch, index } = waiting;
    this.#counters[answer.evidence === null ? 'unknown' : COUNTER_OF[answer.evidence]]++;
    batch.answers[index] = answer;
    batch.missing--;
    if (batch.missing === 0) batch.resolve(batch.answers);
    return true;
  }

  #scopeOf({ flow, srcLocal, dstLocal }: Waiting): string | null {
    const own = srcLocal ? this.#scopes.of(flow.srcAddress) : null;
    return own ?? (dstLocal ? this.#scopes.of(flow.dstAddress) : null);
  }

  /** Ends after that time, or when a flow arrives. @param hold keeps the process alive meanwhile */
  #sleep(ms: number, hold: boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(end, ms);
      if (!hold) timer.unref();
      this.#wake = end;
    });
  }
}

/** Connections that began before their first packet was seen may be in time-wait: who had them cannot be known. */
function perhapsLeft(asked: readonly Waiting[]): string[] {
  return asked.flatMap(({ flow, src, dst, srcLocal, dstLocal }) => {
    if (flow.protocol !== PROTOCOL_TCP || flow.originatorKnown === true) return [];
    return [...(srcLocal ? connectionKeys(src, dst) : []), ...(dstLocal ? connectionKeys(dst, src) : [])];
  });
}

const COUNTER_OF = { socket: 'bySocket', trace: 'byTrace', listener: 'byListener', habit: 'byHabit' } as const;
