/** MQTT 3.1, 3.1.1 and 5 (OASIS): the CONNECT packet and its answer. Passwords are never read. */

import { asciiAt, Reader } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';
import { textOf } from './text.ts';

const CONNECT = 0x10;
const CONNACK = 0x20;
const WILL = 0x04;
const USER = 0x80;

export const recogniseMqtt: Recognise = ({ client, server, secrets }) => {
  const connect = connectOf(client);
  if (connect === undefined) return undefined;
  const answers = server[0] === CONNACK && (server[1] === 2 || (connect.version === 5 && (server[1] ?? 0) >= 3));
  return verdict('mqtt', 3, answers, {
    details: detailsOf({
      version: connect.version,
      clientId: connect.clientId,
      user: secrets ? connect.user : undefined,
    }),
  });
};

interface Connect {
  readonly version: number;
  readonly clientId: string | undefined;
  readonly user: string | undefined;
}

function connectOf(stream: Uint8Array): Connect | undefined {
  const reader = new Reader(stream);
  if (reader.u8() !== CONNECT) return undefined;
  remainingLength(reader);
  const nameAt = reader.at;
  const old = asciiAt(stream, nameAt, '\x00\x06MQIsdp');
  if (!old && !asciiAt(stream, nameAt, '\x00\x04MQTT')) return undefined;
  reader.skip(old ? 8 : 6);
  const version = reader.u8();
  if (reader.short || version < 3 || version > 5) return undefined;
  const flags = reader.u8();
  reader.skip(2);
  if (version === 5) reader.skip(remainingLength(reader));
  const clientId = field(reader);
  if ((flags & WILL) !== 0) {
    if (version === 5) reader.skip(remainingLength(reader));
    field(reader);
    field(reader);
  }
  const user = (flags & USER) !== 0 ? field(reader) : undefined;
  return { version, clientId, user };
}

/** A string with its length before it; undefined when it is not there whole. */
function field(reader: Reader): string | undefined {
  const bytes = reader.take(reader.u16());
  return reader.short ? undefined : textOf(bytes);
}

/** Seven bits a byte, lowest first, at most four bytes (MQTT 5 §1.5.5). */
function remainingLength(reader: Reader): number {
  let value = 0;
  for (let n = 0; n < 4; n++) {
    const byte = reader.u8();
    value += (byte & 0x7f) * 2 ** (7 * n);
    if ((byte & 0x80) === 0) break;
  }
  return value;
}
