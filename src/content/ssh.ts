/**
 * SSH (RFC 4253): identification lines and the fingerprints of the key exchange offers (salesforce/hassh,
 * BSD-3-Clause).
 */

import { asciiAt, Reader } from './bytes.ts';
import { verdict, type Recognise } from './conversation.ts';
import { md5 } from './tls/fingerprint.ts';
import { asciiOf, lineAt, textOf } from './text.ts';
import type { ContentCrypto } from './crypto.ts';

const LINES_BEFORE_MAX = 8;
const BANNER_MAX = 255;
const KEXINIT = 20;
const PACKET_MAX = 35_000;

export const recogniseSsh: Recognise = ({ client, server, crypto }) => {
  const fromClient = identification(client, 0);
  const fromServer = identification(server, LINES_BEFORE_MAX);
  if (fromClient === undefined && fromServer === undefined) return undefined;
  return verdict('ssh', 3, fromClient !== undefined && fromServer !== undefined, {
    fields: {
      banner: { client: fromClient?.banner ?? null, server: fromServer?.banner ?? null },
      hassh: fromClient === undefined ? null : hassh(client, fromClient.next, CLIENT_LISTS, crypto),
      hasshServer: fromServer === undefined ? null : hassh(server, fromServer.next, SERVER_LISTS, crypto),
    },
  });
};

interface Identification {
  readonly banner: string | null;
  /** Offset after the line; undefined if its end was not seen. */
  readonly next: number | undefined;
}

/** The line `SSH-...`; a server may send others before it (RFC 4253 §4.2). */
function identification(stream: Uint8Array, linesBefore: number): Identification | undefined {
  let at = 0;
  for (let n = 0; n <= linesBefore; n++) {
    const line = lineAt(stream, at);
    if (line === undefined) return undefined;
    if (isIdentification(stream, at)) {
      const shown = line.whole && line.end - line.start <= BANNER_MAX;
      return { banner: shown ? textOf(stream.subarray(at, line.end)) : null, next: line.whole ? line.next : undefined };
    }
    if (!line.whole) return undefined;
    at = line.next;
  }
  return undefined;
}

const isIdentification = (stream: Uint8Array, at: number): boolean =>
  asciiAt(stream, at, 'SSH-2.0-') || asciiAt(stream, at, 'SSH-1.99-') || asciiAt(stream, at, 'SSH-1.5-');

/** Name lists of KEXINIT (RFC 4253 §7.1): key exchange, then encryption, MAC and compression of one direction. */
const CLIENT_LISTS = [0, 2, 4, 6];
const SERVER_LISTS = [0, 3, 5, 7];
const LIST_COUNT = 8;

function hassh(
  stream: Uint8Array,
  start: number | undefined,
  wanted: readonly number[],
  crypto: ContentCrypto,
): string | null {
  if (start === undefined) return null;
  const packet = new Reader(stream, start);
  const size = packet.u32();
  const content = new Reader(stream, packet.at, Math.min(stream.length, packet.at + size));
  content.skip(1);
  if (size > PACKET_MAX || content.u8() !== KEXINIT) return null;
  content.skip(16);
  const lists: string[] = [];
  for (let n = 0; n < LIST_COUNT; n++) lists.push(asciiOf(content.take(content.u32())));
  return content.short ? null : md5(wanted.map((n) => lists[n]).join(';'), crypto);
}
