/** How messages go to a collector, or flows to a broker. */
import type { NetworkAddress } from './network_address.ts';
import type { OutputCounters } from './output_counters.ts';

export interface NetworkOptions {
  readonly address: NetworkAddress;
  /** Bytes of a datagram at most. */
  readonly messageSize: number;
  /** Datagrams a second at most. */
  readonly rate: number;
  /** Waits forever for a collector that is away. */
  readonly isEndless: boolean;
  /** Other outputs have their turns: a collector that is away is not waited for, and misses messages. */
  readonly isShared: boolean;
  readonly counters: OutputCounters;
}

/** Between two attempts to connect again, milliseconds. */
export const RETRY_MS = 1000;
/** How long a collector may be away while captures are read; live capture waits forever. Milliseconds. */
export const AWAY_MAX_MS = 30_000;
