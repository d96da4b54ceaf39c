/** SYN, SYN+ACK, ACK: how long they took from the point of capture, and what they say of ECN (RFC 3168, RFC 9768). */
import {
  TCP_BITS, TCP_BIT_ACK_AWAITED, TCP_ECN, TCP_ECN_ACCEPTED, TCP_ECN_NONE, TCP_ECN_OFFERED, TCP_HANDSHAKE,
  TCP_HANDSHAKE_SEQ, TCP_RTT_ACK, TCP_RTT_SYN_ACK, TCP_SHAKE_ACK, TCP_SHAKE_AE, TCP_SHAKE_HIGH, TCP_SHAKE_REPEATED,
  TCP_SHAKE_SYN, TCP_SHAKE_SYN_ACK,
} from "../layout";
import { packetAck, packetSeq, packetTcpFlags, packetTime } from "../decode/packet";
import { TCP_ACK, TCP_AE, TCP_CWR, TCP_ECE, TCP_RST, TCP_SYN } from "../wire/numbers";
import { elapsed } from "./figures";
import { tcpSide } from "./tcp_record";

/** A segment that `sender`, side 0 or 1, has sent; `record` is that of the flow, `own` of the side. */
@inline export function noteHandshake(record: usize, own: usize, packet: usize, sender: u32): void {
  const isAckAwaited = (load<u16>(own, TCP_BITS) & TCP_BIT_ACK_AWAITED) != 0;
  if (isAckAwaited || (packetTcpFlags(packet) & TCP_SYN) != 0) noteStep(record, packet, sender);
}

@cold function noteStep(record: usize, packet: usize, sender: u32): void {
  const shake = <u32>load<u8>(record, TCP_HANDSHAKE);
  const flags = packetTcpFlags(packet);
  if ((flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN) {
    noteSyn(record, packet, sender, shake);
    return;
  }
  if ((shake & TCP_SHAKE_SYN) == 0) return;
  const isAnswer = sender != u32((shake & TCP_SHAKE_HIGH) != 0);
  if (isAnswer && (shake & TCP_SHAKE_SYN_ACK) == 0) noteSynAck(record, packet, sender, shake);
  const awaitsAck = (shake & (TCP_SHAKE_SYN_ACK | TCP_SHAKE_ACK)) == TCP_SHAKE_SYN_ACK;
  if (!isAnswer && awaitsAck) noteAck(record, packet, sender, shake);
}

function noteSyn(record: usize, packet: usize, sender: u32, shake: u32): void {
  if ((shake & TCP_SHAKE_SYN) != 0) shake |= TCP_SHAKE_REPEATED;
  if ((shake & TCP_SHAKE_SYN_ACK) == 0) {
    const flags = packetTcpFlags(packet);
    shake = (shake & TCP_SHAKE_REPEATED) | TCP_SHAKE_SYN;
    if (sender != 0) shake |= TCP_SHAKE_HIGH;
    if ((flags & TCP_AE) != 0) shake |= TCP_SHAKE_AE;
    store<u64>(record, packetTime(packet), TCP_RTT_SYN_ACK);
    store<u32>(record, packetSeq(packet), TCP_HANDSHAKE_SEQ);
    if ((flags & (TCP_ECE | TCP_CWR)) == (TCP_ECE | TCP_CWR)) store<u8>(record, TCP_ECN_OFFERED, TCP_ECN);
  }
  store<u8>(record, <u8>shake, TCP_HANDSHAKE);
}

function noteSynAck(record: usize, packet: usize, sender: u32, shake: u32): void {
  const flags = packetTcpFlags(packet);
  if ((flags & (TCP_SYN | TCP_ACK | TCP_RST)) != (TCP_SYN | TCP_ACK)) return;
  if (packetAck(packet) != load<u32>(record, TCP_HANDSHAKE_SEQ) + 1) return;
  const time = packetTime(packet);
  store<u64>(record, elapsed(load<u64>(record, TCP_RTT_SYN_ACK), time), TCP_RTT_SYN_ACK);
  store<u64>(record, time, TCP_RTT_ACK);
  store<u32>(record, packetSeq(packet), TCP_HANDSHAKE_SEQ);
  store<u8>(record, <u8>(shake | TCP_SHAKE_SYN_ACK), TCP_HANDSHAKE);
  const peer = tcpSide(record, sender ^ 1);
  store<u16>(peer, load<u16>(peer, TCP_BITS) | TCP_BIT_ACK_AWAITED, TCP_BITS);
  if (load<u8>(record, TCP_ECN) != TCP_ECN_NONE && acceptsEcn(flags, (shake & TCP_SHAKE_AE) != 0)) {
    store<u8>(record, TCP_ECN_ACCEPTED, TCP_ECN);
  }
}

/** ECE without CWR (RFC 3168 §6.1.1); after a SYN with AE neither none nor all of the three (RFC 9768 §3.1.1). */
function acceptsEcn(flags: u32, offersAccurate: bool): bool {
  const answer = flags & (TCP_AE | TCP_CWR | TCP_ECE);
  if (offersAccurate) return answer != 0 && answer != (TCP_AE | TCP_CWR | TCP_ECE);
  return (flags & (TCP_ECE | TCP_CWR)) == TCP_ECE;
}

function noteAck(record: usize, packet: usize, sender: u32, shake: u32): void {
  if ((packetTcpFlags(packet) & (TCP_ACK | TCP_RST | TCP_SYN)) != TCP_ACK) return;
  if (<i32>(packetAck(packet) - (load<u32>(record, TCP_HANDSHAKE_SEQ) + 1)) < 0) return;
  store<u64>(record, elapsed(load<u64>(record, TCP_RTT_ACK), packetTime(packet)), TCP_RTT_ACK);
  store<u8>(record, <u8>(shake | TCP_SHAKE_ACK), TCP_HANDSHAKE);
  const own = tcpSide(record, sender);
  store<u16>(own, load<u16>(own, TCP_BITS) & ~TCP_BIT_ACK_AWAITED, TCP_BITS);
}
