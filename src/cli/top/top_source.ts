/** What the full-screen view needs from a capture. Nothing here waits. */
import type { KnownIdentity } from '../../flow/identity.ts';
import type { EndedSum, GroupView } from './groups.ts';
import type { LinkTotals } from './link_totals.ts';
import type { KnownHost } from '../../query/host_fields.ts';

/**
 * Takes rows of flows (ROW_ offsets of the layout): `count` of them lie in `memory` from byte `base` on. They are copied
 * before this returns.
 */
export type RowVisitor = (memory: Uint8Array, base: number, count: number) => void;

export interface TopSource {
  /** Of the interfaces, as people know them. Any text. */
  readonly name: string;
  figures(): TopFigures;
  /**
   * Delivers the active flows, each once, in any order. The caller starts with 0 and calls again with the returned
   * value until that is undefined; between calls it lets other work run. A source may deliver all flows of one moment
   * in one call, or a part in each call, which never blocks the thread for long. Flows that begin between two calls may
   * be missing.
   */
  readRows(from: number, visit: RowVisitor): number | undefined;
  /**
   * Who is behind an active flow; undefined while that is not known. The same object as long as nothing has changed,
   * since it is compared by reference. Sources that never know leave this out: the columns are then missing too.
   * @param flow @param generation ROW_FLOW and ROW_GENERATION
   */
  identityOf?(flow: number, generation: number): FlowIdentity | undefined;
  /** Sums of the flows that have ended, by label of a view. Sources that discard them leave this out. */
  ended?(view: GroupView): ReadonlyMap<string, EndedSum>;
  /** Name of the host that has an address; undefined while it is not known. Sources that ask nobody leave this out. */
  nameOf?(address: string): string | undefined;
  /** Identities may have applications and names. */
  readonly identifies?: boolean;
}

/** Counters since the start of the capture. */
export interface TopFigures {
  readonly packetsSeen: number;
  /** Bytes of these packets on the wire. */
  readonly wireBytes: number;
  /** What the interfaces themselves have carried, filtered or not; undefined: not known. */
  readonly link?: LinkTotals | undefined;
  /** Packets dropped because the ring was full. */
  readonly ringDrops: number;
  /** Packets that the kernel dropped; null: unknown. */
  readonly kernelDrops: number | null;
  /** Active flows now. */
  readonly flowsActive: number;
  /** The present time on the packets' clock; seconds since the epoch, with a fraction. */
  readonly clockSeconds: number;
  /** The latest problem that did not end the capture, such as the loss of one interface of several. Any text. */
  readonly problem?: string | undefined;
}

/** Texts may contain anything; they are sanitized where they are shown. */
export interface FlowIdentity {
  /** Name and pid, as they are shown. */
  readonly process?: string;
  /** Of the process. */
  readonly user?: string;
  /** Path of the process's program. */
  readonly program?: string;
  /** Seen from this host. */
  readonly direction?: 'in' | 'out';
  readonly service?: string;
  /** Of the remote address's network. */
  readonly owner?: string;
  /** Application protocol and name, from the first bytes. */
  readonly app?: string;
  readonly name?: string;
  /** The same as `--where` asks for it. */
  readonly host?: KnownHost;
  readonly content?: KnownIdentity;
}
