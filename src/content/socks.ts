/** SOCKS 5 (RFC 1928) and 4, 4a: the target, then the protocol inside. */

import { indexOfByte, uintAt } from './bytes.ts';
import { detailsOf, verdict, type Inner, type Recognise } from './conversation.ts';
import { ipv4Text, ipv6Text } from '../flow/address_text.ts';
import { NAME_MAX, textOf } from './text.ts';

const CONNECT = 1;
const UDP_ASSOCIATE = 3;
const NO_METHOD = 0xff;
const NO_AUTHENTICATION = 0;
const METHODS_MAX = 16;

export const recogniseSocks: Recognise = (conversation) =>
  conversation.client[0] === 5
    ? socks5(conversation.client, conversation.server)
    : socks4(conversation.client, conversation.server);

function socks5(client: Uint8Array, server: Uint8Array): ReturnType<Recognise> {
  const count = client[1] ?? 0;
  const requestAt = 2 + count;
  const offered = client.subarray(2, requestAt);
  if (count < 1 || count > METHODS_MAX || offered.length < count) return undefined;
  const chosen = server[1] ?? NO_METHOD;
  if (server[0] !== 5 || server.length < 2 || (chosen !== NO_METHOD && !offered.includes(chosen))) return undefined;
  // After a login the request has no fixed place; passwords are not even skipped over.
  const request = chosen === NO_AUTHENTICATION ? target5(client, requestAt) : undefined;
  const reply = request === undefined ? undefined : target5(server, 2);
  const agreed = request?.command === CONNECT && server[3] === 0 && reply !== undefined;
  return verdict('socks', 3, true, {
    details: detailsOf({ version: 5, method: chosen, target: request?.target }),
    inner: agreed && request ? innerAt(request.end, reply.end) : undefined,
  });
}

/** Request and reply have one shape: version 5, command or status, 0, kind of address, address, port. */
function target5(stream: Uint8Array, at: number): { command: number; target: string; end: number } | undefined {
  const command = stream[at + 1] ?? 255;
  const kind = stream[at + 3];
  if (stream[at] !== 5 || command > 8 || stream[at + 2] !== 0) return undefined;
  const size = kind === 1 ? 4 : kind === 4 ? 16 : kind === UDP_ASSOCIATE ? (stream[at + 4] ?? 0) : -1;
  const from = kind === UDP_ASSOCIATE ? at + 5 : at + 4;
  const port = uintAt(stream, from + size, 2);
  if (size < 0 || port < 0) return undefined;
  const address =
    kind === 1
      ? ipv4Text(stream, from)
      : kind === 4
        ? `[${ipv6Text(stream, from)}]`
        : textOf(stream.subarray(from, from + size), NAME_MAX);
  return { command, target: `${address}:${port}`, end: from + size + 2 };
}

const REPLY_SIZE = 8;

function socks4(client: Uint8Array, server: Uint8Array): ReturnType<Recognise> {
  const command = client[1];
  const userEnd = indexOfByte(client, 0, 8, 8 + 256);
  if (client[0] !== 4 || (command !== 1 && command !== 2) || userEnd < 0) return undefined;
  const status = server[1] ?? 0;
  if (server[0] !== 0 || status < 0x5a || status > 0x5d) return undefined;
  // Version 4a: an address 0.0.0.x says that a name follows the user.
  const named = uintAt(client, 4, 3) === 0 && client[7] !== 0;
  const nameEnd = named ? indexOfByte(client, 0, userEnd + 1, userEnd + 1 + NAME_MAX) : userEnd;
  if (nameEnd < 0) return undefined;
  const address = named ? textOf(client.subarray(userEnd + 1, nameEnd), NAME_MAX) : ipv4Text(client, 4);
  return verdict('socks', 3, true, {
    details: { version: 4, target: `${address}:${uintAt(client, 2, 2)}` },
    inner: status === 0x5a && command === CONNECT ? innerAt(nameEnd + 1, REPLY_SIZE) : undefined,
  });
}

const innerAt = (clientAt: number, serverAt: number): Inner => ({ clientAt, serverAt, tls: false });
