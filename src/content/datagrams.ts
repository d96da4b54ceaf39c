/** Small protocols over UDP: syslog (RFC 3164, 5424), TFTP (RFC 1350), RADIUS (RFC 2865), CoAP (RFC 7252). */

import { indexOfByte, uintAt } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';
import { isPrintableAscii, textOf } from './text.ts';

const SYSLOG_PORT = 514;
const PRIORITY_MAX = 191;

export const recogniseSyslog: Recognise = ({ client, server, serverPort }) => {
  const end = client[0] === 0x3c ? indexOfByte(client, 0x3e, 1, 5) : -1;
  if (end < 2 || server.length > 0) return undefined;
  let priority = 0;
  for (let at = 1; at < end; at++) {
    const digit = (client[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    priority = priority * 10 + digit;
  }
  if (priority > PRIORITY_MAX || !isPrintableAscii(client[end + 1] ?? 0)) return undefined;
  const confidence = serverPort === SYSLOG_PORT ? 2 : 1;
  return verdict('syslog', confidence, false, { details: { facility: priority >> 3, severity: priority & 7 } });
};

const TFTP_PORT = 69;
const MODES = ['octet', 'netascii', 'mail'];
const FILE_MAX = 255;

/** Requests only: data comes from another port, in another flow. */
export const recogniseTftp: Recognise = ({ client, serverPort }) => {
  const opcode = uintAt(client, 0, 2);
  if (opcode !== 1 && opcode !== 2) return undefined;
  const fileEnd = indexOfByte(client, 0, 2, 2 + FILE_MAX);
  const modeEnd = fileEnd <= 2 ? -1 : indexOfByte(client, 0, fileEnd + 1, fileEnd + 10);
  if (modeEnd < 0) return undefined;
  const mode = textOf(client.subarray(fileEnd + 1, modeEnd)).toLowerCase();
  if (!MODES.includes(mode)) return undefined;
  return verdict('tftp', serverPort === TFTP_PORT ? 2 : 1, false, {
    details: { opcode, file: textOf(client.subarray(2, fileEnd)), mode },
  });
};

export const RADIUS_PORTS = [1645, 1646, 1812, 1813, 3799];
const RADIUS_ANSWERS = [2, 3, 5, 11, 41, 42, 44, 45];
const RADIUS_HEADER_SIZE = 20;
const ATTRIBUTES_MAX = 128;

export const recogniseRadius: Recognise = ({ client, server, clientPort, serverPort }) => {
  const asks = isRadius(client) && !RADIUS_ANSWERS.includes(client[0] ?? 0);
  const answers = isRadius(server);
  const paired = asks && answers && client[1] === server[1];
  const onPort = RADIUS_PORTS.includes(serverPort) || RADIUS_PORTS.includes(clientPort);
  if (!paired && !(onPort && (asks || answers))) return undefined;
  return verdict('radius', 2, paired, { details: detailsOf({ code: (asks ? client : server)[0] }) });
};

/** Code, identifier, length of all, authenticator, then attributes that end with it. */
function isRadius(datagram: Uint8Array): boolean {
  const code = datagram[0] ?? 0;
  const size = uintAt(datagram, 2, 2);
  const known = (code >= 1 && code <= 5) || (code >= 11 && code <= 13) || (code >= 40 && code <= 45);
  if (!known || size < RADIUS_HEADER_SIZE || size !== datagram.length) return false;
  let at = RADIUS_HEADER_SIZE;
  for (let n = 0; n < ATTRIBUTES_MAX && at + 2 <= size; n++) {
    const length = datagram[at + 1] ?? 0;
    if (length < 2) return false;
    at += length;
  }
  return at === size;
}

const COAP_PORT = 5683;
const COAP_TOKEN_MAX = 8;
const COAP_PATH = 11;
const OPTIONS_MAX = 16;
const PAYLOAD_MARKER = 0xff;

export const recogniseCoap: Recognise = ({ client, server, clientPort, serverPort }) => {
  const ask = coapMessage(client);
  const answer = coapMessage(server);
  const onPort = clientPort === COAP_PORT || serverPort === COAP_PORT;
  const paired = ask !== undefined && answer !== undefined && ask.token === answer.token;
  const message = ask ?? answer;
  // The other way round: codes of class 2 and above are answers.
  if (ask !== undefined && ask.code >= '2' && answer !== undefined) return undefined;
  // Two fixed bits only: elsewhere than on its port nothing is known.
  if (message === undefined || !onPort || (server.length > 0 && answer === undefined)) return undefined;
  return {
    ...verdict('coap', 1, paired, { details: detailsOf({ code: message.code, path: message.path }) }),
    confidence: paired ? 2 : 1,
  };
};

function coapMessage(datagram: Uint8Array): { code: string; token: string; path: string | undefined } | undefined {
  const first = datagram[0] ?? 0;
  const tokenSize = first & 15;
  const code = datagram[1] ?? 0;
  const codeClass = code >> 5;
  const known = codeClass === 0 || codeClass === 2 || codeClass === 4 || codeClass === 5;
  if (first >> 6 !== 1 || tokenSize > COAP_TOKEN_MAX || !known || datagram.length < 4 + tokenSize) return undefined;
  const token = datagram.subarray(4, 4 + tokenSize).join('.');
  const path = coapPath(datagram, 4 + tokenSize);
  return { code: `${codeClass}.${String(code & 31).padStart(2, '0')}`, token, path };
}

/** Parts of the path, options of number 11; numbers are deltas and lengths may need more bytes (RFC 7252 §3.1). */
function coapPath(datagram: Uint8Array, start: number): string | undefined {
  const parts: string[] = [];
  let number = 0;
  let at = start;
  for (let n = 0; n < OPTIONS_MAX && at < datagram.length; n++) {
    const first = datagram[at++] ?? PAYLOAD_MARKER;
    if (first === PAYLOAD_MARKER) break;
    let delta = first >> 4;
    let size = first & 15;
    if (delta === 13) delta = 13 + (datagram[at++] ?? 0);
    else if (delta >= 14) return undefined;
    if (size === 13) size = 13 + (datagram[at++] ?? 0);
    else if (size >= 14) return undefined;
    number += delta;
    if (at + size > datagram.length) return undefined;
    if (number === COAP_PATH) parts.push(textOf(datagram.subarray(at, at + size)));
    at += size;
  }
  return parts.length === 0 ? undefined : `/${parts.join('/')}`.slice(0, 255);
}
