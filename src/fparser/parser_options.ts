/** The options of FParser. `npm run generate` writes this file from the option table, src/options/; edit that. */
import type { FParserError } from '../errors.ts';
import type { FilterOption } from '../reader/filter_maker.ts';
import type { Direction, FlowOf, IcmpFlow, TcpFlow, UdpFlow, UnknownFlow } from './flow_view.ts';
import type { Log, LogLevel } from './log.ts';

/** A callback. When it returns a promise, that is awaited before the next one is called. */
export type FlowCallback<F> = (flow: F) => unknown;

/** Options of FParser. */
export interface FParserOptions<D extends Direction = Direction> {
  /** Who delivers the frames of an interface. Default `'cap'`. */
  readonly capture?: 'cap' | 'tcpdump';
  /** Online: open the device in promiscuous mode. Default `false`. */
  readonly promiscuous?: boolean;
  /**
   * Online: kernel capture buffer. `cap` takes 64 KiB of it for each packet; with `tcpdump` the interfaces share it. A
   * whole number of bytes from 1048576 to 2147483647. Default: cap: 256 MiB, which holds 4091 packets; tcpdump: 256
   * MiB.
   */
  readonly bufferSize?: number;
  /**
   * Online and replay: ring in front of the flow tracker. A replay, which waits, has 2 MiB when nothing is said. A
   * power of two from 2097152 to 1073741824. Default: 16 MiB.
   */
  readonly ringSize?: number;
  /** Capture filter of pcap-filter(7), or a compiled program; `''` is everything. Default `'ip'`. */
  readonly filter?: FilterOption;
  /**
   * Silence that ends a flow, with IPFIX flowEndReason 1. A number of seconds above 0, at most 31536000. Default `600`.
   */
  readonly flowTimeout?: number;
  /**
   * Silence that ends a flow after FIN (from both sides; `uni`: its own) or RST; 0: at once. A number of seconds from 0
   * to 31536000. Default `30`.
   */
  readonly finTimeout?: number;
  /**
   * Age at which a flow is cut, with IPFIX flowEndReason 2. A number of seconds above 0, at most 31536000. Default:
   * off.
   */
  readonly activeTimeout?: number;
  /** One flow for both directions of a conversation (`'bi'`), or one for each (`'uni'`). Default `'uni'`. */
  readonly direction?: D;
  /**
   * Later fragments: to the flow of their first one (`'attribute'`), or to the flow with ports 0 (`'port0'`). Default
   * `'attribute'`.
   */
  readonly fragments?: 'attribute' | 'port0';
  /** Follow tunnels to the innermost packet, at most 8 levels. Default `false`. */
  readonly decapsulate?: boolean;
  /**
   * Active flows at most (the default is lower where groups need the memory); beyond it the least recently used one is
   * evicted. A whole number from 1 to 16000000. Default `1_048_576`.
   */
  readonly maxFlows?: number;
  /**
   * Bytes of each frame that are looked at; when nothing is said, 1600 with identify, payload or entropy, all with zeek
   * or `checksums: 'drop'`, 128 with tcp. A whole number from 64 to 262144. Default `100`.
   */
  readonly snaplen?: number;
  /** Seed of Community IDs, which differ from those of another seed. A whole number from 0 to 65535. Default: 0. */
  readonly communityIdSeed?: number;
  /**
   * Packets with a wrong checksum of IP, TCP, UDP or ICMP: count them as any other (ignore), or drop them. Default:
   * ignore.
   */
  readonly checksums?: 'ignore' | 'drop';
  /**
   * Drop packets that are seen twice: the same bytes from the IP header on within so many milliseconds, hop limit and
   * checksum apart (docs/flows.md). A whole number from 1 to 60000. Default: copies are packets like others.
   */
  readonly dedup?: number;
  /**
   * Group zeek: ports that servers have, as 80/tcp or 6666-6669/tcp; who sends from one is the responder. Default:
   * those that Zeek's scripts register.
   */
  readonly serverPorts?: readonly string[];
  /** Group zeek: networks of this site, as 10.0.0.0/8 or 2001:db8::/32. Default: none. */
  readonly localNets?: readonly string[];
  /**
   * Timeouts, rules of cutting flows and groups of another tool: `'cic'` is CICFlowMeter and `'nfstream'` NFStream
   * (docs/groups.md), `'zeek'` is Zeek (docs/zeek.md). Default: none.
   */
  readonly preset?: 'cic' | 'nfstream' | 'zeek';
  /**
   * Silence that ends an active period, in the group `activity`. A number of seconds above 0, at most 31536000.
   * Default: 5.
   */
  readonly idleThreshold?: number;
  /**
   * Further groups of fields of each flow (docs/schema.md): tcp, flags, options, windows, losses and round trips of
   * TCP; community-id, the name that many tools give to a conversation; stats, sizes of packets, gaps between them,
   * rates; zeek, connections as Zeek's conn.log has them; first-packets, direction, sizes, gaps and flags of the first
   * packets, N of them (`first-packets=N`, 10 by default); payload, first payload bytes of each direction, N of them
   * (`payload=N`, 64 by default); entropy, entropy of the payload of each direction; link, VLANs, MPLS labels, MAC
   * addresses, TTL, DSCP, flow label, tunnel; activity, active and idle periods, subflows, bulks, transport headers;
   * identify, application and names from the first bytes, `identify=tls,dns` of these only (docs/identification.md).
   * Default: none.
   */
  readonly with?: readonly (
    | 'tcp'
    | 'community-id'
    | 'stats'
    | 'zeek'
    | 'first-packets'
    | 'payload'
    | 'entropy'
    | 'link'
    | 'activity'
    | 'identify'
    | `first-packets=${number}`
    | `payload=${number}`
    | `identify=${string}`
  )[];
  /** Group first-packets: only packets with payload. Default `false`. */
  readonly payloadOnly?: boolean;
  /** Identification reports user names too; never passwords and cookies. Default `false`. */
  readonly secrets?: boolean;
  /** Identification reports the query of HTTP paths too. Default `false`. */
  readonly httpQuery?: boolean;
  /** Identification names the application by its port where the content says nothing. Default `true`. */
  readonly portGuess?: boolean;
  /** The source is a file, not a network interface. Default `false`. */
  readonly isFile?: boolean;
  /** Least severe messages that are logged: a syslog name or 0..7. Default `'err'`. */
  readonly logLevel?: LogLevel | number;
  /** Takes the messages. Default: lines on standard error. */
  readonly log?: Log;
  /** Called with each TCP flow. */
  readonly tcpCallback?: FlowCallback<FlowOf<D, TcpFlow>> | null;
  /** Called with each UDP flow. */
  readonly udpCallback?: FlowCallback<FlowOf<D, UdpFlow>> | null;
  /** Called with each ICMP flow. */
  readonly icmpCallback?: FlowCallback<FlowOf<D, IcmpFlow>> | null;
  /** Called with each flow of another protocol. */
  readonly unknownCallback?: FlowCallback<FlowOf<D, UnknownFlow>> | null;
  /** Called once, last; a promise that it gives is not waited for. */
  readonly killCallback?: (() => unknown) | null;
  /** Takes non-fatal problems. Default: they are logged. */
  readonly errorCallback?: ((error: FParserError) => unknown) | null;
  /** Headers stored per flow: `'auto'` is up to 10,000; max is 1..1,000,000,000. Default `'auto'`. */
  readonly headers?: 'auto' | 'none' | { readonly max: number };
  /**
   * Memory of flows at which idle ones are ended early; give both limits or neither, soft < hard. A whole number of
   * bytes from 65536 to 2147483648. Default: 128 MiB.
   */
  readonly softMemLimit?: number;
  /**
   * Memory of flows that is never exceeded; give both limits or neither, soft < hard. A whole number of bytes from
   * 65536 to 2147483648. Default: 256 MiB.
   */
  readonly hardMemLimit?: number;
  /**
   * Finished flows that may wait for callbacks before reading pauses. A whole number from 1 to 1048576. Default
   * `65_536`.
   */
  readonly maxBacklog?: number;
  /**
   * After `stop()`, how long the promise of a callback is waited for; then the flows that are left are given up. A
   * number of seconds from 0 to 31536000. Default `10`.
   */
  readonly stopTimeout?: number;
  /**
   * With isFile: replay the capture as if live, at so many times the recorded pace. Default: the file is read as fast
   * as it can be.
   */
  readonly replay?: { readonly speed: number | 'max' };
}
