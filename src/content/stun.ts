/**
 * STUN (RFC 8489) and TURN (RFC 8656): kind of message, software, mapped address; and what shares its port (RFC 7983).
 */

import { copyOf, Reader, uintAt } from './bytes.ts';
import { detailsOf, verdict, type Conversation, type Recognise } from './conversation.ts';
import { ipv4Text, ipv6Text } from '../flow/address_text.ts';
import { rtpStream } from './rtp.ts';
import { textOf } from './text.ts';

const MAGIC = 0x2112a442;
const HEADER_SIZE = 20;
const MAPPED_ADDRESS = 0x0001;
const XOR_MAPPED_ADDRESS = 0x0020;
const SOFTWARE = 0x8022;
const IPV4 = 1;
const IPV6 = 2;

export const recogniseStun: Recognise = (conversation) => {
  const { client, server } = conversation;
  const asks = isStun(client);
  const answers = isStun(server);
  if (!asks && !answers) return undefined;
  // The other way round: the client does not answer the server's request.
  if (asks && answers && isResponse(client) && !isResponse(server)) return undefined;
  const messages = [client, server].filter(isStun).map(attributesOf);
  const software = messages.find((message) => message.software !== undefined)?.software;
  const mapped = messages.find((message) => message.mapped !== undefined)?.mapped;
  const type = uintAt(asks ? client : server, 0, 2);
  // Media use the path that STUN has opened: they are what the flow is for.
  const media = mediaOf(conversation);
  const whole = isWholeStun(asks ? client : server, conversation.transport);
  return verdict(media === undefined ? 'stun' : 'rtp', whole ? 3 : 2, asks && answers, {
    details: detailsOf({ ...media, type, software, mapped, stun: media === undefined ? undefined : true }),
    malformed: messages.some(({ malformed }) => malformed),
  });
};

/** More than a path carries in one datagram. Bytes. */
const SIZE_MAX = 1500;

/** Magic number and a length of whole words; the capture may have cut the message, over TCP others may follow. */
function isStun(bytes: Uint8Array): boolean {
  const size = uintAt(bytes, 2, 2);
  const fixed = ((bytes[0] ?? 0) & 0xc0) === 0 && uintAt(bytes, 4, 4) === MAGIC;
  return bytes.length >= HEADER_SIZE && fixed && size % 4 === 0 && size <= SIZE_MAX;
}

/** Success or error of a request (RFC 8489 §5). */
const isResponse = (bytes: Uint8Array): boolean => ((bytes[0] ?? 0) & 1) === 1;

/** All of the message is there, and over UDP nothing else. */
const isWholeStun = (bytes: Uint8Array, transport: 'tcp' | 'udp'): boolean => {
  const rest = bytes.length - HEADER_SIZE - uintAt(bytes, 2, 2);
  return transport === 'udp' ? rest === 0 : rest >= 0;
};

/** Two packets of RTP at least: of one source, or one of each side. */
function mediaOf({ clientDatagrams, serverDatagrams }: Conversation): ReturnType<typeof rtpStream> {
  const several = rtpStream(clientDatagrams, 2) ?? rtpStream(serverDatagrams, 2);
  return several ?? (rtpStream(serverDatagrams, 1) && rtpStream(clientDatagrams, 1));
}

interface Attributes {
  software: string | undefined;
  mapped: string | undefined;
  malformed: boolean;
}

function attributesOf(message: Uint8Array): Attributes {
  const found: Attributes = { software: undefined, mapped: undefined, malformed: false };
  const end = HEADER_SIZE + uintAt(message, 2, 2);
  const reader = new Reader(message, HEADER_SIZE, end);
  while (reader.left >= 4) {
    const type = reader.u16();
    const size = reader.u16();
    const value = reader.take(size);
    if (reader.short) break;
    if (type === SOFTWARE) found.software ??= textOf(value);
    if (type === XOR_MAPPED_ADDRESS) found.mapped ??= addressOf(value, message.subarray(4, 20));
    if (type === MAPPED_ADDRESS) found.mapped ??= addressOf(value, undefined);
    reader.skip(Math.min(reader.left, -size & 3));
  }
  found.malformed = reader.short && end <= message.length;
  return found;
}

/** Address and port; in XOR-MAPPED-ADDRESS they are mixed with magic number and transaction id. */
function addressOf(value: Uint8Array, key: Uint8Array | undefined): string | undefined {
  const family = value[1];
  const size = family === IPV4 ? 4 : family === IPV6 ? 16 : 0;
  if (size === 0 || value.length < 4 + size) return undefined;
  const plain = copyOf(value, 2, 4 + size);
  if (key !== undefined) {
    for (let n = 0; n < 2; n++) plain[n] = (plain[n] ?? 0) ^ (key[n] ?? 0);
    for (let n = 0; n < size; n++) plain[n + 2] = (plain[n + 2] ?? 0) ^ (key[n] ?? 0);
  }
  const port = uintAt(plain, 0, 2);
  return family === IPV4 ? `${ipv4Text(plain, 2)}:${port}` : `[${ipv6Text(plain, 2)}]:${port}`;
}
