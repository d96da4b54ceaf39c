/**
 * Result of the link-layer and tunnel readers: where the network layer begins and which it is. One u64, address above
 * kind, because AssemblyScript functions return one value. Kinds below NETWORK_IPV4 are verdicts.
 */
import { VERDICT_LINK_TRUNCATED, VERDICT_NOT_IP } from "../layout";

export const NETWORK_IPV4: u32 = 64;
export const NETWORK_IPV6: u32 = 65;

@inline export function network(ptr: usize, kind: u32): u64 { return (<u64>ptr << 32) | <u64>kind; }
@inline export function networkAt(n: u64): usize { return <usize>(n >> 32); }
@inline export function networkKind(n: u64): u32 { return <u32>n; }
@inline export function isIp(n: u64): bool { return <u32>n >= NETWORK_IPV4; }
@inline export function notIp(): u64 { return VERDICT_NOT_IP; }
@inline export function linkTruncated(): u64 { return VERDICT_LINK_TRUNCATED; }
