/** Options of an engine. */

/** Everything the engine must know. All fields are set; defaults are the business of the callers. */
export interface EngineOptions {
  /** One flow for both directions, or one for each. */
  readonly bidirectional: boolean;
  /** Silence that ends a flow, nanoseconds. */
  readonly flowTimeoutNs: bigint;
  /** Silence that ends a flow after FIN or RST, nanoseconds; 0: at once. */
  readonly finTimeoutNs: bigint;
  /** Age that ends a flow, nanoseconds; 0: off. */
  readonly activeTimeoutNs: bigint;
  /** Later fragments: to the flow of the first one, or to the flow with ports 0. */
  readonly fragments: 'attribute' | 'port0';
  /** Follow tunnels to the innermost packet. */
  readonly decapsulate: boolean;
  /** Bytes of a frame that are decoded; 0: all that were captured. */
  readonly snaplen: number;
  /** Active flows at most. */
  readonly maxFlows: number;
  /** Closed flows waiting at which reading pauses. */
  readonly closedLimit: number;
  /** Packet headers stored per flow at most; 0: none are stored. */
  readonly headersMax: number;
  /** Chunks of stored headers in all. */
  readonly chunksMax: number;
  /** Keep times and sequence numbers of each direction. */
  readonly directions: boolean;
  /** Memory limits of the active flows, bytes; 0: none. */
  readonly softLimit: number;
  readonly hardLimit: number;
  /** Bytes read at a time; 0: nothing is read into the engine, frames come through the ring. */
  readonly blockSize: number;
  /** Bytes of the frame ring, a power of two. None: there is no ring. */
  readonly ringSize?: number;
  /** Started flows that may wait for the host, a power of two. None: starts are not noted. */
  readonly starts?: number;
  /** Key of the table's hash, twelve words; random when not given. For reproduction of probe lengths only. */
  readonly hashKey?: Uint32Array;
  /** Makes filters. None: everything passes. */
  readonly filter?: FilterMaker;
}

/**
 * Makes the filter of a link type: the bytes of a module that exports `filter(frame, capLen, wireLen)`, over the memory
 * imported as env.memory. `bigEndian`: the file's own byte order, which LINKTYPE_NULL frames depend on. `sharedMemory`: the
 * memory is shared between threads.
 */
export type FilterMaker = (linkType: number, bigEndian: boolean, sharedMemory: boolean) => Uint8Array;
