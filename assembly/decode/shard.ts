/**
 * Which shard has a packet: decided by its two addresses, so all flows and fragments between them are in one shard.
 * Keyed like the table's hash, so nobody can send everything into one shard.
 */
import {
  key0, key1, key4, key5, key6, key7, key8, key9, keyMultiplier, shards,
} from "../control";
import { KEY_HIGH, KEY_LOW, KEY_VERSION, PACKET_KEY } from "../layout";

/** Shard of a packet with a key, below `shards`. */
@inline export function shardOf(packet: usize): u32 {
  const key = packet + PACKET_KEY;
  let sum = pair(key, 0, key0, key1);
  if (load<u8>(key, KEY_VERSION) == 6) {
    sum += pair(key, 4, key4, key5) + pair(key, 8, key6, key7) + pair(key, 12, key8, key9);
  }
  const mixed = (sum ^ (sum >> 32)) * keyMultiplier;
  return <u32>(((mixed >> 32) * <u64>shards) >> 32);
}

@inline function pair(key: usize, offset: usize, a: u32, b: u32): u64 {
  return <u64>(load<u32>(key + offset, KEY_LOW) + a) * <u64>(load<u32>(key + offset, KEY_HIGH) + b);
}
