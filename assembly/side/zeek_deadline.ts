/**
 * When a connection is over by Zeek's rules: a time from which on a packet begins another one. It depends on the flow's
 * own packets only. The seconds are those of Zeek's default scripts.
 */
import { addSaturated } from "../control";
import {
  END_FIN, END_IDLE, END_RST, ZEEK_BIT_ATTEMPT, ZEEK_BIT_CLOSED, ZEEK_BIT_ESTABLISHED, ZEEK_BIT_LEFT, ZEEK_LAST_TIME,
  ZEEK_SINCE, ZEEK_STATE_INACTIVE, ZEEK_STATE_RESET, ZEEK_STATE_SYN_ACK_SENT, ZEEK_STATE_SYN_SENT,
} from "../layout";
import { flowAt, flowPort, flowProtocol } from "../table/flow";
import { PROTOCOL_TCP, PROTOCOL_UDP } from "../wire/numbers";
import { zeekRecord } from "./zeek";
import { stateOf } from "./zeek_endpoint";
import { originatorOf, originatorSide, responderOf, zeekBits } from "./zeek_history";

const SECOND_NS: u64 = 1000000000;
/** After a complete close (tcp_close_delay), and of an attempt without answer (tcp_attempt_delay). */
const TCP_CLOSE_NS: u64 = 5 * SECOND_NS;
const TCP_ATTEMPT_NS: u64 = 5 * SECOND_NS;
/** Silence of TCP, of logins, of everything else. */
const TCP_SILENCE_NS: u64 = 300 * SECOND_NS;
const LOGIN_SILENCE_NS: u64 = 3600 * SECOND_NS;
const SILENCE_NS: u64 = 60 * SECOND_NS;
/** Silence of name services when they are looked at. */
const NAME_SILENCE_NS: u64 = 9 * SECOND_NS;

export function zeekDeadline(index: u32): u64 {
  const record = zeekRecord(index);
  const last = load<u64>(record, ZEEK_LAST_TIME);
  const flow = flowAt(index);
  const protocol = flowProtocol(flow);
  if (protocol == PROTOCOL_TCP) return tcpDeadline(flow, record, last);
  if (protocol == PROTOCOL_UDP && isNameService(responderPort(flow, record))) {
    return max(load<u64>(record, ZEEK_SINCE), addSaturated(last, NAME_SILENCE_NS));
  }
  return addSaturated(last, SILENCE_NS);
}

/** Is it surely not over at `time`? Tells nearly always with less work than zeekDeadline. */
export function isSurelyAlive(index: u32, time: u64): bool {
  const record = zeekRecord(index);
  if (time >= addSaturated(load<u64>(record, ZEEK_LAST_TIME), TCP_ATTEMPT_NS)) return false;
  const bits = zeekBits(record) & (ZEEK_BIT_CLOSED | ZEEK_BIT_ATTEMPT | ZEEK_BIT_LEFT);
  if (bits == ZEEK_BIT_ATTEMPT) return time < addSaturated(load<u64>(record, ZEEK_SINCE), TCP_ATTEMPT_NS);
  return (bits & ZEEK_BIT_CLOSED) == 0;
}

function tcpDeadline(flow: usize, record: usize, last: u64): u64 {
  const bits = zeekBits(record);
  const since = load<u64>(record, ZEEK_SINCE);
  if ((bits & ZEEK_BIT_CLOSED) != 0) return addSaturated(since, TCP_CLOSE_NS);
  const originator = stateOf(originatorOf(record));
  if (stateOf(responderOf(record)) == ZEEK_STATE_INACTIVE) {
    // Only segments whose header was not whole.
    if (originator == ZEEK_STATE_INACTIVE) return addSaturated(last, TCP_ATTEMPT_NS);
    const isAttempt = originator == ZEEK_STATE_SYN_SENT || originator == ZEEK_STATE_SYN_ACK_SENT;
    if (isAttempt && (bits & ZEEK_BIT_ATTEMPT) != 0) return addSaturated(since, TCP_ATTEMPT_NS);
  }
  if ((bits & ZEEK_BIT_LEFT) == 0) return u64.MAX_VALUE;
  const isLogin = (bits & ZEEK_BIT_ESTABLISHED) != 0 && isLoginPort(responderPort(flow, record));
  return addSaturated(last, isLogin ? LOGIN_SILENCE_NS : TCP_SILENCE_NS);
}

/** Why it is over when its deadline has passed. */
export function zeekEndReason(index: u32): u32 {
  const record = zeekRecord(index);
  if (flowProtocol(flowAt(index)) != PROTOCOL_TCP || (zeekBits(record) & ZEEK_BIT_CLOSED) == 0) return END_IDLE;
  const isReset = stateOf(originatorOf(record)) == ZEEK_STATE_RESET || stateOf(responderOf(record)) == ZEEK_STATE_RESET;
  return isReset ? END_RST : END_FIN;
}

@inline function responderPort(flow: usize, record: usize): u32 {
  return flowPort(flow, originatorSide(record) != 0 ? 0 : 1);
}

/** DNS, NetBIOS names, mDNS, LLMNR. */
function isNameService(port: u32): bool {
  return port == 53 || port == 137 || port == 5353 || port == 5355;
}

/** FTP, SSH, Telnet, rlogin. */
function isLoginPort(port: u32): bool {
  return (port >= 21 && port <= 23) || port == 513;
}
