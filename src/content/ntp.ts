/** NTP (RFC 5905, control messages RFC 9327): on port 123 of a side. */

import { uintAt } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';
import { ipv4Text } from '../flow/address_text.ts';
import { textOf } from './text.ts';

const PORT = 123;
const HEADER_SIZE = 48;
const CLIENT = 3;
const SERVER = 4;
const CONTROL = 6;
const PRIVATE = 7;

export const recogniseNtp: Recognise = ({ client, server, clientPort, serverPort }) => {
  if (clientPort !== PORT && serverPort !== PORT) return undefined;
  const asks = isNtp(client);
  const answers = isNtp(server);
  if ((!asks && !answers) || (!asks && client.length > 0) || (!answers && server.length > 0)) return undefined;
  const message = asks ? client : server;
  // Roles swapped: the request came from the server's side.
  if (asks && answers && modeOf(client) === SERVER && modeOf(server) === CLIENT) return undefined;
  const mode = modeOf(message);
  // A client's request does not name its reference clock; the server's answer does.
  const source = answers ? server : message;
  const stratum = modeOf(source) < CONTROL && modeOf(source) !== CLIENT ? source[1] : undefined;
  return verdict('ntp', 2, asks && answers, {
    details: detailsOf({
      version: ((message[0] ?? 0) >> 3) & 7,
      mode,
      stratum,
      refid: stratum === undefined || uintAt(source, 12, 4) === 0 ? undefined : referenceOf(source, stratum),
    }),
  });
};

const modeOf = (message: Uint8Array): number => (message[0] ?? 0) & 7;

function isNtp(datagram: Uint8Array): boolean {
  const version = ((datagram[0] ?? 0) >> 3) & 7;
  const mode = modeOf(datagram);
  if (version < 1 || version > 4) return false;
  if (mode === CONTROL) return datagram.length >= 12 && datagram.length >= 12 + uintAt(datagram, 10, 2);
  if (mode === PRIVATE) return datagram.length >= 8;
  // After the header: extension fields and a MAC, all multiples of 4 bytes.
  return mode >= 1 && datagram.length >= HEADER_SIZE && datagram.length % 4 === 0 && (datagram[1] ?? 0) <= 16;
}

/** Four letters at stratum 0 and 1, an address above. */
const referenceOf = (message: Uint8Array, stratum: number): string =>
  stratum <= 1 ? textOf(withoutZeros(message.subarray(12, 16))) : ipv4Text(message, 12);

const withoutZeros = (bytes: Uint8Array): Uint8Array => bytes.filter((byte) => byte !== 0);
