/** The group tcp as a row has it: originator first, and all bits 1 for what is not known. */
import { flowAt, flowBits, flowPackets, flowProtocol } from "../table/flow";
import {
  FLOW_BIT_ORIGINATOR_HIGH, SIDE_TCP, SPREAD_MAX, SPREAD_MEAN, SPREAD_MIN, TCP_BITS, TCP_BIT_HOLES_LOST, TCP_BIT_MSS,
  TCP_BIT_SACK_PERMITTED, TCP_BIT_SEEN, TCP_BIT_SYN, TCP_BIT_SYN_WHOLE, TCP_BIT_TIMESTAMPS, TCP_BIT_TS,
  TCP_BIT_WINDOW_SCALE, TCP_BLOCK_COUNTS, TCP_BLOCK_ECN, TCP_BLOCK_FLAGS_FIRST, TCP_BLOCK_HANDSHAKE_REPEATED,
  TCP_BLOCK_HOLES_LOST, TCP_BLOCK_ISN, TCP_BLOCK_MISSING_BYTES, TCP_BLOCK_MSS, TCP_BLOCK_RETRANSMITTED_BYTES,
  TCP_BLOCK_RTT_ACK, TCP_BLOCK_RTT_COUNT, TCP_BLOCK_RTT_HANDSHAKE, TCP_BLOCK_RTT_MAX, TCP_BLOCK_RTT_MEAN,
  TCP_BLOCK_RTT_MIN, TCP_BLOCK_RTT_SD, TCP_BLOCK_RTT_SYN_ACK, TCP_BLOCK_SACK_PERMITTED, TCP_BLOCK_SELDOM,
  TCP_BLOCK_SIDES, TCP_BLOCK_SIZE, TCP_BLOCK_TIMESTAMPS, TCP_BLOCK_TS_FIRST, TCP_BLOCK_TS_LAST, TCP_BLOCK_WINDOW_FIRST,
  TCP_BLOCK_WINDOW_MAX, TCP_BLOCK_WINDOW_MIN, TCP_BLOCK_WINDOW_SCALE, TCP_BLOCK_WRAPS, TCP_ECN, TCP_END_COUNTS,
  TCP_FLAGS_FIRST, TCP_HANDSHAKE, TCP_HAS_REST, TCP_ISN, TCP_MSS, TCP_PSH_CARRIED, TCP_PSH_COUNT,
  TCP_RETRANSMITTED_BYTES, TCP_RTT_ACK, TCP_RTT_CARRIED, TCP_RTT_COUNT, TCP_RTT_SYN_ACK, TCP_SELDOM_COUNTS,
  TCP_SHAKE_ACK, TCP_SHAKE_REPEATED, TCP_SHAKE_SYN_ACK, TCP_SIDE_BLOCK_SIZE, TCP_TS_FIRST, TCP_TS_LAST,
  TCP_WINDOW_FIRST, TCP_WINDOW_MAX, TCP_WINDOW_MIN, TCP_WINDOW_SCALE, TCP_WITHOUT_ACK, TCP_WRAPS,
} from "../layout";
import { PROTOCOL_TCP } from "../wire/numbers";
import { spreadDeviation } from "./figures";
import { clearWords, setAllBits, sideBlock } from "./record";
import { missingBytes } from "./tcp_holes";
import { tcpCount, tcpRecord, tcpRest, tcpRtts, tcpSide, tcpUsual } from "./tcp_record";

@cold export function writeTcpBlock(row: usize, index: u32): void {
  const block = sideBlock(SIDE_TCP, row);
  setAllBits(block, TCP_BLOCK_SIZE);
  const flow = flowAt(index);
  if (flowProtocol(flow) != PROTOCOL_TCP) return;
  const originator: u32 = (flowBits(flow) & FLOW_BIT_ORIGINATOR_HIGH) != 0 ? 1 : 0;
  writeSide(block + TCP_BLOCK_SIDES, index, flow, originator);
  writeSide(block + TCP_BLOCK_SIDES + TCP_SIDE_BLOCK_SIZE, index, flow, originator ^ 1);
  writeHandshake(block, tcpRecord(index));
}

function writeSide(to: usize, index: u32, flow: usize, n: u32): void {
  const record = tcpRecord(index);
  const side = tcpSide(record, n);
  const usual = tcpUsual(record, n);
  const bits = <u32>load<u16>(side, TCP_BITS);
  const withAck = flowPackets(flow, n) - load<u64>(usual, TCP_WITHOUT_ACK);
  memory.copy(to + TCP_BLOCK_COUNTS, usual + TCP_END_COUNTS, 3 * 4);
  store<u32>(to, tcpCount(index, n, side + TCP_PSH_COUNT, TCP_PSH_CARRIED), TCP_BLOCK_COUNTS + 3 * 4);
  store<u32>(to, <u32>min<u64>(withAck, u32.MAX_VALUE), TCP_BLOCK_COUNTS + 4 * 4);
  writeRest(to, tcpRest(index, n), load<u8>(usual, TCP_HAS_REST) != 0);
  const trips = tcpCount(index, n, side + TCP_RTT_COUNT, TCP_RTT_CARRIED);
  store<u32>(to, trips, TCP_BLOCK_RTT_COUNT);
  store<u8>(to, u8((bits & TCP_BIT_HOLES_LOST) != 0), TCP_BLOCK_HOLES_LOST);
  if ((bits & TCP_BIT_SEEN) == 0) return;
  store<u16>(to, load<u16>(usual, TCP_FLAGS_FIRST), TCP_BLOCK_FLAGS_FIRST);
  store<u32>(to, <u32>load<u16>(usual, TCP_WINDOW_FIRST), TCP_BLOCK_WINDOW_FIRST);
  store<u32>(to, <u32>load<u16>(usual, TCP_WINDOW_MIN), TCP_BLOCK_WINDOW_MIN);
  store<u32>(to, <u32>load<u16>(usual, TCP_WINDOW_MAX), TCP_BLOCK_WINDOW_MAX);
  if ((bits & TCP_BIT_SYN) != 0) store<u64>(to, <u64>load<u32>(usual, TCP_ISN), TCP_BLOCK_ISN);
  if ((bits & TCP_BIT_MSS) != 0) store<u32>(to, <u32>load<u16>(usual, TCP_MSS), TCP_BLOCK_MSS);
  if ((bits & TCP_BIT_WINDOW_SCALE) != 0) store<u16>(to, load<u8>(usual, TCP_WINDOW_SCALE), TCP_BLOCK_WINDOW_SCALE);
  writeOption(to + TCP_BLOCK_SACK_PERMITTED, bits, TCP_BIT_SACK_PERMITTED);
  writeOption(to + TCP_BLOCK_TIMESTAMPS, bits, TCP_BIT_TIMESTAMPS);
  if ((bits & TCP_BIT_TS) != 0) {
    store<u64>(to, <u64>load<u32>(usual, TCP_TS_FIRST), TCP_BLOCK_TS_FIRST);
    store<u64>(to, <u64>load<u32>(side, TCP_TS_LAST), TCP_BLOCK_TS_LAST);
  }
  writeRoundTrips(to, tcpRtts(record, n), trips);
}

/** What few sides have; 0 when this one has it not. */
function writeRest(to: usize, rest: usize, isThere: bool): void {
  if (!isThere) {
    clearWords(to + TCP_BLOCK_SELDOM + 4, TCP_BLOCK_ISN - TCP_BLOCK_SELDOM - 4);
    store<u32>(to, 0, TCP_BLOCK_SELDOM);
    return;
  }
  memory.copy(to + TCP_BLOCK_SELDOM, rest + TCP_SELDOM_COUNTS, TCP_BLOCK_RTT_COUNT - TCP_BLOCK_SELDOM);
  store<u32>(to, load<u32>(rest, TCP_WRAPS), TCP_BLOCK_WRAPS);
  store<u64>(to, load<u64>(rest, TCP_RETRANSMITTED_BYTES), TCP_BLOCK_RETRANSMITTED_BYTES);
  store<u64>(to, missingBytes(rest), TCP_BLOCK_MISSING_BYTES);
}

/** An option that was there or not, which is not known when it was not seen and some were not captured. */
function writeOption(to: usize, bits: u32, option: u32): void {
  if ((bits & option) != 0) store<u8>(to, 1);
  else if ((bits & TCP_BIT_SYN_WHOLE) != 0) store<u8>(to, 0);
}

function writeRoundTrips(to: usize, trips: usize, count: u32): void {
  if (count == 0) return;
  store<u64>(to, load<u64>(trips, SPREAD_MIN), TCP_BLOCK_RTT_MIN);
  store<u64>(to, load<u64>(trips, SPREAD_MAX), TCP_BLOCK_RTT_MAX);
  store<f64>(to, load<f64>(trips, SPREAD_MEAN), TCP_BLOCK_RTT_MEAN);
  store<f64>(to, spreadDeviation(trips, count), TCP_BLOCK_RTT_SD);
}

function writeHandshake(block: usize, record: usize): void {
  const shake = <u32>load<u8>(record, TCP_HANDSHAKE);
  store<u8>(block, load<u8>(record, TCP_ECN), TCP_BLOCK_ECN);
  store<u8>(block, u8((shake & TCP_SHAKE_REPEATED) != 0), TCP_BLOCK_HANDSHAKE_REPEATED);
  if ((shake & TCP_SHAKE_SYN_ACK) == 0) return;
  const synAck = load<u64>(record, TCP_RTT_SYN_ACK);
  store<u64>(block, synAck, TCP_BLOCK_RTT_SYN_ACK);
  if ((shake & TCP_SHAKE_ACK) == 0) return;
  const ack = load<u64>(record, TCP_RTT_ACK);
  store<u64>(block, ack, TCP_BLOCK_RTT_ACK);
  store<u64>(block, synAck + ack, TCP_BLOCK_RTT_HANDSHAKE);
}
