/**
 * Which shard has a packet: decided by its two addresses, so all flows and fragments between them are in one shard.
 * Keyed like the table's hash, so nobody can send everything into one shard.
 */
import { keyMultiplier, shards } from "../control";
import { CONFIG_HASH_KEY, CONTROL, KEY_HIGH, KEY_LOW, PACKET_KEY } from "../layout";

/** Words of the hash key for the four words of the low address; those for the high one follow. */
const LOW_KEY: usize = CONTROL + CONFIG_HASH_KEY;
const HIGH_KEY: usize = LOW_KEY + 16;

/** Shard of a packet with a key, below `shards`. All four words also of IPv4: a branch would cost more. */
@inline export function shardOf(packet: usize): u32 {
  const low = i32x4.add(v128.load(packet, PACKET_KEY + KEY_LOW), v128.load(LOW_KEY));
  const high = i32x4.add(v128.load(packet, PACKET_KEY + KEY_HIGH), v128.load(HIGH_KEY));
  const pairs = i64x2.add(i64x2.extmul_low_i32x4_u(low, high), i64x2.extmul_high_i32x4_u(low, high));
  const sum = <u64>i64x2.extract_lane(pairs, 0) + <u64>i64x2.extract_lane(pairs, 1);
  const mixed = (sum ^ (sum >> 32)) * keyMultiplier;
  return <u32>(((mixed >> 32) * <u64>shards) >> 32);
}
