/** What runs over TPKT and X.224 (RFC 1006): remote desktop (MS-RDPBCGR §2.2.1) and S7 communication. */

import { asciiAt, uintAt, uintLittleAt } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';
import { isRecord } from './starttls.ts';
import { lineAt, textOf } from './text.ts';

const CONNECT_REQUEST = 0xe0;
const CONNECT_CONFIRM = 0xd0;
const DATA = 0xf0;
const X224_AT = 4;
const BODY_AT = 11;
const COOKIE = 'Cookie: mstshash=';
const NEGOTIATION_REQUEST = 1;
const NEGOTIATION_RESPONSE = 2;
const NEGOTIATION_SIZE = 8;

/** Size of a TPKT packet whose X.224 code is at its place; 0 when it is none. */
function tpktSize(bytes: Uint8Array, at: number, code: number): number {
  const size = uintAt(bytes, at + 2, 2);
  const fits = bytes[at] === 3 && bytes[at + 1] === 0 && size >= 7 && ((bytes[at + 5] ?? 0) & 0xf0) === (code & 0xf0);
  return fits && (bytes[at + X224_AT] ?? 255) <= size - 5 ? size : 0;
}

export const recogniseRdp: Recognise = ({ client, server, serverPort, secrets }) => {
  const asked = tpktSize(client, 0, CONNECT_REQUEST);
  const answered = tpktSize(server, 0, CONNECT_CONFIRM);
  const cookie = asked > 0 && asciiAt(client, BODY_AT, COOKIE);
  const negotiation = asked > 0 ? negotiationAt(client, asked) : -1;
  // Other protocols connect by X.224 too: cookie, negotiation or port tell this one.
  if (!cookie && negotiation < 0 && !(asked > 0 && serverPort === 3389)) return undefined;
  const line = cookie ? lineAt(client, BODY_AT + COOKIE.length) : undefined;
  const chosen = answered > 0 && server[BODY_AT] === NEGOTIATION_RESPONSE ? uintLittleAt(server, BODY_AT + 4, 4) : -1;
  return verdict('rdp', 3, answered > 0, {
    details: detailsOf({
      cookie: secrets && line?.whole ? textOf(client.subarray(line.start, line.end)) : undefined,
      requestedProtocols:
        negotiation < 0 || client.length < asked ? undefined : uintLittleAt(client, negotiation + 4, 4),
      chosenProtocol: chosen < 0 ? undefined : chosen,
    }),
    inner: isRecord(client, asked) ? { clientAt: asked, serverAt: answered || server.length, tls: true } : undefined,
  });
};

/** The negotiation request is the end of the packet: type 1, length 8. */
function negotiationAt(client: Uint8Array, size: number): number {
  const at = size - NEGOTIATION_SIZE;
  const fits =
    at >= BODY_AT && client[at] === NEGOTIATION_REQUEST && uintLittleAt(client, at + 2, 2) === NEGOTIATION_SIZE;
  return fits ? at : -1;
}

const S7_ID = 0x32;
const S7_PORT = 102;
const JOB = 1;
const ACKNOWLEDGEMENT = 3;

export const recogniseS7: Recognise = ({ client, server, serverPort }) => {
  const asks = s7Pdu(client);
  const answers = s7Pdu(server);
  if (asks === undefined && answers === undefined) return undefined;
  // The other way round: the client does not acknowledge the server's job.
  if (asks?.type === ACKNOWLEDGEMENT && answers?.type === JOB) return undefined;
  const pdu = asks ?? answers;
  const connects = tpktSize(client, 0, CONNECT_REQUEST) > 0 || tpktSize(client, 0, DATA) > 0;
  if (!connects && client.length > 0) return undefined;
  if (pdu === undefined || (serverPort !== S7_PORT && (asks === undefined || answers === undefined))) return undefined;
  return verdict('s7', 3, asks !== undefined && answers !== undefined, {
    details: detailsOf({ type: pdu.type, function: pdu.code }),
  });
};

/** The first S7 header, after a connect exchange or at once: id 32, kind of message, two reserved zeros. */
function s7Pdu(stream: Uint8Array): { type: number; code: number | undefined } | undefined {
  let at = tpktSize(stream, 0, CONNECT_REQUEST) || tpktSize(stream, 0, CONNECT_CONFIRM);
  if (tpktSize(stream, at, DATA) === 0) return undefined;
  at += X224_AT + 3;
  const type = stream[at + 1] ?? 0;
  if (stream[at] !== S7_ID || ![1, 2, 3, 7].includes(type) || uintAt(stream, at + 2, 2) !== 0) return undefined;
  const parameterAt = at + (type === 2 || type === 3 ? 12 : 10);
  return { type, code: uintAt(stream, at + 6, 2) > 0 ? stream[parameterAt] : undefined };
}
