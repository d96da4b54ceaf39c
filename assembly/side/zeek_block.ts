/** The group zeek as a row has it: a line of conn.log. */
import { localNetsBase, localNetsCount, zeekCuts } from "../control";
import {
  FLOW_BIT_ORIGINATOR_HIGH, LOCAL_NET_ADDRESS, LOCAL_NET_MASK, LOCAL_NET_SIZE, LOCAL_NET_VERSION, PACKET_KEY,
  ROW_DESTINATION, ROW_DESTINATION_PORT, ROW_ICMP_CODE, ROW_ICMP_TYPE, ROW_PROTOCOL, ROW_SOURCE, ROW_SOURCE_PORT,
  ROW_VERSION, SCRATCH_PACKET, SIDE_ZEEK, TEXT_VALUE_HEADER, ZEEK_BIT_GAPS_LOST, ZEEK_BLOCK_CONN_STATE,
  ZEEK_BLOCK_DURATION, ZEEK_BLOCK_GAPS_LOST, ZEEK_BLOCK_HISTORY, ZEEK_BLOCK_LOCAL_ORIG, ZEEK_BLOCK_LOCAL_RESP,
  ZEEK_BLOCK_MISSED_BYTES, ZEEK_BLOCK_ORIG_BYTES, ZEEK_BLOCK_ORIG_PORT, ZEEK_BLOCK_PROTO, ZEEK_BLOCK_RESP_BYTES,
  ZEEK_BLOCK_RESP_PORT, ZEEK_BLOCK_SIZE, ZEEK_BLOCK_SOURCE_IS_ORIGINATOR, ZEEK_BLOCK_START, ZEEK_BLOCK_UID,
  ZEEK_CONN_OTH, ZEEK_LAST, ZEEK_LAST_TIME, ZEEK_MISSED, ZEEK_PROTO_ICMP,
  ZEEK_PROTO_TCP, ZEEK_PROTO_UDP, ZEEK_PROTO_UNKNOWN,
} from "../layout";
import { flowAt, flowBits, linkAt, linkStart, writeKey } from "../table/flow";
import { u8At } from "../wire/bytes";
import { icmpCounterpart, ICMP_ONE_WAY, isIcmp } from "../wire/icmp";
import { PROTOCOL_TCP, PROTOCOL_UDP } from "../wire/numbers";
import { copyWords, setAllBits, sideBlock } from "./record";
import { zeekRecord } from "./zeek";
import { bytesOf } from "./zeek_endpoint";
import { originatorOf, originatorSide, responderOf, zeekBits } from "./zeek_history";
import { tcpConnState, udpConnState } from "./zeek_state";
import { historyOf, numberAt } from "./zeek_rare";
import { writeUid } from "./zeek_uid";

/** The row's core is written. */
@cold export function writeZeekBlock(row: usize, index: u32): void {
  const block = sideBlock(SIDE_ZEEK, row);
  setAllBits(block, ZEEK_BLOCK_SIZE);
  const record = zeekRecord(index);
  const flow = flowAt(index);
  const started = linkStart(linkAt(index));
  const start = cut(started);
  const sourceIsHigh = (flowBits(flow) & FLOW_BIT_ORIGINATOR_HIGH) != 0;
  const isSource = (originatorSide(record) != 0) == sourceIsHigh;
  store<u64>(block, start, ZEEK_BLOCK_START);
  store<u8>(block, u8(isSource), ZEEK_BLOCK_SOURCE_IS_ORIGINATOR);
  writeProtocol(block, row, record, isSource);
  const last = cut(load<u64>(record, ZEEK_LAST_TIME));
  if (last > start) {
    store<u64>(block, last - start, ZEEK_BLOCK_DURATION);
    writeBytes(block, record, u8At(row + ROW_PROTOCOL) == PROTOCOL_TCP);
  }
  store<u64>(block, load<u64>(record, ZEEK_MISSED), ZEEK_BLOCK_MISSED_BYTES);
  store<u8>(block, u8((zeekBits(record) & ZEEK_BIT_GAPS_LOST) != 0), ZEEK_BLOCK_GAPS_LOST);
  writeLocal(block, row, isSource);
  writeKey(SCRATCH_PACKET + PACKET_KEY, flow);
  writeUid(block + ZEEK_BLOCK_UID, SCRATCH_PACKET + PACKET_KEY, started);
  const history = historyOf(record);
  if (u8At(history) != 0) {
    copyWords(block + ZEEK_BLOCK_HISTORY, history, TEXT_VALUE_HEADER + u8At(history));
  }
}

/** With Zeek's cuts times are Zeek's too, which have microseconds. */
@inline function cut(time: u64): u64 { return zeekCuts ? time - beyondMicroseconds(time) : time; }

/** Modulo 1000, which 2^32 is 296 of: with 32 bits, since a division of 64 is slow. */
@inline function beyondMicroseconds(time: u64): u64 {
  return <u64>((<u32>(time >> 32) % 1000 * 296 + <u32>time % 1000) % 1000);
}

/** Protocol, state, and ports with what ICMP has in their place. */
function writeProtocol(block: usize, row: usize, record: usize, isSource: bool): void {
  const protocol = u8At(row + ROW_PROTOCOL);
  let proto: u32 = ZEEK_PROTO_UNKNOWN;
  let state: u32 = ZEEK_CONN_OTH;
  let source = <u32>load<u16>(row, ROW_SOURCE_PORT);
  let destination = <u32>load<u16>(row, ROW_DESTINATION_PORT);
  if (protocol == PROTOCOL_TCP) {
    proto = ZEEK_PROTO_TCP;
    state = tcpConnState(record);
  } else if (protocol == PROTOCOL_UDP) {
    proto = ZEEK_PROTO_UDP;
    state = udpConnState(record);
  } else if (isIcmp(protocol)) {
    proto = ZEEK_PROTO_ICMP;
    source = <u32>load<u16>(row, ROW_ICMP_TYPE);
    destination = icmpCounterpart(protocol, source);
    if (destination == ICMP_ONE_WAY) destination = <u32>load<u16>(row, ROW_ICMP_CODE);
  } else {
    // Zeek knows no others.
    source = 0;
    destination = 0;
  }
  store<u8>(block, <u8>proto, ZEEK_BLOCK_PROTO);
  store<u8>(block, <u8>state, ZEEK_BLOCK_CONN_STATE);
  store<u16>(block, <u16>(isSource ? source : destination), ZEEK_BLOCK_ORIG_PORT);
  store<u16>(block, <u16>(isSource ? destination : source), ZEEK_BLOCK_RESP_PORT);
}

function writeBytes(block: usize, record: usize, isTcp: bool): void {
  const originator = originatorOf(record);
  const responder = responderOf(record);
  store<i64>(block, isTcp ? bytesOf(originator, responder) : numberAt(originator, ZEEK_LAST), ZEEK_BLOCK_ORIG_BYTES);
  store<i64>(block, isTcp ? bytesOf(responder, originator) : numberAt(responder, ZEEK_LAST), ZEEK_BLOCK_RESP_BYTES);
}

function writeLocal(block: usize, row: usize, isSource: bool): void {
  if (localNetsCount == 0) return;
  const version = u8At(row + ROW_VERSION);
  const source = u8(isLocal(row + ROW_SOURCE, version));
  const destination = u8(isLocal(row + ROW_DESTINATION, version));
  store<u8>(block, isSource ? source : destination, ZEEK_BLOCK_LOCAL_ORIG);
  store<u8>(block, isSource ? destination : source, ZEEK_BLOCK_LOCAL_RESP);
}

function isLocal(address: usize, version: u32): bool {
  for (let n: u32 = 0; n < localNetsCount; n++) {
    const net = localNetsBase + <usize>n * LOCAL_NET_SIZE;
    if (load<u32>(net, LOCAL_NET_VERSION) != version) continue;
    if (((load<u64>(address) & load<u64>(net, LOCAL_NET_MASK)) ^ load<u64>(net, LOCAL_NET_ADDRESS)) == 0
      && ((load<u64>(address, 8) & load<u64>(net, LOCAL_NET_MASK + 8)) ^ load<u64>(net, LOCAL_NET_ADDRESS + 8)) == 0) {
      return true;
    }
  }
  return false;
}
