/**
 * Redis (RESP), memcached (text and binary) and MongoDB (wire protocol): the first command. Its arguments are not
 * read.
 */

import { asciiAt, indexOfByte, uintAt, uintLittleAt } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';
import { lineAt, textOf, wordAt } from './text.ts';

/** First bytes of an answer in RESP2 and RESP3. */
const REDIS_ANSWERS = [...'+-:$*_%#,(!=~>|'];
const COMMAND_MAX = 32;

export const recogniseRedis: Recognise = ({ client, server }) => {
  const command = redisCommand(client);
  if (command === undefined) return undefined;
  const line = lineAt(server, 0);
  const answers =
    REDIS_ANSWERS.some((sign) => asciiAt(server, 0, sign)) && line?.whole === true && server[line.end] === 13;
  if (server.length > 0 && !answers) return undefined;
  return verdict('redis', 2, answers, { details: { command } });
};

/** `*n\r\n$n\r\nNAME\r\n`: the name of the command in an array of strings. */
function redisCommand(stream: Uint8Array): string | undefined {
  if (!asciiAt(stream, 0, '*')) return undefined;
  const count = lineNumber(stream, 1);
  if (count === undefined || count.value < 1 || stream[count.next] !== 0x24) return undefined;
  const size = lineNumber(stream, count.next + 1);
  if (size === undefined || size.value < 1 || size.value > COMMAND_MAX) return undefined;
  const word = wordAt(stream, size.next);
  return word.length === Math.min(size.value, 16) ? word : undefined;
}

/** Digits up to CRLF. */
function lineNumber(stream: Uint8Array, start: number): { value: number; next: number } | undefined {
  const line = lineAt(stream, start);
  if (line === undefined || !line.whole || line.end - start < 1 || line.end - start > 7) return undefined;
  let value = 0;
  for (let at = start; at < line.end; at++) {
    const digit = (stream[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return { value, next: line.next };
}

const MEMCACHED_COMMANDS: ReadonlySet<string> = new Set(
  (
    'get gets gat gats set add replace append prepend cas delete incr decr touch stats version verbosity flush_all ' +
    'mg ms md ma mn me'
  ).split(' '),
);
const MEMCACHED_ANSWERS: ReadonlySet<string> = new Set(
  (
    'VALUE END STORED NOT_STORED EXISTS NOT_FOUND DELETED TOUCHED OK STAT VERSION ERROR CLIENT_ERROR SERVER_ERROR ' +
    'RESET VA HD NS EX NF EN ME MN'
  ).split(' '),
);
/** Of these the answer is a number. */
const MEMCACHED_SUMS: readonly string[] = ['incr', 'decr'];
const MEMCACHED_PORT = 11_211;
const BINARY_REQUEST = 0x80;
const BINARY_RESPONSE = 0x81;
const BINARY_HEADER_SIZE = 24;

export const recogniseMemcached: Recognise = ({ client, server, serverPort }) => {
  const command = memcachedCommand(client);
  if (command !== undefined) {
    const answer = firstWord(server);
    const answers = MEMCACHED_ANSWERS.has(answer) || (MEMCACHED_SUMS.includes(command) && isNumber(answer));
    if (server.length > 0 && !answers) return undefined;
    return verdict('memcached', 2, answers, { details: { command } });
  }
  const opcode = binaryOpcode(client, BINARY_REQUEST);
  const answered = binaryOpcode(server, BINARY_RESPONSE);
  // One byte of magic: without the answer only the port makes it plausible.
  if (opcode === undefined || (answered !== opcode && (server.length > 0 || serverPort !== MEMCACHED_PORT)))
    return undefined;
  return verdict('memcached', 2, answered === opcode, { details: { command: opcode } });
};

/** The command of a first line that ends with CRLF and begins with one that is known. */
function memcachedCommand(stream: Uint8Array): string | undefined {
  const line = lineAt(stream, 0);
  const command = firstWord(stream);
  return line?.whole === true && stream[line.end] === 13 && MEMCACHED_COMMANDS.has(command) ? command : undefined;
}

/** Up to a space or the end of the line, at most 16 bytes. */
function firstWord(stream: Uint8Array): string {
  let end = 0;
  while (end < stream.length && end < 16 && !END_OF_WORD.includes(stream[end] ?? 0)) end++;
  return textOf(stream.subarray(0, end));
}

const END_OF_WORD: readonly number[] = [0x20, 13, 10];

const isNumber = (word: string): boolean => word !== '' && [...word].every((digit) => digit >= '0' && digit <= '9');

/** Opcode of a header whose lengths agree with each other. */
function binaryOpcode(stream: Uint8Array, magic: number): number | undefined {
  const opcode = stream[1] ?? 255;
  const keySize = uintAt(stream, 2, 2);
  const extrasSize = stream[4] ?? 0;
  const bodySize = uintAt(stream, 8, 4);
  const fits = stream.length >= BINARY_HEADER_SIZE && keySize + extrasSize <= bodySize && bodySize <= 0x200000;
  return stream[0] === magic && fits && opcode <= 0x48 && stream[5] === 0 ? opcode : undefined;
}

/** Number of the request, of this datagram and of all of them, and two reserved bytes of zero. */
const FRAME_SIZE = 8;

export const recogniseMemcachedUdp: Recognise = (conversation) => {
  const { client, server } = conversation;
  const [ask, answer] = [framed(client), framed(server)];
  if (ask === undefined || (server.length > 0 && answer === undefined)) return undefined;
  return recogniseMemcached({ ...conversation, client: ask, server: answer ?? server });
};

/** What the first datagram of a message has behind its frame. */
function framed(datagram: Uint8Array): Uint8Array | undefined {
  const whole = uintAt(datagram, 2, 2) === 0 && uintAt(datagram, 4, 2) >= 1 && uintAt(datagram, 6, 2) === 0;
  return whole ? datagram.subarray(FRAME_SIZE) : undefined;
}

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_COMPRESSED = 2012;
const OP_MSG = 2013;
const MONGO_HEADER_SIZE = 16;
const MONGO_MESSAGE_MAX = 48_000_000;

export const recogniseMongodb: Recognise = ({ client, server }) => {
  const ask = mongoHeader(client);
  const answer = mongoHeader(server);
  if (ask === undefined) return undefined;
  // The answer names the request.
  const paired = answer !== undefined && uintLittleAt(server, 8, 4) === uintLittleAt(client, 4, 4);
  if (server.length > 0 && !paired) return undefined;
  return verdict('mongodb', 2, paired, { details: detailsOf(mongoCommand(client, ask)) });
};

/** Operation of a message; requests answer nothing. */
function mongoHeader(stream: Uint8Array): number | undefined {
  const size = uintLittleAt(stream, 0, 4);
  const opcode = uintLittleAt(stream, 12, 4);
  if (size < MONGO_HEADER_SIZE || size > MONGO_MESSAGE_MAX) return undefined;
  return [OP_REPLY, OP_QUERY, OP_COMPRESSED, OP_MSG].includes(opcode) ? opcode : undefined;
}

/** OP_QUERY names a collection; the first key of OP_MSG's document is the command. */
function mongoCommand(stream: Uint8Array, opcode: number) {
  if (opcode === OP_QUERY) {
    const from = MONGO_HEADER_SIZE + 4;
    const end = indexOfByte(stream, 0, from, from + 255);
    return { opcode, collection: end < 0 ? undefined : textOf(stream.subarray(from, end)) };
  }
  if (opcode !== OP_MSG || stream[20] !== 0) return { opcode };
  const keyAt = 20 + 1 + 4 + 1;
  const end = indexOfByte(stream, 0, keyAt, keyAt + 64);
  return { opcode, command: end <= keyAt ? undefined : textOf(stream.subarray(keyAt, end)) };
}
