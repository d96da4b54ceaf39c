/**
 * Side records: what is kept of a flow beyond its own record, in groups that are on or off. This is the one place that
 * knows the groups; the tracker calls it only when `sides` is not 0. A group that needs nothing but the flow itself
 * keeps no record: it only writes its block.
 *
 * A group is a file with the functions that are called here. Its records have a fixed size, one for each flow index:
 * cleared at the start of the flow, updated by each packet in order, kept until the flow is freed, and copied into the
 * group's block of a row, originator first. Sizes and regions are those of src/engine/side_records.ts.
 */
import { blocks, shards, sides } from "../control";
import { packetFrame, packetIp, packetSide, packetTime } from "../decode/packet";
import {
  CACHE_LINE, KEY_HIGH, KEY_LOW, PACKET_KEY, SIDE_ACTIVITY, SIDE_COMMUNITY_ID, SIDE_DIRECTIONS, SIDE_ENTROPY,
  SIDE_FIRST_PACKETS, SIDE_FIRST_PAYLOAD, SIDE_INTERIM, SIDE_LINK, SIDE_PACKET_LOG, SIDE_PAYLOAD, SIDE_STATS, SIDE_TCP,
  SIDE_ZEEK, STATS_GAPS, STATS_HIGH, STATS_LOW,
} from "../layout";
import { u8At } from "../wire/bytes";
import { activityOfPacket, startActivity } from "./activity";
import { writeActivityBlock } from "./activity_block";
import { writeCommunityIdBlocks } from "./community_id";
import { directionsOfPacket, startDirections, writeDirectionsBlock } from "./directions";
import { writeFirstBlock } from "./first_block";
import { firstPayloadOfPacket, initFirstPayloads, releaseFirstPayload, startFirstPayload } from "./first_payload";
import { entropyOfPacket, initEntropy, startEntropy, writeEntropyBlock } from "./entropy";
import { firstPacketsOfPacket, startFirstPackets, writeFirstPacketsBlock } from "./first_packets";
import { startInterim, writeInterimBlock } from "./interim";
import { linkOfPacket, startLink } from "./link";
import { writeLinkBlock } from "./link_block";
import { endLog, freeLog, initLogs, logHasRoom, logPacket, startLog, writeLogBlock } from "./packet_log";
import { addLine, clearLines, copyRecords, touchRecords, touchTcpRecords } from "./record";
import { startStats, statsOfPacket } from "./stats";
import { writeStatsBlock } from "./stats_block";
import { payloadOfPacket, startPayload, writePayloadBlock } from "./payload";
import { startTcp, tcpOfPacket } from "./tcp";
import { writeTcpBlock } from "./tcp_block";
import { startZeek, zeekOfPacket } from "./zeek";
import { writeZeekBlock } from "./zeek_block";

/** Where the source address is in an IP header (RFC 791, RFC 8200). */
const IPV4_SOURCE: usize = 12;
const IPV6_SOURCE: usize = 8;

/** Groups that are in this build. The page of a browser has few (PAGE_GROUPS in web/protocol.ts), to be small. */
const BUILT: u32 = isDefined(PAGE) ? SIDE_TCP | SIDE_FIRST_PAYLOAD | SIDE_COMMUNITY_ID : u32.MAX_VALUE;

@inline function isOn(group: u32): bool { return (sides & group & BUILT) != 0; }
@inline function hasBlock(group: u32): bool { return (blocks & group & BUILT) != 0; }

/** An empty table. */
export function initSides(): void {
  if (isOn(SIDE_PACKET_LOG)) initLogs();
  if (isOn(SIDE_FIRST_PAYLOAD)) initFirstPayloads();
  if (isOn(SIDE_ENTROPY)) initEntropy();
  clearLines();
  for (let side: u32 = 0; side < 2; side++) addLines(side);
}

/** What nearly all packets that `side` sends need of the records of their flow: as many lines for both sides. */
function addLines(side: u32): void {
  if (isOn(SIDE_FIRST_PAYLOAD)) addLine(SIDE_FIRST_PAYLOAD, 0, side);
  if (isOn(SIDE_ZEEK)) addTwoLines(SIDE_ZEEK, side);
  if (isOn(SIDE_STATS)) {
    addLine(SIDE_STATS, STATS_GAPS, side);
    addLine(SIDE_STATS, side == 0 ? STATS_LOW : STATS_HIGH, side);
  }
  if (isOn(SIDE_LINK)) addTwoLines(SIDE_LINK, side);
  if (isOn(SIDE_ACTIVITY)) addTwoLines(SIDE_ACTIVITY, side);
  if (isOn(SIDE_FIRST_PACKETS)) addLine(SIDE_FIRST_PACKETS, 0, side);
  if (isOn(SIDE_PAYLOAD)) addLine(SIDE_PAYLOAD, 0, side);
  if (isOn(SIDE_ENTROPY)) addLine(SIDE_ENTROPY, 0, side);
}

function addTwoLines(group: u32, side: u32): void {
  addLine(group, 0, side);
  addLine(group, CACHE_LINE, side);
}

/** Room for all that a batch of packets can add? If not, closed flows must be released first. */
export function sidesHaveRoom(): bool {
  return !isOn(SIDE_PACKET_LOG) || logHasRoom();
}

/** Starts the reads of what a batch of packets needs of the records of their likely flows. Returns anything. */
@cold export function prefetchSides(): u64 {
  const sum: u64 = isOn(SIDE_TCP) ? touchTcpRecords(SIDE_TCP, 2) : 0;
  return isOn(~SIDE_TCP) ? sum ^ touchRecords() : sum;
}

/** A flow starts. `packet` is its first one, which packetSides gets as well. */
@cold export function startSides(index: u32, packet: usize): void {
  if (isOn(SIDE_DIRECTIONS)) startDirections(index);
  if (isOn(SIDE_PACKET_LOG)) startLog(index);
  if (isOn(SIDE_TCP)) startTcp(index, packet);
  if (isOn(SIDE_STATS)) startStats(index);
  if (isOn(SIDE_ACTIVITY)) startActivity(index, packetTime(packet));
  if (isOn(SIDE_FIRST_PAYLOAD)) startFirstPayload(index, packet);
  if (isOn(SIDE_ZEEK)) startZeek(index, packet);
  if (isOn(SIDE_LINK)) startLink(index, packet);
  if (isOn(SIDE_FIRST_PACKETS)) startFirstPackets(index);
  if (isOn(SIDE_PAYLOAD)) startPayload(index);
  if (isOn(SIDE_ENTROPY)) startEntropy(index);
  if (isOn(SIDE_INTERIM)) startInterim(index, packet);
}

/**
 * A packet of the flow, before its flags become those of the flow. `side` has sent it. Its frame is still in place, in
 * the block or in the ring: what was captured of it can be read from PACKET_FRAME, PACKET_IP and PACKET_TRANSPORT on.
 */
export function packetSides(index: u32, packet: usize, side: u32): void {
  // Engines that share a capture get no frame where no group reads it.
  assert(shards != 0 || isFrameInPlace(packet));
  // Often the only group, and nothing to do for most packets.
  if (sides == SIDE_FIRST_PAYLOAD) {
    firstPayloadOfPacket(index, packet, side);
    return;
  }
  if (isOn(SIDE_TCP)) tcpOfPacket(index, packet, side);
  if (isOn(SIDE_STATS)) statsOfPacket(index, packet, side);
  if (isOn(SIDE_ZEEK)) zeekOfPacket(index, packet, side);
  if (isOn(~(SIDE_TCP | SIDE_STATS | SIDE_ZEEK))) packetOtherSides(index, packet, side);
}

@cold function packetOtherSides(index: u32, packet: usize, side: u32): void {
  if (isOn(SIDE_DIRECTIONS)) directionsOfPacket(index, packet, side);
  if (isOn(SIDE_PACKET_LOG)) logPacket(index, packet, side);
  if (isOn(SIDE_ACTIVITY)) activityOfPacket(index, packet, side);
  if (isOn(SIDE_FIRST_PAYLOAD)) firstPayloadOfPacket(index, packet, side);
  if (isOn(SIDE_LINK)) linkOfPacket(index, packet, side);
  if (isOn(SIDE_FIRST_PACKETS)) firstPacketsOfPacket(index, packet, side);
  if (isOn(SIDE_PAYLOAD)) payloadOfPacket(index, packet, side);
  if (isOn(SIDE_ENTROPY)) entropyOfPacket(index, packet, side);
}

/**
 * `to` gets the records of another flow, of groups that keep nothing elsewhere: with running records there are neither
 * stored headers nor first bytes.
 */
export function copySides(to: u32, from: u32): void {
  assert((sides & (SIDE_PACKET_LOG | SIDE_FIRST_PAYLOAD)) == 0);
  copyRecords(to, from);
}

/** The flow is over; its records stay readable until it is freed. */
export function endSides(index: u32): void {
  if (isOn(SIDE_PACKET_LOG)) endLog(index);
}

/** The flow was read, and its index is free. */
export function freeSides(index: u32): void {
  if (isOn(SIDE_PACKET_LOG)) freeLog(index);
  if (isOn(SIDE_FIRST_PAYLOAD)) releaseFirstPayload(index);
}

/** The groups' blocks of a row; the core is written. */
@cold export function writeSideRows(row: usize, index: u32): void {
  if (hasBlock(SIDE_DIRECTIONS)) writeDirectionsBlock(row, index);
  if (hasBlock(SIDE_PACKET_LOG)) writeLogBlock(row, index);
  if (hasBlock(SIDE_TCP)) writeTcpBlock(row, index);
  if (hasBlock(SIDE_FIRST_PAYLOAD)) writeFirstBlock(row, index);
  if (hasBlock(SIDE_STATS)) writeStatsBlock(row, index);
  if (hasBlock(SIDE_ZEEK)) writeZeekBlock(row, index);
  if (hasBlock(SIDE_LINK)) writeLinkBlock(row, index);
  if (hasBlock(SIDE_ACTIVITY)) writeActivityBlock(row, index);
  if (hasBlock(SIDE_FIRST_PACKETS)) writeFirstPacketsBlock(row, index);
  if (hasBlock(SIDE_PAYLOAD)) writePayloadBlock(row, index);
  if (hasBlock(SIDE_ENTROPY)) writeEntropyBlock(row, index);
  if (hasBlock(SIDE_INTERIM)) writeInterimBlock(row, index);
}

/** What is made from several rows at once; `size` bytes from one of them to the next. The rest of them is written. */
@cold export function completeSideRows(first: usize, rows: u32, size: usize): void {
  if (hasBlock(SIDE_COMMUNITY_ID)) writeCommunityIdBlocks(first, rows, size);
}

/** Is the sender of the packet's key the one in the frame's IP header? Only asserted. */
function isFrameInPlace(packet: usize): bool {
  const ip = packetIp(packet);
  if (ip < packetFrame(packet)) return false;
  const sender = packet + PACKET_KEY + (packetSide(packet) == 0 ? KEY_LOW : KEY_HIGH);
  if (u8At(ip) >> 4 == 4) return load<u32>(sender) == load<u32>(ip, IPV4_SOURCE);
  return load<u64>(sender) == load<u64>(ip, IPV6_SOURCE) && load<u64>(sender, 8) == load<u64>(ip, IPV6_SOURCE + 8);
}
