/**
 * The names of the Python module `fparser` for `FParser`: docs/mapping/fparser.md. Thin: what a name does is described
 * where it is forwarded to.
 */
import { FParser as Parser } from '../fparser/index.ts';
import type { AnyFlow, FParserOptions, PacketHeader, TcpFlow, TcpHeader, UdpFlow } from '../fparser/index.ts';
import { unknownName } from '../text/nearest.ts';

/** `type` of a flow id; the originals are numbers of their own, these are protocol numbers. */
export const FLOW_TYPE_TCP = 6;
export const FLOW_TYPE_UDP = 17;

/** Orders of `flow_iter`; all but the first give the largest first. */
export const SORT_NONE = 0;
export const SORT_PKTS = 1;
export const SORT_BYTES = 2;
export const SORT_PPS = 3;
export const SORT_BPS = 4;

const MIB = 2 ** 20;

/** What the original takes as keyword arguments. Undefined and -1 are the default. */
export interface FParserKeywords {
  /** Seconds. */
  readonly flow_timeout?: number;
  /** Seconds. */
  readonly fin_timeout?: number;
  readonly filter?: string;
  readonly snaplen?: number;
  readonly log_level?: number;
  readonly is_file?: boolean | 0 | 1;
  readonly tcp_callback?: (flow: Flow) => unknown;
  readonly udp_callback?: (flow: Flow) => unknown;
  /** Of the later version: takes the flows of every protocol. */
  readonly flow_callback?: (flow: Flow) => unknown;
  readonly kill_callback?: () => unknown;
  readonly error_callback?: (error: Error) => unknown;
  /** MiB. */
  readonly soft_mem_limit?: number;
  /** MiB. */
  readonly hard_mem_limit?: number;
}

export interface FlowId {
  readonly src: string;
  readonly sport: number;
  readonly dest: string;
  readonly dport: number;
  readonly type: number;
}

export interface FlowInfo {
  readonly size_pkts: number;
  readonly size_bytes: number;
  readonly pps: number;
  readonly Bps: number;
  readonly first_rx: number;
  readonly last_rx: number;
}

export interface FParserCapInfo {
  readonly device: string;
  readonly filter: string;
  readonly snaplen: number;
  readonly captured_pkts: number;
  /** null: the source does not report it. */
  readonly dropped_pkts: number | null;
  /** Never known. */
  readonly iface_dropped_pkts: null;
}

export interface FParserInfo {
  readonly avg_pps: number;
  readonly tcp_flows: number;
  readonly udp_flows: number;
  readonly tcp_pkts: number;
  readonly udp_pkts: number;
  /** Microseconds. */
  readonly time_collecting: number;
  /** Microseconds since the epoch; 0 before the first packet. */
  readonly first_rx: number;
  readonly live_captures: FParserCapInfo;
}

/** timestamp, id, ttl, length, and of TCP flags, seq, ack, win. */
export type HeaderTuple = readonly number[];

/** A flow; `len(flow)` is `flow.length`. */
export class Flow implements Iterable<HeaderTuple> {
  readonly #flow: AnyFlow;

  constructor(flow: AnyFlow) {
    this.#flow = flow;
  }

  get length(): number {
    return this.#flow.length;
  }

  get_id(): FlowId {
    const { src, sport, dst, dport, protocol } = this.#flow.getId();
    return { src, sport, dest: dst, dport, type: protocol };
  }

  get_info(): FlowInfo {
    const { sizePkts, sizeBytes, pps, bytesPerSecond, firstRx, lastRx } = this.#flow.getInfo();
    return {
      size_pkts: sizePkts,
      size_bytes: sizeBytes,
      pps,
      Bps: bytesPerSecond,
      first_rx: firstRx,
      last_rx: lastRx,
    };
  }

  *[Symbol.iterator](): IterableIterator<HeaderTuple> {
    for (const header of this.#flow) yield tupleOf(header);
  }
}

export class FParser {
  readonly #parser: Parser;
  readonly #capture: Pick<FParserCapInfo, 'device' | 'filter' | 'snaplen'>;

  /** Starts at once. @throws {TypeError | RangeError} for wrong arguments */
  constructor(source: string, keywords: FParserKeywords = {}) {
    const options = optionsOf(keywords);
    this.#parser = new Parser(source, options);
    const { filter = 'ip', snaplen = 100 } = keywords;
    this.#capture = { device: source, filter, snaplen };
  }

  /** Resolves when the capture is open; the original opened it in its constructor. */
  get ready(): Promise<void> {
    return this.#parser.ready;
  }

  /** Resolves when everything is delivered. */
  get done(): Promise<void> {
    return this.#parser.done.then(() => undefined);
  }

  stop(): Promise<void> {
    return this.#parser.stop();
  }

  set_tcp_callback(callback: (flow: Flow) => unknown): void {
    this.#parser.setTcpCallback(taking(callback));
  }

  set_udp_callback(callback: (flow: Flow) => unknown): void {
    this.#parser.setUdpCallback(taking(callback));
  }

  /** The active TCP and UDP flows of this moment. @param keywords.sort one of the SORT_ constants */
  *flow_iter(keywords: { readonly sort?: number } = {}): IterableIterator<Flow> {
    const flows = this.#parser.flows().filter(({ kind }) => kind === 'tcp' || kind === 'udp');
    for (const flow of sorted(flows, keywords.sort ?? SORT_NONE)) yield new Flow(flow);
  }

  find_tcp_flow(src_ip: string, sport: number, dest_ip: string, dport: number): Flow | null {
    return orNull(this.#parser.findTcpFlow(src_ip, sport, dest_ip, dport));
  }

  find_udp_flow(src_ip: string, sport: number, dest_ip: string, dport: number): Flow | null {
    return orNull(this.#parser.findUdpFlow(src_ip, sport, dest_ip, dport));
  }

  get_info(): FParserInfo {
    const info = this.#parser.getInfo();
    return {
      avg_pps: info.avgPps,
      tcp_flows: info.tcpFlows,
      udp_flows: info.udpFlows,
      tcp_pkts: info.tcpPkts,
      udp_pkts: info.udpPkts,
      time_collecting: Math.round(info.timeCollecting * 1e6),
      first_rx: info.firstRxUs ?? 0,
      live_captures: {
        ...this.#capture,
        captured_pkts: info.packetsSeen,
        dropped_pkts: info.packetsDroppedKernel,
        iface_dropped_pkts: null,
      },
    };
  }
}

const taking =
  (callback: (flow: Flow) => unknown) =>
  (flow: AnyFlow): unknown =>
    callback(new Flow(flow));

/** The options that a keyword sets. */
const OPTIONS: ReadonlyMap<string, readonly (keyof FParserOptions)[]> = new Map([
  ['flow_timeout', ['flowTimeout']],
  ['fin_timeout', ['finTimeout']],
  ['filter', ['filter']],
  ['snaplen', ['snaplen']],
  ['log_level', ['logLevel']],
  ['is_file', ['isFile']],
  // Before the callbacks of one protocol, which then replace it.
  ['flow_callback', ['tcpCallback', 'udpCallback', 'icmpCallback', 'unknownCallback']],
  ['tcp_callback', ['tcpCallback']],
  ['udp_callback', ['udpCallback']],
  ['kill_callback', ['killCallback']],
  ['error_callback', ['errorCallback']],
  ['soft_mem_limit', ['softMemLimit']],
  ['hard_mem_limit', ['hardMemLimit']],
]);
const OF_FLOWS: ReadonlySet<string> = new Set(['flow_callback', 'tcp_callback', 'udp_callback']);

/** @throws {TypeError} an unknown keyword, or a callback that is not a function */
function optionsOf(keywords: FParserKeywords): FParserOptions<'uni'> {
  for (const name of Object.keys(keywords)) {
    if (!OPTIONS.has(name)) {
      throw new TypeError(unknownName('keyword', name, new Set(OPTIONS.keys()), 'FParser has no such keyword'));
    }
  }
  const given: Readonly<Record<string, unknown>> = { ...keywords };
  const options: Record<string, unknown> = {};
  for (const [keyword, names] of OPTIONS) {
    const value = given[keyword];
    if (value === undefined || value === -1) continue;
    for (const name of names) options[name] = optionValue(keyword, value);
  }
  return options as FParserOptions<'uni'>;
}

function optionValue(keyword: string, value: unknown): unknown {
  if (OF_FLOWS.has(keyword) && typeof value === 'function') return taking(value as (flow: Flow) => unknown);
  if (keyword === 'is_file') return Boolean(value);
  return keyword.endsWith('_mem_limit') ? Number(value) * MIB : value;
}

function sorted(flows: readonly AnyFlow[], sort: number): readonly AnyFlow[] {
  const figure = FIGURES.get(sort);
  return figure === undefined ? flows : [...flows].sort((a, b) => figure(b) - figure(a));
}

const FIGURES: ReadonlyMap<number, (flow: AnyFlow) => number> = new Map([
  [SORT_PKTS, (flow) => flow.getInfo().sizePkts],
  [SORT_BYTES, (flow) => flow.getInfo().sizeBytes],
  [SORT_PPS, (flow) => flow.getInfo().pps],
  [SORT_BPS, (flow) => flow.getInfo().bytesPerSecond],
]);

function orNull(flow: TcpFlow | UdpFlow | null): Flow | null {
  return flow === null ? null : new Flow(flow);
}

function tupleOf(header: PacketHeader): HeaderTuple {
  const { timestamp, id, ttl, length } = header.ip;
  if (!('seq' in header)) return [timestamp, id, ttl, length];
  const { flags, seq, ack, win } = header as TcpHeader;
  return [timestamp, id, ttl, length, flags, seq, ack, win];
}
