/** IRC (RFC 2812), NNTP (RFC 3977) and XMPP (RFC 6120): first commands, nick name, stream's domain, STARTTLS. */

import { asciiAt, indexOfByte } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';
import { commandsOf, serverBanner } from './mail.ts';
import { isRecord, tlsAfterLines } from './starttls.ts';
import { asciiOf, linesOf, lineText, NAME_MAX, textOf, wordAt } from './text.ts';

const LINES_MAX = 8;
const IRC_COMMANDS: ReadonlySet<string> = new Set(['NICK', 'USER', 'PASS', 'CAP']);

export const recogniseIrc: Recognise = ({ client, server, secrets }) => {
  const commands = commandsOf(client);
  const known = IRC_COMMANDS.has(commands[0] ?? '');
  // USER and PASS are words of other protocols too: a nick name, or a server that talks like one, has to be there.
  const line = linesOf(client, LINES_MAX).find(({ start }) => wordAt(client, start) === 'NICK');
  const answer = asciiAt(server, 0, ':') || asciiAt(server, 0, 'NOTICE ') || asciiAt(server, 0, 'PING ');
  if (!known || (line === undefined && !answer)) return undefined;
  const asked = commands.includes('STARTTLS');
  return verdict('irc', 2, answer, {
    fields: { banner: serverBanner(server) },
    details: detailsOf({ nick: secrets && line ? lineText(client, line, line.start + 5) : undefined }),
    inner: asked ? tlsAfterLines(client, server) : undefined,
  });
};

const NNTP_COMMANDS: ReadonlySet<string> = new Set(
  (
    'MODE CAPABILITIES GROUP LIST AUTHINFO ARTICLE HEAD BODY STAT POST ' +
    'IHAVE XOVER OVER DATE NEWNEWS NEWGROUPS STARTTLS QUIT'
  ).split(' '),
);

export const recogniseNntp: Recognise = ({ client, server }) => {
  const greeting = asciiAt(server, 0, '200 ') || asciiAt(server, 0, '201 ');
  const commands = commandsOf(client);
  if (!greeting || !NNTP_COMMANDS.has(commands[0] ?? '')) return undefined;
  const asked = commands.includes('STARTTLS');
  return verdict('nntp', 2, true, {
    fields: { banner: serverBanner(server) },
    details: detailsOf({ starttls: asked || undefined }),
    inner: asked ? tlsAfterLines(client, server) : undefined,
  });
};

const STREAM = '<stream:stream';
const HEADER_MAX = 512;

export const recogniseXmpp: Recognise = ({ client, server }) => {
  const asks = streamAt(client);
  const answers = streamAt(server);
  if (asks < 0 && answers < 0) return undefined;
  // The server's stream has an id, the client's has none.
  if (asks >= 0 && attribute(client, asks, 'id') !== undefined) return undefined;
  const to = asks < 0 ? undefined : attribute(client, asks, 'to');
  const clientAt = recordBehindTag(client);
  const serverAt = recordBehindTag(server);
  const upgraded = clientAt !== undefined || serverAt !== undefined;
  return verdict('xmpp', 2, asks >= 0 && answers >= 0, {
    details: detailsOf({ to }),
    inner: upgraded
      ? { clientAt: clientAt ?? client.length, serverAt: serverAt ?? server.length, tls: true }
      : undefined,
  });
};

/** Place of the stream's tag: at the start, or after an XML declaration; -1 without one. */
function streamAt(stream: Uint8Array): number {
  if (asciiAt(stream, 0, STREAM)) return 0;
  if (!asciiAt(stream, 0, '<?xml')) return -1;
  for (let at = 5; at < HEADER_MAX && at < stream.length; at++) if (asciiAt(stream, at, STREAM)) return at;
  return -1;
}

function attribute(stream: Uint8Array, tagAt: number, name: string): string | undefined {
  const end = indexOfByte(stream, 0x3e, tagAt, tagAt + HEADER_MAX);
  if (end < 0) return undefined;
  const text = asciiOf(stream.subarray(tagAt, end));
  for (const quote of ["'", '"']) {
    const at = text.indexOf(` ${name}=${quote}`);
    const from = at + name.length + 3;
    const to = at < 0 ? -1 : text.indexOf(quote, from);
    if (to >= 0) return textOf(stream.subarray(tagAt + from, tagAt + to), NAME_MAX);
  }
  return undefined;
}

/** The first TLS record after a `>` and perhaps a line end: the stream's XML has ended there. */
function recordBehindTag(stream: Uint8Array): number | undefined {
  for (let at = indexOfByte(stream, 0x3e, 0); at >= 0; at = indexOfByte(stream, 0x3e, at + 1)) {
    let next = at + 1;
    if (stream[next] === 13) next++;
    if (stream[next] === 10) next++;
    if (isRecord(stream, next)) return next;
  }
  return undefined;
}
