/** What the page and its worker say to each other. Requests have numbers; answers carry the number of their request. */
import type { WithName } from '../src/flow/groups.ts';

/** A capture file that a person chose or that the server of the page offers, or the live capture of that server. */
export type Source =
  | { readonly kind: 'file'; readonly file: File }
  | {
      readonly kind: 'served';
      readonly name: string;
      readonly url: string;
      readonly size: number;
      readonly token: string;
    }
  | {
      readonly kind: 'live';
      readonly name: string;
      readonly groups: readonly WithName[];
      /** Pages may name the processes behind flows. */
      readonly processes: boolean;
      readonly url: string;
      readonly token: string;
    };

export interface OpenArguments {
  /** One capture; flows continue from one file to the next. */
  readonly sources: readonly Source[];
  /** Capture filter of pcap-filter(7); empty: everything passes. */
  readonly filter: string;
  readonly groups: readonly WithName[];
}

/** What is wrong with an input, in the words of the command. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** Byte of the capture. */
  readonly offset?: number;
  /** 0-based place in an expression. */
  readonly column?: number;
}

/** How far reading is. */
export interface Progress {
  readonly bytes: number;
  readonly total: number;
  readonly packets: number;
  readonly flows: number;
  /** Of a live capture. */
  readonly live?: { readonly activeFlows: number; readonly dropped: number; readonly missed: number };
}

/** What was read in all. */
export interface Outcome extends Progress {
  readonly wireBytes: number;
  /** Why packets are not in flows, with how many; only those that happened. */
  readonly others: readonly (readonly [reason: string, packets: number])[];
  readonly problems: readonly Problem[];
  readonly problemsOmitted: number;
  /** Sentences about times and lengths. */
  readonly notes: readonly string[];
  readonly cancelled: boolean;
  /** The flows that were too many for the table: only the largest are listed. */
  readonly flowsLeftOut: number;
  readonly milliseconds: number;
}

/** A sum over flows with the same value. */
export interface Share {
  readonly label: string;
  /** An expression that is true of just these flows. */
  readonly where: string;
  readonly flows: number;
  readonly packets: number;
  readonly bytes: number;
}

export const SERIES = ['TCP', 'UDP', 'ICMP', 'other'] as const;
export const MEASURES = ['bytes', 'packets', 'flows'] as const;
export type Measure = (typeof MEASURES)[number];

/** Traffic over time. A flow's bytes and packets are spread evenly from its first packet to its last. */
export interface Timeline {
  /** Of the first bin, milliseconds since the epoch. */
  readonly startMs: number;
  readonly binMs: number;
  readonly bins: number;
  /** For each measure and each of SERIES a value per bin. */
  readonly values: Readonly<Record<Measure, readonly Float64Array[]>>;
}

/** Sums over the flows of the view. */
export interface Overview {
  readonly flows: number;
  readonly packets: number;
  readonly bytes: number;
  readonly talkers: readonly Share[];
  /** Not all addresses fitted in: small ones may be missing. */
  readonly talkersApproximate: boolean;
  readonly ports: readonly Share[];
  readonly protocols: readonly Share[];
  readonly ends: readonly Share[];
  /** Undefined: the group `identify` is off. */
  readonly applications?: readonly Share[];
  /** Of servers, in DNS questions, and those of addresses by DNS answers. */
  readonly names?: readonly Share[];
  /** Undefined: they are not shown. */
  readonly processes?: readonly Share[];
  readonly timeline: Timeline;
}

export const COLUMNS = [
  'firstSeen',
  'duration',
  'protocol',
  'srcAddress',
  'dstAddress',
  'application',
  'name',
  'process',
  'packets',
  'bytes',
  'tcpFlagsForward',
  'endReason',
  'rtt',
  'retransmitted',
] as const;
export type Column = (typeof COLUMNS)[number];

export const TCP_COLUMNS = ['rtt', 'retransmitted'] as const satisfies readonly Column[];
export const IDENTIFY_COLUMNS = ['application', 'name'] as const satisfies readonly Column[];

/** Columns that only flows with a group have, or those of a capture that names processes. */
export const FURTHER_COLUMNS = [
  ['identify', IDENTIFY_COLUMNS],
  ['tcp', TCP_COLUMNS],
  ['process', ['process']],
] as const satisfies readonly (readonly [string, readonly Column[]])[];

/** Groups that can be chosen on the page. */
export const PAGE_GROUPS = ['identify', 'tcp', 'community-id'] as const satisfies readonly WithName[];

export interface Order {
  /** None: as the flows ended. */
  readonly column: Column | undefined;
  readonly descending: boolean;
}

export interface RowsAnswer {
  readonly from: number;
  /** One text for each column. */
  readonly rows: readonly (readonly string[])[];
}

export interface FlowField {
  readonly name: string;
  readonly value: string;
  readonly unit: string | null;
  readonly doc: string;
}

/** One flow's story. */
export interface FlowDetails {
  readonly title: string;
  readonly cells: readonly string[];
  readonly fields: readonly FlowField[];
  /** Of the flows of the view, 0..1. */
  readonly share: { readonly bytes: number; readonly packets: number };
  /** Expressions for flows like this one, with what they are and how many there are. */
  readonly neighbours: readonly { readonly label: string; readonly where: string; readonly flows: number }[];
  /** Its packets, for tcpdump and Wireshark. */
  readonly packetFilter: string;
  readonly json: string;
}

export interface Link {
  readonly from: string;
  readonly to: string;
  readonly bytes: number;
  readonly flows: number;
}

/** Who talks to whom: flows by source, service and destination. */
export interface SankeyData {
  readonly kind: 'sankey';
  readonly nodes: readonly { readonly name: string; readonly layer: 0 | 1 | 2; readonly where: string | undefined }[];
  readonly links: readonly {
    readonly from: number;
    readonly to: number;
    readonly bytes: number;
    readonly flows: number;
  }[];
}

export interface HostsData {
  readonly kind: 'hosts';
  readonly hosts: readonly Share[];
  readonly links: readonly {
    readonly from: number;
    readonly to: number;
    readonly bytes: number;
    readonly flows: number;
  }[];
  readonly linksLeftOut: number;
}

/** Flows by duration and bytes, both logarithmic. */
export interface ScatterData {
  readonly kind: 'scatter';
  readonly columns: number;
  readonly rows: number;
  /** log10 of seconds and of bytes, at the two ends. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly counts: Uint32Array;
  /** Flows without any duration, by row. */
  readonly instant: Uint32Array;
}

export interface GanttData {
  readonly kind: 'timeline';
  readonly startMs: number;
  readonly endMs: number;
  readonly flows: readonly {
    readonly index: number;
    readonly fromMs: number;
    readonly toMs: number;
    readonly series: number;
    readonly label: string;
  }[];
  readonly leftOut: number;
}

export type Diagram = SankeyData | HostsData | ScatterData | GanttData;

export type TextFormat = 'csv' | 'jsonl';
export type ExportFormat = TextFormat | 'parquet';

/** What can be asked of the worker, and what it answers. */
export interface Requests {
  /** Answers when all was read. */
  open: { readonly argument: OpenArguments; readonly answer: Outcome };
  cancel: { readonly argument: undefined; readonly answer: undefined };
  /** Only the flows of which all expressions are true. Answers with how many there are. */
  select: { readonly argument: readonly string[]; readonly answer: number };
  sort: { readonly argument: Order; readonly answer: undefined };
  rows: { readonly argument: { readonly from: number; readonly count: number }; readonly answer: RowsAnswer };
  flow: { readonly argument: { readonly index: number }; readonly answer: FlowDetails };
  diagram: { readonly argument: { readonly kind: Diagram['kind'] }; readonly answer: Diagram };
  /** Compiles a capture filter without using it. */
  check: { readonly argument: { readonly filter: string }; readonly answer: undefined };
  /** The flows of the view, in its order. Parts are asked for one after the other, from 0 on. */
  export: { readonly argument: { readonly format: ExportFormat; readonly from: number }; readonly answer: ExportPart };
}

export interface ExportPart {
  readonly bytes: Uint8Array;
  /** Where the next part begins; undefined: this was the last one. */
  readonly next: number | undefined;
}

export type RequestName = keyof Requests;

export interface Request<Name extends RequestName = RequestName> {
  readonly seq: number;
  readonly name: Name;
  readonly argument: Requests[Name]['argument'];
}

export type Answer =
  | { readonly kind: 'answer'; readonly seq: number; readonly answer: unknown }
  | { readonly kind: 'refusal'; readonly seq: number; readonly problem: Problem };

/** What the worker says unasked. */
export type Notice =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'overview'; readonly overview: Overview }
  | { readonly kind: 'fault'; readonly message: string };

export type FromWorker = Answer | Notice;
