/** The options of `readFlows`. `npm run generate` writes this file from the option table, src/options/; edit that. */
import type { FlowField } from '../flow/flow.ts';
import type { FilterOption } from './filter_maker.ts';
import type { Progress } from './progress.ts';

/** Options of `readFlows`. */
export interface ReadOptions {
  /** Only flows of which this is true, as in 'bytes > 1MB and dstPort in (80, 443)' (docs/flows.md). Default: all. */
  readonly where?: string;
  /** Capture filter of pcap-filter(7), or a compiled program. Default: everything. */
  readonly filter?: FilterOption;
  /**
   * Only packets from this time on: 2024-05-31T12:00:00Z (UTC without a zone), seconds since the epoch, or +10s after
   * the first packet. Default: the first packet.
   */
  readonly from?: string;
  /** Only packets before this time, in the same forms; live ends then. Default: the last packet. */
  readonly to?: string;
  /**
   * Silence that ends a flow, with IPFIX flowEndReason 1. A number of seconds above 0, at most 31536000. Default `600`.
   */
  readonly flowTimeout?: number;
  /**
   * Silence that ends a flow after FIN from both sides or RST; 0: at once. A number of seconds from 0 to 31536000.
   * Default `30`.
   */
  readonly finTimeout?: number;
  /**
   * Age at which a flow is cut, with IPFIX flowEndReason 2. A number of seconds above 0, at most 31536000. Default:
   * off.
   */
  readonly activeTimeout?: number;
  /**
   * Running records of flows that last: the totals so far, at most one in such a time (docs/flows.md). A number of
   * seconds above 0, at most 31536000. Default: off.
   */
  readonly interim?: number;
  /** One flow for both directions of a conversation (`'bi'`), or one for each (`'uni'`). Default `'bi'`. */
  readonly direction?: 'uni' | 'bi';
  /**
   * Later fragments: to the flow of their first one (`'attribute'`), or to the flow with ports 0 (`'port0'`). Default
   * `'attribute'`.
   */
  readonly fragments?: 'attribute' | 'port0';
  /** Follow tunnels to the innermost packet, at most 8 levels. Default `false`. */
  readonly decapsulate?: boolean;
  /**
   * Active flows at most (the default is lower where groups need the memory); beyond it the least recently used one is
   * evicted. A whole number from 1 to 16000000. Default `4_194_304`.
   */
  readonly maxFlows?: number;
  /** Bytes of each frame that are looked at. A whole number from 64 to 262144. Default: all that were captured. */
  readonly snaplen?: number;
  /**
   * Several files: by their first packets, merged where they overlap (`'time'`), or as named (`'given'`). Default
   * `'time'`.
   */
  readonly order?: 'time' | 'given';
  /**
   * Bytes read at a time. Never changes the result. A whole number of bytes from 64 to 67108864. Default `524_288`.
   */
  readonly blockSize?: number;
  /**
   * Threads that share a large capture, `'auto'`: one for each core. Never changes the result. A whole number from 1 to
   * 16, or 'auto'. Default `1`.
   */
  readonly jobs?: number | 'auto';
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
  /** Fields of each flow, in this order (docs/schema.md). Default: all. */
  readonly fields?: readonly FlowField[];
  /** Called for each part of the capture that could not be read, instead of throwing after the last flow. */
  readonly onProblem?: (problem: Error) => void;
  /** Called four times a second while flows are read, and once at the end. */
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the reading: the iteration throws its reason. Default: none. */
  readonly signal?: AbortSignal;
}
