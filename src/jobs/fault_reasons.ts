/** Why one engine reads a capture that several have begun, by SHARD_FAULT_. */
import {
  SHARD_FAULT_FILE,
  SHARD_FAULT_FRAGMENTS,
  SHARD_FAULT_FULL,
  SHARD_FAULT_OVERLAP,
  SHARD_FAULT_SYNS,
  SHARD_FAULT_TIMES,
  SHARD_FAULT_TUNNELS,
} from '../../assembly/layout.ts';

export const FAULT_REASONS: Readonly<Record<number, string>> = {
  [SHARD_FAULT_TIMES]: 'a packet is dated far from those before it',
  [SHARD_FAULT_FRAGMENTS]: 'a fragment comes before the first one of its datagram, or there are very many',
  [SHARD_FAULT_TUNNELS]: 'tunnels are followed and there are fragments',
  [SHARD_FAULT_FILE]: 'the file has more than plain packet records, or cannot be read further',
  [SHARD_FAULT_FULL]: 'there may be more flows than --max-flows',
  [SHARD_FAULT_SYNS]: 'very many connections begin between ports that are in use',
  [SHARD_FAULT_OVERLAP]: 'the files overlap in time',
};
