/** TLS over TCP and DTLS over UDP: what the two hellos and the server's certificate say. RFC 8446, 5246, 6347, 9147. */

import { uintAt } from '../bytes.ts';
import { verdict, type Conversation, type Recognise, type Verdict } from '../conversation.ts';
import { textOf } from '../text.ts';
import { certificateNames, firstCertificate } from './certificate.ts';
import { parseClientHello, type ClientHello } from './client_hello.ts';
import { ja3, ja3s, ja4 } from './fingerprint.ts';
import {
  ALERT,
  APPLICATION_DATA,
  CERTIFICATE,
  CLIENT_HELLO,
  dtlsMessages,
  HANDSHAKE,
  handshakeMessages,
  isDtlsVersion,
  isWarning,
  RECORD_MAX,
  SERVER_HELLO,
  WARNING_SIZE,
  type HandshakeMessage,
} from './handshake.ts';
import { parseServerHello, type ServerHello } from './server_hello.ts';
import type { ContentCrypto } from '../crypto.ts';
import type { ContentFields } from '../../flow/identity.ts';

const HELLO_MIN = 38;
const TLS12 = 0x0303;

/** TLS, DTLS and QUIC share this: fields of the two sides' handshake messages. */
export interface TlsFields {
  readonly fields: Partial<ContentFields>;
  readonly details: { readonly ech?: true; readonly helloRetry?: true };
  readonly malformed: boolean;
  readonly client: boolean;
  readonly server: boolean;
}

export const recogniseTls: Recognise = ({ client, server, crypto }) => {
  const clientHello = isHello(client, CLIENT_HELLO);
  const serverHello = isHello(behindWarning(server), SERVER_HELLO);
  if (!clientHello && !serverHello) return weakTls(client, server);
  const found = tlsFields(
    clientHello ? handshakeMessages(client) : [],
    serverHello ? handshakeMessages(server) : [],
    't',
    crypto,
  );
  const both = (clientHello && (serverHello || isAlert(server))) || (serverHello && isSslv2Hello(client));
  return verdict('tls', 2, both, found);
};

const behindWarning = (stream: Uint8Array): Uint8Array =>
  isWarning(stream, 0) ? stream.subarray(WARNING_SIZE) : stream;

/** First record of a handshake that starts with a hello of this type; the prefix may end inside it. */
function isHello(stream: Uint8Array, type: number): boolean {
  if (stream[0] !== HANDSHAKE || stream[1] !== 3 || (stream[2] ?? 255) > 4 || stream[5] !== type) return false;
  const recordSize = uintAt(stream, 3, 2);
  if (recordSize < 1 || recordSize > RECORD_MAX) return false;
  // A record may end before the message's own length is complete; what is there has to be right.
  return stream.length < 9 || recordSize < 4 || uintAt(stream, 6, 3) >= HELLO_MIN;
}

const isAlert = (stream: Uint8Array): boolean =>
  stream[0] === ALERT &&
  stream[1] === 3 &&
  (stream[2] ?? 255) <= 4 &&
  uintAt(stream, 3, 2) === 2 &&
  (stream[5] === 1 || stream[5] === 2);

/** SSLv2 framing of a ClientHello (RFC 5246 appendix E.2). */
const isSslv2Hello = (stream: Uint8Array): boolean =>
  stream.length >= 11 &&
  ((stream[0] ?? 0) & 0x80) !== 0 &&
  stream[2] === 1 &&
  ((stream[3] === 0 && stream[4] === 2) || (stream[3] === 3 && (stream[4] ?? 255) <= 4)) &&
  uintAt(stream, 5, 2) % 3 === 0 &&
  (uintAt(stream, 0, 2) & 0x7fff) === 9 + uintAt(stream, 5, 2) + uintAt(stream, 7, 2) + uintAt(stream, 9, 2);

/** Without a hello: an alert, an SSLv2 hello, or records of a connection that was under way. */
function weakTls(client: Uint8Array, server: Uint8Array): Verdict | undefined {
  if (isSslv2Hello(client)) return verdict('tls', 1, false);
  const records = [client, server].map(recordChain);
  if (records[0] === 'broken' || records[1] === 'broken') return undefined;
  const both = records[0] === 'records' && records[1] === 'records';
  if (both) return { ...verdict('tls', 2, true), confidence: 2 };
  if (records.includes('records') || isAlert(client) || isAlert(server)) return verdict('tls', 1, false);
  return undefined;
}

/** Whether the stream starts with encrypted records, one after the other, as far as it was seen. */
function recordChain(stream: Uint8Array): 'none' | 'records' | 'broken' {
  let at = 0;
  let count = 0;
  for (; at + 5 <= stream.length && count < 64; count++) {
    const type = stream[at] ?? 0;
    const size = uintAt(stream, at + 3, 2);
    const sound = type >= 20 && type <= 24 && stream[at + 1] === 3 && (stream[at + 2] ?? 255) <= 4;
    if (!sound || size === 0 || size > RECORD_MAX) return 'broken';
    at += 5 + size;
  }
  if (count === 0) return stream.length === 0 ? 'none' : 'broken';
  // A lone alert that is encrypted closes a connection that was under way; nothing may follow it.
  const alert = stream[0] === ALERT && (isAlert(stream) || at === stream.length);
  return stream[0] === APPLICATION_DATA || count > 1 || alert ? 'records' : 'broken';
}

export const recogniseDtls: Recognise = (conversation) => {
  const client = isDtls(conversation.client);
  const server = isDtls(conversation.server);
  if (!client && !server) return undefined;
  const found = dtlsFields(conversation);
  if (!found.client && !found.server && !client && conversation.client.length > 0) return undefined;
  const hello = found.client || found.server;
  const both = client && server;
  return hello ? verdict('dtls', 2, both, found) : { ...verdict('dtls', 1, both, found), confidence: both ? 2 : 1 };
};

const isDtls = (datagram: Uint8Array): boolean =>
  datagram.length >= 13 &&
  (datagram[0] ?? 0) >= 20 &&
  (datagram[0] ?? 0) <= APPLICATION_DATA &&
  isDtlsVersion(uintAt(datagram, 1, 2)) &&
  uintAt(datagram, 3, 2) <= 2 &&
  uintAt(datagram, 11, 2) > 0 &&
  uintAt(datagram, 11, 2) <= datagram.length - 13;

function dtlsFields({ clientDatagrams, serverDatagrams, crypto }: Conversation): TlsFields {
  return tlsFields(dtlsMessages(clientDatagrams), dtlsMessages(serverDatagrams), 'd', crypto);
}

/** @param carrier as in JA4: `t` TCP, `q` QUIC, `d` DTLS */
export function tlsFields(
  client: readonly HandshakeMessage[],
  server: readonly HandshakeMessage[],
  carrier: 't' | 'q' | 'd',
  crypto: ContentCrypto,
): TlsFields {
  const first = client[0];
  const offer = first?.type === CLIENT_HELLO ? parseClientHello(first.body, first.size, carrier === 'd') : undefined;
  const { hello: answer, retry, names } = serverAnswer(server);
  return {
    fields: {
      ...(offer === undefined ? {} : clientFields(offer, carrier, crypto)),
      ...(answer === undefined ? {} : serverFields(answer, crypto)),
      ...names,
    },
    details: { ...(offer?.ech ? { ech: true as const } : {}), ...(retry ? { helloRetry: true as const } : {}) },
    malformed: offer?.malformed === true || answer?.malformed === true,
    client: offer !== undefined,
    server: answer !== undefined || retry,
  };
}

function clientFields(hello: ClientHello, carrier: 't' | 'q' | 'd', crypto: ContentCrypto): Partial<ContentFields> {
  return {
    serverName: hello.serverName ?? null,
    alpn: hello.alpn.length === 0 ? null : hello.alpn.map((name) => textOf(name)),
    ja3: hello.whole ? ja3(hello, crypto) : null,
    ja4: hello.whole ? ja4(hello, carrier, crypto) : null,
  };
}

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');

function serverFields(hello: ServerHello, crypto: ContentCrypto): Partial<ContentFields> {
  return {
    tlsVersion: hello.whole ? hex4(hello.chosenVersion) : null,
    tlsCipher: hex4(hello.cipher),
    alpnChosen: hello.alpn === undefined ? null : textOf(hello.alpn),
    ja3s: hello.whole ? ja3s(hello, crypto) : null,
  };
}

/** The ServerHello that is not a HelloRetryRequest, and the certificate after it if it is sent in the clear. */
function serverAnswer(messages: readonly HandshakeMessage[]): {
  hello: ServerHello | undefined;
  retry: boolean;
  names: Partial<ContentFields>;
} {
  let retry = false;
  let hello: ServerHello | undefined;
  for (const { type, size, body, afterCipherChange } of messages) {
    if (hello === undefined && type === SERVER_HELLO) {
      const parsed = parseServerHello(body, size);
      if (parsed?.retry) retry = true;
      else hello = parsed;
      if (parsed === undefined) break;
    } else if (type === CERTIFICATE && hello !== undefined) {
      const clear = !afterCipherChange && (hello.chosenVersion <= TLS12 || hello.chosenVersion >= 0xfe00);
      return { hello, retry, names: clear ? certificateFields(body) : {} };
    } else if (hello !== undefined) break;
  }
  return { hello, retry, names: {} };
}

function certificateFields(body: Uint8Array): Partial<ContentFields> {
  const der = firstCertificate(body);
  const found = der && certificateNames(der);
  if (found === undefined) return {};
  return { certSubject: found.subject ?? null, certNames: found.names.length === 0 ? null : found.names };
}
