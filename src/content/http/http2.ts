/** HTTP/2 without TLS (RFC 9113): the client's preface and the server's SETTINGS. Header blocks are not read. */

import { asciiAt, uintAt } from '../bytes.ts';
import { verdict, type Recognise } from '../conversation.ts';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const SETTINGS = 4;

export const recogniseHttp2: Recognise = ({ client, server }) => {
  if (!asciiAt(client, 0, PREFACE)) return undefined;
  return verdict('http2', 3, isSettings(server));
};

/** Type 4 on stream 0, a length of whole settings. */
const isSettings = (bytes: Uint8Array): boolean =>
  bytes.length >= 9 && uintAt(bytes, 0, 3) % 6 === 0 && bytes[3] === SETTINGS && uintAt(bytes, 5, 4) === 0;
