/**
 * Side records of connections as Zeek's conn.log has them: who the originator is, what happened in which order, states,
 * bytes by sequence numbers, gaps. The rules of TCP are in zeek_tcp.ts; cuts by Zeek's rules in track/zeek_cuts.ts.
 *
 * TCP segments and ICMP messages whose header was not captured whole count nowhere. Later fragments only make the
 * connection last longer.
 */
import { addSaturated } from "../control";
import {
  packetBits, packetPayloadBytes, packetProtocol, packetSide, packetTime, packetTransport, packetTransportEnd,
} from "../decode/packet";
import {
  PACKET_BIT_LATER, PACKET_BIT_PARTIAL, PACKET_BIT_TCP_OFFSET, SIDE_ZEEK, ZEEK_BIT_REFILE, ZEEK_COUNT_CHECKSUM,
  ZEEK_EDGE, ZEEK_END_D, ZEEK_END_DID_CLOSE, ZEEK_LAST, ZEEK_LAST_TIME, ZEEK_NAME_CHECK_NS, ZEEK_SINCE, ZEEK_SIZE,
} from "../layout";
import { fits } from "../wire/bytes";
import { ICMP_HEADER_SIZE, isIcmp } from "../wire/icmp";
import { PROTOCOL_TCP, PROTOCOL_UDP } from "../wire/numbers";
import { tcpHeaderSize } from "../wire/tcp";
import { udpLength, UDP_HEADER_SIZE } from "../wire/udp";
import { clearWords, sideRecord } from "./record";
import { addOnce, addScaled, addZeekBits, endBits, endOf, flip, LETTER_C, LETTER_D } from "./zeek_history";
import { numberAt, setNumber } from "./zeek_rare";
import { isSentByResponder } from "./zeek_roles";
import { segmentOfConnection } from "./zeek_tcp";

@inline export function zeekRecord(index: u32): usize { return sideRecord(SIDE_ZEEK, index); }

@cold export function startZeek(index: u32, packet: usize): void {
  const record = zeekRecord(index);
  clearWords(record, ZEEK_SIZE);
  store<u32>(endOf(record, 0), 1, ZEEK_EDGE);
  store<u32>(endOf(record, 1), 1, ZEEK_EDGE);
  store<u64>(record, packetTime(packet), ZEEK_LAST_TIME);
  if (packetProtocol(packet) != PROTOCOL_TCP) {
    store<u64>(record, addSaturated(packetTime(packet), ZEEK_NAME_CHECK_NS), ZEEK_SINCE);
  }
  addZeekBits(record, packetSide(packet));
  if (isSentByResponder(packet, packetSide(packet))) {
    flip(record);
    addZeekBits(record, ZEEK_BIT_REFILE);
  }
}

/** A packet that `sender`, side 0 or 1 of the key, has sent. */
export function zeekOfPacket(index: u32, packet: usize, sender: u32): void {
  const record = zeekRecord(index);
  const bits = packetBits(packet);
  const protocol = packetProtocol(packet);
  if ((bits & (PACKET_BIT_LATER | PACKET_BIT_PARTIAL | PACKET_BIT_TCP_OFFSET)) != 0) {
    if ((bits & PACKET_BIT_LATER) != 0) noteLater(record, packet);
    return;
  }
  if (protocol == PROTOCOL_TCP) {
    const header = packetTransport(packet);
    if (!fits(header, tcpHeaderSize(header), packetTransportEnd(packet))) return;
    segmentOfConnection(record, packet, sender);
    return;
  }
  if (isIcmp(protocol) && !fits(packetTransport(packet), ICMP_HEADER_SIZE, packetTransportEnd(packet))) return;
  const time = packetTime(packet);
  store<u64>(record, max(load<u64>(record, ZEEK_LAST_TIME), time), ZEEK_LAST_TIME);
  if (time >= load<u64>(record, ZEEK_SINCE)) store<u64>(record, addSaturated(time, ZEEK_NAME_CHECK_NS), ZEEK_SINCE);
  const end = endOf(record, sender);
  setNumber(end, ZEEK_LAST, numberAt(end, ZEEK_LAST) + <i64>payloadOf(packet, protocol));
  if (protocol == PROTOCOL_UDP) addOnce(record, end, ZEEK_END_D, LETTER_D);
}

/** Of UDP by its own length, which the first fragment has for all. */
@inline function payloadOf(packet: usize, protocol: u32): u32 {
  if (protocol != PROTOCOL_UDP) return isIcmp(protocol) ? packetPayloadBytes(packet) : 0;
  const length = udpLength(packetTransport(packet));
  return length > UDP_HEADER_SIZE ? length - UDP_HEADER_SIZE : 0;
}

/** A fragment that is not the first. */
function noteLater(record: usize, packet: usize): void {
  const closed = endBits(endOf(record, 0)) & endBits(endOf(record, 1)) & ZEEK_END_DID_CLOSE;
  if (closed == 0) store<u64>(record, max(load<u64>(record, ZEEK_LAST_TIME), packetTime(packet)), ZEEK_LAST_TIME);
}

/** A packet of `sender` whose checksum is wrong. */
export function zeekOfWrongChecksum(index: u32, sender: u32): void {
  const record = zeekRecord(index);
  addScaled(record, endOf(record, sender), ZEEK_COUNT_CHECKSUM, LETTER_C);
}
