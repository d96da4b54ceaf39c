/** Options of an engine. */
import type { WithName } from '../flow/groups.ts';
import type { IdentifyOptions } from '../flow/identity.ts';
import type { EngineSettings } from '../options/engine_settings.ts';

/** Everything the engine must know: the options that it knows itself, and what follows from others. */
export interface EngineOptions extends EngineSettings {
  /** Closed flows waiting at which reading pauses. */
  readonly closedLimit: number;
  /** Packet headers stored per flow at most; 0: none are stored. */
  readonly headersMax: number;
  /** Chunks of stored headers in all. */
  readonly chunksMax: number;
  /** Groups of fields that flows have beyond the core. None: none. */
  readonly with?: readonly WithName[] | undefined;
  /** Rows have room for derived fields (src/flow/derived_schema.ts), which a stage computes. None: they have not. */
  readonly derived?: boolean;
  /** Ports that servers have, as `80/tcp`. None: those that Zeek's scripts register. For the group `zeek`. */
  readonly serverPorts?: readonly string[] | undefined;
  /** Networks of this site, as `10.0.0.0/8`. For the group `zeek`. */
  readonly localNets?: readonly string[] | undefined;
  /** Packets of other times are filtered out. None: all times are wanted. */
  readonly window?: TimeWindow | undefined;
  /** Keep times and sequence numbers of each direction. */
  readonly directions: boolean;
  /** How flows are identified. None: by the defaults. */
  readonly identify?: IdentifyOptions | undefined;
  /** Chunks for first bytes of flows in all. None: they are not kept. */
  readonly firstChunks?: number;
  /** Bytes read at a time; 0: nothing is read into the engine, frames come through the ring. */
  readonly blockSize: number;
  /** Capture files that can be open at once, each with a block of its own. Default 1. */
  readonly files?: number;
  /** Bytes of the frame ring, a power of two. None: there is no ring. */
  readonly ringSize?: number;
  /** Started flows that may wait for the host, a power of two. None: starts are not noted. */
  readonly starts?: number;
  /** Key of the table's hash, twelve words; random when not given. For reproduction of probe lengths only. */
  readonly hashKey?: Uint32Array | undefined;
  /** The memory is one that threads can share, as engine.shared.wasm needs it. None: it is not. */
  readonly sharedMemory?: boolean;
  /** Several engines share the capture. None: this one has all flows. */
  readonly shards?: ShardOptions;
  /** Makes filters. None: everything passes. */
  readonly filter?: FilterMaker;
}

/** How engines share a capture; the same for all of them. */
export interface ShardOptions {
  /** Engines, each with a shard of the flows. 2..16. */
  readonly count: number;
  /** Bytes of the file that one engine decodes at a time. */
  readonly blockSize: number;
  /** Blocks that are in work at a time, at most. */
  readonly window: number;
  /** Rows of ended flows that an engine has room for. */
  readonly rows: number;
}

/** A span of time, its end not included. */
export interface TimeWindow {
  readonly from?: TimeBound | undefined;
  readonly to?: TimeBound | undefined;
}

export interface TimeBound {
  /** Since the epoch, or since the first packet. 0..2^64-1. */
  readonly ns: bigint;
  /** It is counted from the first packet. */
  readonly relative: boolean;
}

/**
 * Makes the filter of a link type: the bytes of a module that exports `filter(frame, capLen, wireLen)`, over the memory
 * imported as env.memory. `bigEndian`: the file's own byte order, which LINKTYPE_NULL frames depend on. `sharedMemory`: the
 * memory is shared between threads.
 */
export type FilterMaker = (linkType: number, bigEndian: boolean, sharedMemory: boolean) => Uint8Array;
