/**
 * QUIC (RFC 9000, 9001, 9369): version, and the TLS hellos in the Initial packets, whose tags prove what was read.
 * Other versions are recognised by their number only; Google's first versions show the server name in the clear.
 */

import { asciiAt, hex, uintAt } from '../bytes.ts';
import { verdict, type Conversation, type Recognise } from '../conversation.ts';
import { Fragments } from '../fragments.ts';
import { tlsFields } from '../tls/tls.ts';
import { addCryptoFrames } from './crypto_frames.ts';
import { gquicServerName } from './gquic.ts';
import { initialKeys, longPacketAt, openInitial, type InitialKeys, type LongPacket } from './initial.ts';
import { isUnopenableIetf, isVendorVersion, quicVersion } from './versions.ts';
import type { HandshakeMessage } from '../tls/handshake.ts';

/** A client's first datagram has at least so many bytes (RFC 9000 §14.1). */
const CLIENT_DATAGRAM_MIN = 1200;
const CONNECTION_ID_MIN = 8;
const DATAGRAMS_MAX = 8;
const PACKETS_MAX = 16;
/** Packets of a side that the keys do not open: then they are not its keys, and no more are tried. */
const UNOPENED_MAX = 4;
const HANDSHAKE_MAX = 4096;

export const recogniseQuic: Recognise = (conversation) => {
  const { client, server, clientDatagrams } = conversation;
  const asked = longVersion(client);
  if (asked === undefined) return recogniseGquic(conversation) ?? recogniseServerOnly(conversation);
  // After a version that the server does not know the client begins again with another one (RFC 9000 §6).
  const leading = clientDatagrams.find((datagram) => longPacketAt(datagram, 0) !== undefined) ?? client;
  const version = longVersion(leading) ?? asked;
  const first = longPacketAt(leading, 0);
  const answered = longVersion(server) !== undefined || isVersionNegotiation(server);
  const quicVersion = hex4(version);
  if (first === undefined || first.destination.length < CONNECTION_ID_MIN)
    return verdict('quic', 1, answered, { fields: { quicVersion } });

  const { clientBytes, serverBytes, opened } = openHandshake(conversation, first);
  const { fields, details, malformed } = tlsFields(
    messageOf(clientBytes),
    messageOf(serverBytes),
    'q',
    conversation.crypto,
  );
  const unopened = answered || client.length >= CLIENT_DATAGRAM_MIN ? 2 : 1;
  const found = verdict('quic', 3, answered, { fields: { ...fields, quicVersion }, details, malformed });
  return opened ? found : { ...found, confidence: unopened };
};

const hex4 = (value: number): string => value.toString(16).padStart(8, '0');

/** Version of a long header that fits, undefined when it is not QUIC. */
function longVersion(datagram: Uint8Array): number | undefined {
  const first = datagram[0] ?? 0;
  const version = uintAt(datagram, 1, 4);
  if (version <= 0 || (first & 0x80) === 0) return undefined;
  if (isVendorVersion(version)) return version;
  const sizeAt = 6 + (datagram[5] ?? 255);
  const fits =
    (datagram[5] ?? 255) <= 20 && sizeAt < datagram.length && sizeAt + 1 + (datagram[sizeAt] ?? 255) <= datagram.length;
  if ((first & 0x40) === 0 || !fits) return undefined;
  return quicVersion(version) !== undefined || isUnopenableIetf(version) ? version : undefined;
}

/** Version 0 is a server's list of versions (RFC 9000 §17.2.1). */
const isVersionNegotiation = (datagram: Uint8Array): boolean =>
  ((datagram[0] ?? 0) & 0x80) !== 0 && datagram.length >= 11 && uintAt(datagram, 1, 4) === 0;

/** Long headers of a server whose client was not seen: the keys depend on the client's first packet. */
function recogniseServerOnly({ client, server }: Conversation): ReturnType<Recognise> {
  const version = client.length === 0 ? longVersion(server) : undefined;
  return version === undefined ? undefined : verdict('quic', 1, false, { fields: { quicVersion: hex4(version) } });
}

/** The CRYPTO streams of both sides. */
function openHandshake(
  { clientDatagrams, serverDatagrams, crypto }: Conversation,
  first: LongPacket,
): { clientBytes: Uint8Array; serverBytes: Uint8Array; opened: boolean } {
  const clientKeys = initialKeys(first.known, first.destination, 'client', crypto);
  const client = openSide(
    clientDatagrams,
    clientKeys,
    (packet) => initialKeys(packet.known, packet.destination, 'client', crypto),
    crypto,
  );
  const start = client.retried ?? first;
  const server =
    serverDatagrams.length === 0
      ? undefined
      : openSide(
          serverDatagrams,
          initialKeys(start.known, start.destination, 'server', crypto),
          // The server may go over to another version at once (RFC 9368 §2.3).
          ({ known }) => (known === start.known ? undefined : initialKeys(known, start.destination, 'server', crypto)),
          crypto,
        );
  return {
    clientBytes: client.bytes,
    serverBytes: server?.bytes ?? client.bytes.subarray(0, 0),
    opened: client.opened || server?.opened === true,
  };
}

/**
 * Opens the Initials of one side. After a Retry the client takes the server's connection id: a packet that the keys do
 * not open is tried once more with its own (`ownKeys`), and those keys then hold for what follows.
 */
function openSide(
  datagrams: readonly Uint8Array[],
  keys: InitialKeys,
  ownKeys: (packet: LongPacket) => InitialKeys | undefined,
  crypto: Conversation['crypto'],
): { bytes: Uint8Array; opened: boolean; retried: LongPacket | undefined } {
  const fragments = new Fragments(HANDSHAKE_MAX);
  let opened = false;
  let retried: LongPacket | undefined;
  let triesLeft = 1;
  let packets = 0;
  let unopened = 0;
  for (const datagram of datagrams.slice(0, DATAGRAMS_MAX)) {
    for (let at = 0; at < datagram.length && packets < PACKETS_MAX && unopened < UNOPENED_MAX; packets++) {
      const packet = longPacketAt(datagram, at);
      if (packet === undefined) break;
      at = packet.end;
      if (!packet.initial) continue;
      let frames = openInitial(datagram, packet, keys, crypto);
      const other = frames === undefined && triesLeft-- > 0 ? ownKeys(packet) : undefined;
      if (other !== undefined) {
        frames = openInitial(datagram, packet, other, crypto);
        if (frames !== undefined) [keys, retried] = [other, packet];
      }
      if (frames === undefined) {
        if (!packet.cut) unopened++;
        continue;
      }
      opened = true;
      addCryptoFrames(frames, fragments);
    }
  }
  return { bytes: fragments.contiguous(), opened, retried };
}

/**
 * The handshake message that a CRYPTO stream starts with: of the client it is the only one, of the server the hello.
 */
function messageOf(bytes: Uint8Array): HandshakeMessage[] {
  const size = uintAt(bytes, 1, 3);
  if (size < 0) return [];
  return [{ type: bytes[0] ?? 0, size, body: bytes.subarray(4, 4 + size), afterCipherChange: false }];
}

/** Google QUIC before version Q046: a public header with flags, connection id and version. */
function recogniseGquic({ client, server }: Conversation): ReturnType<Recognise> {
  const flags = client[0] ?? 0;
  const versionAt = (flags & 0x08) !== 0 ? 9 : 1;
  if ((flags & 0x81) !== 0x01 || !asciiAt(client, versionAt, 'Q0')) return undefined;
  const version = uintAt(client, versionAt, 4);
  if (!isVendorVersion(version)) return undefined;
  const connectionId = client.subarray(1, 9);
  // Its answers have no version: the connection id, or nothing, before the packet number.
  const answered =
    versionAt === 9 && ((server[0] ?? 1) & 0x08) !== 0 && hex(server.subarray(1, 9)) === hex(connectionId);
  const serverName = gquicServerName(client) ?? null;
  return verdict('quic', 2, answered, { fields: { quicVersion: hex4(version), serverName } });
}
