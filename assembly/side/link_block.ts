/** The group link as a row has it: originator first, and all bits 1 for what is not known. */
import { decapsulate } from "../control";
import {
  FLOW_BIT_ORIGINATOR_HIGH, IP_VALUE_ADDRESS, IP_VALUE_VERSION, LABELS_KEPT_MAX, LAYERS_BITS,
  LAYERS_BIT_DSCP_CHANGED, LAYERS_BIT_FROM, LAYERS_BIT_MAC_CHANGED, LAYERS_BIT_SEEN, LAYERS_BIT_TO,
  LAYERS_BIT_TUNNEL_CHANGED, LAYERS_BIT_VLAN_CHANGED, LAYERS_BLOCK_COUNTS, LAYERS_BLOCK_DESTINATION_MAC,
  LAYERS_BLOCK_DSCP_CHANGED, LAYERS_BLOCK_FLOW_LABEL, LAYERS_BLOCK_MAC_CHANGED, LAYERS_BLOCK_MPLS,
  LAYERS_BLOCK_MPLS_COUNT, LAYERS_BLOCK_MPLS_LABELS, LAYERS_BLOCK_SIZE, LAYERS_BLOCK_SOURCE_MAC,
  LAYERS_BLOCK_TOS_FIRST, LAYERS_BLOCK_TOS_LAST, LAYERS_BLOCK_TTL_FIRST, LAYERS_BLOCK_TTL_MAX, LAYERS_BLOCK_TTL_MIN,
  LAYERS_BLOCK_TUNNEL_CHANGED, LAYERS_BLOCK_TUNNEL_DEPTH, LAYERS_BLOCK_TUNNEL_DESTINATION,
  LAYERS_BLOCK_TUNNEL_DESTINATION_PORT, LAYERS_BLOCK_TUNNEL_ID, LAYERS_BLOCK_TUNNEL_KIND, LAYERS_BLOCK_TUNNEL_SOURCE,
  LAYERS_BLOCK_TUNNEL_SOURCE_PORT, LAYERS_BLOCK_VLANS, LAYERS_BLOCK_VLAN_CHANGED, LAYERS_BLOCK_VLAN_COUNT,
  LAYERS_BLOCK_VLAN_IDS, LAYERS_FLOW_LABEL, LAYERS_FROM, LAYERS_SIDE_BLOCK_SIZE, LAYERS_SIDE_SIZE, LAYERS_TAGS,
  LAYERS_TO, LAYERS_TOS_FIRST, LAYERS_TOS_LAST, LAYERS_TTL_FIRST, LAYERS_TTL_MAX, LAYERS_TTL_MIN,
  LAYERS_TUNNEL_BITS, LAYERS_TUNNEL_BIT_ID, LAYERS_TUNNEL_BIT_PORTS, LAYERS_TUNNEL_DEPTH, LAYERS_TUNNEL_DESTINATION,
  LAYERS_TUNNEL_DESTINATION_PORT, LAYERS_TUNNEL_ID, LAYERS_TUNNEL_KIND, LAYERS_TUNNEL_SOURCE,
  LAYERS_TUNNEL_SOURCE_PORT, LAYERS_TUNNEL_VERSION, ROW_VERSION, SIDE_LINK, TAGS_LABELS, TAGS_LABEL_COUNT, TAGS_VLANS,
  TAGS_VLAN_COUNT, VLANS_MAX,
} from "../layout";
import { flowAt, flowBits } from "../table/flow";
import { u8At } from "../wire/bytes";
import { MAC_SIZE } from "../wire/ethernet";
import { linkRecord } from "./link";
import { setAllBits, sideBlock } from "./record";

const ADDRESS_SIZE: usize = 16;

/** The row's core is written. */
@cold export function writeLinkBlock(row: usize, index: u32): void {
  const block = sideBlock(SIDE_LINK, row);
  setAllBits(block, LAYERS_BLOCK_SIZE);
  const record = linkRecord(index);
  const isTurned = (flowBits(flowAt(index)) & FLOW_BIT_ORIGINATOR_HIGH) != 0;
  const forward = record + (isTurned ? LAYERS_SIDE_SIZE : 0);
  const reverse = record + (isTurned ? 0 : LAYERS_SIDE_SIZE);
  const isIpv6 = u8At(row + ROW_VERSION) == 6;
  writeSide(block, forward, isIpv6);
  writeSide(block + LAYERS_SIDE_BLOCK_SIZE, reverse, isIpv6);
  const bits = u8At(forward + LAYERS_BITS);
  if ((bits & LAYERS_BIT_FROM) != 0) writeMac(block + LAYERS_BLOCK_SOURCE_MAC, forward + LAYERS_FROM);
  if ((bits & LAYERS_BIT_TO) != 0) writeMac(block + LAYERS_BLOCK_DESTINATION_MAC, forward + LAYERS_TO);
  const any = bits | u8At(reverse + LAYERS_BITS);
  store<u8>(block, u8((any & LAYERS_BIT_VLAN_CHANGED) != 0), LAYERS_BLOCK_VLAN_CHANGED);
  store<u8>(block, u8((any & LAYERS_BIT_MAC_CHANGED) != 0), LAYERS_BLOCK_MAC_CHANGED);
  store<u8>(block, u8((any & LAYERS_BIT_TUNNEL_CHANGED) != 0), LAYERS_BLOCK_TUNNEL_CHANGED);
  writeTags(block, record + LAYERS_TAGS);
  const depth = decapsulate ? load<u8>(record, LAYERS_TUNNEL_DEPTH) : 0;
  store<u8>(block, depth, LAYERS_BLOCK_TUNNEL_DEPTH);
  if (depth != 0) writeTunnel(block, record);
}

function writeSide(to: usize, side: usize, isIpv6: bool): void {
  memory.copy(to + LAYERS_BLOCK_COUNTS, side, LAYERS_FLOW_LABEL);
  const bits = u8At(side + LAYERS_BITS);
  if ((bits & LAYERS_BIT_SEEN) == 0) return;
  if (isIpv6) store<u32>(to, load<u32>(side, LAYERS_FLOW_LABEL), LAYERS_BLOCK_FLOW_LABEL);
  store<u16>(to, <u16>u8At(side + LAYERS_TTL_FIRST), LAYERS_BLOCK_TTL_FIRST);
  store<u16>(to, <u16>u8At(side + LAYERS_TTL_MIN), LAYERS_BLOCK_TTL_MIN);
  store<u16>(to, <u16>u8At(side + LAYERS_TTL_MAX), LAYERS_BLOCK_TTL_MAX);
  store<u16>(to, <u16>u8At(side + LAYERS_TOS_FIRST), LAYERS_BLOCK_TOS_FIRST);
  store<u16>(to, <u16>u8At(side + LAYERS_TOS_LAST), LAYERS_BLOCK_TOS_LAST);
  store<u8>(to, u8((bits & LAYERS_BIT_DSCP_CHANGED) != 0), LAYERS_BLOCK_DSCP_CHANGED);
}

function writeMac(to: usize, mac: usize): void {
  store<u64>(to, 0);
  memory.copy(to, mac, MAC_SIZE);
}

function writeTags(block: usize, tags: usize): void {
  const vlans = u8At(tags + TAGS_VLAN_COUNT);
  const labels = u8At(tags + TAGS_LABEL_COUNT);
  store<u8>(block, <u8>vlans, LAYERS_BLOCK_VLAN_COUNT);
  store<u8>(block, <u8>labels, LAYERS_BLOCK_MPLS_COUNT);
  store<u32>(block, min<u32>(vlans, VLANS_MAX), LAYERS_BLOCK_VLANS);
  store<u32>(block, min<u32>(labels, LABELS_KEPT_MAX), LAYERS_BLOCK_MPLS);
  for (let n: usize = 0; n < <usize>VLANS_MAX; n++) {
    store<u32>(block + (n << 2), <u32>load<u16>(tags + (n << 1), TAGS_VLANS), LAYERS_BLOCK_VLAN_IDS);
  }
  memory.copy(block + LAYERS_BLOCK_MPLS_LABELS, tags + TAGS_LABELS, LABELS_KEPT_MAX * 4);
}

function writeTunnel(block: usize, record: usize): void {
  store<u8>(block, load<u8>(record, LAYERS_TUNNEL_KIND), LAYERS_BLOCK_TUNNEL_KIND);
  const version = load<u8>(record, LAYERS_TUNNEL_VERSION);
  writeIp(block + LAYERS_BLOCK_TUNNEL_SOURCE, version, record + LAYERS_TUNNEL_SOURCE);
  writeIp(block + LAYERS_BLOCK_TUNNEL_DESTINATION, version, record + LAYERS_TUNNEL_DESTINATION);
  const bits = u8At(record + LAYERS_TUNNEL_BITS);
  if ((bits & LAYERS_TUNNEL_BIT_ID) != 0) {
    store<u64>(block, <u64>load<u32>(record, LAYERS_TUNNEL_ID), LAYERS_BLOCK_TUNNEL_ID);
  }
  if ((bits & LAYERS_TUNNEL_BIT_PORTS) == 0) return;
  store<u32>(block, <u32>load<u16>(record, LAYERS_TUNNEL_SOURCE_PORT), LAYERS_BLOCK_TUNNEL_SOURCE_PORT);
  store<u32>(block, <u32>load<u16>(record, LAYERS_TUNNEL_DESTINATION_PORT), LAYERS_BLOCK_TUNNEL_DESTINATION_PORT);
}

function writeIp(to: usize, version: u8, address: usize): void {
  store<u8>(to, version, IP_VALUE_VERSION);
  memory.copy(to + IP_VALUE_ADDRESS, address, ADDRESS_SIZE);
}
