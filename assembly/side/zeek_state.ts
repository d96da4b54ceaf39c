/** conn_state: what became of a connection, in a word, as Zeek has it. */
import {
  TEXT_VALUE_HEADER, ZEEK_CONN_OTH, ZEEK_CONN_REJ, ZEEK_CONN_RSTO, ZEEK_CONN_RSTOS0, ZEEK_CONN_RSTR, ZEEK_CONN_RSTRH,
  ZEEK_CONN_S0, ZEEK_CONN_S1, ZEEK_CONN_S2, ZEEK_CONN_S3, ZEEK_CONN_SF, ZEEK_CONN_SH, ZEEK_CONN_SHR, ZEEK_END_D,
  ZEEK_STATE_CLOSED, ZEEK_STATE_ESTABLISHED, ZEEK_STATE_INACTIVE, ZEEK_STATE_RESET,
  ZEEK_STATE_SYN_ACK_SENT, ZEEK_STATE_SYN_SENT,
} from "../layout";
import { u8At } from "../wire/bytes";
import { bytesOf, isIdle, stateOf } from "./zeek_endpoint";
import {
  endBits, LETTER_A, LETTER_F, LETTER_G, LETTER_H, LETTER_I, LETTER_Q, LETTER_R, LETTER_S, originatorOf, responderOf,
} from "./zeek_history";
import { historyOf } from "./zeek_rare";

/** Returns ZEEK_CONN_. */
export function tcpConnState(record: usize): u32 {
  const originator = originatorOf(record);
  const responder = responderOf(record);
  const o = stateOf(originator);
  const r = stateOf(responder);
  if (r == ZEEK_STATE_RESET) {
    const refused = o == ZEEK_STATE_RESET && bytesOf(originator, responder) == 0 && bytesOf(responder, originator) == 0;
    if (refused || o == ZEEK_STATE_SYN_SENT || o == ZEEK_STATE_SYN_ACK_SENT) return ZEEK_CONN_REJ;
    return isIdle(originator) ? ZEEK_CONN_RSTRH : ZEEK_CONN_RSTR;
  }
  if (o == ZEEK_STATE_RESET) {
    if (!isIdle(responder)) return ZEEK_CONN_RSTO;
    return isResetAttempt(record) ? ZEEK_CONN_RSTOS0 : ZEEK_CONN_OTH;
  }
  if (o == ZEEK_STATE_CLOSED) {
    if (r == ZEEK_STATE_CLOSED) return ZEEK_CONN_SF;
    return isIdle(responder) ? ZEEK_CONN_SH : ZEEK_CONN_S2;
  }
  if (r == ZEEK_STATE_CLOSED) return isIdle(originator) ? ZEEK_CONN_SHR : ZEEK_CONN_S3;
  if (o == ZEEK_STATE_SYN_SENT && r == ZEEK_STATE_INACTIVE) return ZEEK_CONN_S0;
  return o == ZEEK_STATE_ESTABLISHED && r == ZEEK_STATE_ESTABLISHED ? ZEEK_CONN_S1 : ZEEK_CONN_OTH;
}

/** By who has sent datagrams. */
export function udpConnState(record: usize): u32 {
  const hasResponder = (endBits(responderOf(record)) & ZEEK_END_D) != 0;
  if ((endBits(originatorOf(record)) & ZEEK_END_D) != 0) return hasResponder ? ZEEK_CONN_SF : ZEEK_CONN_S0;
  return hasResponder ? ZEEK_CONN_SHR : ZEEK_CONN_OTH;
}

/** After its SYN the originator has done nothing that counts before its RST: `^\^?S[^HAFGIQ]*R`. */
function isResetAttempt(record: usize): bool {
  const history = historyOf(record);
  const end = history + TEXT_VALUE_HEADER + u8At(history);
  let at: usize = history + TEXT_VALUE_HEADER;
  if (at < end && u8At(at) == 0x5e) at++;
  if (at >= end || u8At(at) != LETTER_S) return false;
  for (at++; at < end; at++) {
    const letter = u8At(at);
    if (letter == LETTER_R) return true;
    if (letter == LETTER_H || letter == LETTER_A || letter == LETTER_F || letter == LETTER_G || letter == LETTER_I
      || letter == LETTER_Q) return false;
  }
  return false;
}
