/** Processes that have closed TCP connections lately, for sockets that closed before a table showed them. */
import type { Endpoint } from '../host/endpoint.ts';
import type { HostOptions } from '../host/options.ts';
import { namespaceId } from '../host/process/network_namespaces.ts';
import { processDetails } from '../host/process/process_details.ts';
import type { FlowProcess } from './flow_start.ts';
import type { KernelTrace, TracedSocket } from './kernel_trace.ts';

/** Connections that are remembered; more replace the oldest. */
const KEPT_MAX = 65_536;
/** How often the kernel is asked. A process that is gone by then has no name. Milliseconds. */
const READ_EVERY_MS = 20;
/** A question is answered by what was read in this time: a flow is delivered long after its end. Milliseconds. */
const FRESH_MS = 5;
/** Names and users are read again after this time: a process may run another program. Milliseconds. */
const IDENTITY_MS = 1_000;
/** After this time the number of a process that is gone may be another's. Milliseconds. */
const GONE_MS = 10_000;
/** An event is noted when it is read, a packet when it is captured. Milliseconds. */
const EARLY_MS = 100;
/** Processes that are remembered at most. */
const PROCESSES_MAX = 4_096;

interface TracedProcess extends FlowProcess {
  /** Of its network; undefined: not known. */
  readonly namespace: number | undefined;
  readonly readAtMs: number;
}

interface Closing {
  readonly process: TracedProcess;
  readonly atMs: number;
}

export class ClosedSockets {
  readonly #trace: Pick<KernelTrace, 'read' | 'close'>;
  readonly #options: HostOptions;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  /** performance.now() */
  #readAt = Number.NEGATIVE_INFINITY;
  /** By `LOCAL PORT REMOTE PORT`; the oldest first. */
  readonly #closings = new Map<string, Closing>();
  readonly #processes = new Map<number, TracedProcess>();

  constructor(trace: Pick<KernelTrace, 'read' | 'close'>, options: HostOptions = {}) {
    this.#trace = trace;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#timer = setInterval(() => this.read(), READ_EVERY_MS).unref();
  }

  /** Takes what has happened, unless it has just been done. It is done again and again by itself, too. */
  refresh(): void {
    if (performance.now() - this.#readAt > FRESH_MS) this.read();
  }

  read(): void {
    this.#trace.read((socket) => this.#note(socket));
    this.#readAt = performance.now();
  }

  /**
   * The process that has closed the local end of a connection, or has reset it.
   * @param local @param remote canonical addresses, IPv4 for mapped ones
   * @param since when the connection began; milliseconds since the epoch
   * @param namespace of the network that is meant; undefined: any
   */
  closedBy(local: Endpoint, remote: Endpoint, since: number, namespace: number | undefined): FlowProcess | undefined {
    const closing = this.#closings.get(connectionKey(local, remote));
    if (closing === undefined || closing.atMs < since - EARLY_MS) return undefined;
    const { pid, name, uid, namespace: its } = closing.process;
    const isElsewhere = namespace !== undefined && its !== undefined && its !== namespace;
    return isElsewhere ? undefined : { pid, name, uid };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#trace.close();
  }

  #note({ pid, local, remote }: TracedSocket): void {
    // One that connects is looked at while it surely lives; its port is not known yet.
    const process = this.#processOf(pid);
    if (process === undefined || local.port === 0) return;
    const key = connectionKey(local, remote);
    this.#closings.delete(key);
    this.#closings.set(key, { process, atMs: this.#now() });
    if (this.#closings.size > KEPT_MAX) dropFirst(this.#closings);
  }

  /** As it was when it was last seen; undefined when it was never seen and is gone. */
  #processOf(pid: number): TracedProcess | undefined {
    const known = this.#processes.get(pid);
    const now = this.#now();
    if (known !== undefined && now - known.readAtMs < IDENTITY_MS) return known;
    const details = processDetails(pid, this.#options);
    if (details?.name == null || details.uid === null)
      return known !== undefined && now - known.readAtMs < GONE_MS ? known : undefined;
    const process: TracedProcess = {
      pid,
      name: details.name,
      uid: details.uid.effective,
      namespace: namespaceId(pid, this.#options),
      readAtMs: now,
    };
    this.#processes.delete(pid);
    this.#processes.set(pid, process);
    if (this.#processes.size > PROCESSES_MAX) dropFirst(this.#processes);
    return process;
  }
}

function connectionKey(local: Endpoint, remote: Endpoint): string {
  return `${local.address} ${local.port} ${remote.address} ${remote.port}`;
}

function dropFirst(map: Map<unknown, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
