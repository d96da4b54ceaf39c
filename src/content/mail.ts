/** SMTP (RFC 5321), POP3 (RFC 1939) and IMAP (RFC 9051): greeting, first commands, STARTTLS (RFC 3207, 2595). */

import { asciiAt, indexOfByte } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';
import { tlsAfterLines } from './starttls.ts';
import { lineAt, linesOf, lineText, textOf, wordAt } from './text.ts';

const COMMANDS_MAX = 32;
const SPACE = 0x20;

/** Whether the text starts with a reply of this code, or with the first line of a multi-line one. */
export const isReply = (stream: Uint8Array, code: string): boolean =>
  asciiAt(stream, 0, `${code} `) || asciiAt(stream, 0, `${code}-`) || asciiAt(stream, 0, `${code}\r\n`);

/** Does the first line hold this text, in capitals or not? */
export function firstLineHolds(stream: Uint8Array, text: string): boolean {
  const line = lineAt(stream, 0);
  if (line === undefined) return false;
  return textOf(stream.subarray(0, line.end)).toUpperCase().includes(text);
}

/** First words of the first lines of a client. */
export const commandsOf = (stream: Uint8Array): string[] =>
  linesOf(stream, COMMANDS_MAX)
    .filter(({ whole }) => whole)
    .map(({ start }) => wordAt(stream, start));

/** The server's first line, for a record. */
export const serverBanner = (server: Uint8Array) => {
  const text = lineText(server, lineAt(server, 0));
  return text === undefined ? null : { client: null, server: text };
};

export const recogniseSmtp: Recognise = ({ client, server }) => {
  const commands = commandsOf(client);
  const greeting = isReply(server, '220') || isReply(server, '554') || isReply(server, '421');
  const hello = commands.findIndex((word) => word === 'EHLO' || word === 'HELO' || word === 'LHLO');
  const opens = hello === 0 || (hello > 0 && greeting);
  const named = isReply(server, '220') && firstLineHolds(server, 'SMTP');
  if (!opens && !(named && commands.length === 0)) return undefined;
  const line = hello < 0 ? undefined : linesOf(client, COMMANDS_MAX)[hello];
  const asked = commands.includes('STARTTLS');
  return verdict('smtp', 2, opens && greeting, {
    fields: { banner: serverBanner(server) },
    details: detailsOf({
      helo: line === undefined ? undefined : lineText(client, line, line.start + 5),
      starttls: asked || undefined,
    }),
    inner: asked ? tlsAfterLines(client, server) : undefined,
  });
};

const POP3_COMMANDS: ReadonlySet<string> = new Set('USER CAPA AUTH STLS APOP QUIT UTF8 LANG NOOP'.split(' '));

export const recognisePop3: Recognise = ({ client, server }) => {
  if (!asciiAt(server, 0, '+OK') || ![SPACE, 13, 10].includes(server[3] ?? 0)) return undefined;
  const commands = commandsOf(client);
  const command = POP3_COMMANDS.has(commands[0] ?? '');
  if (!command && client.length > 0) return undefined;
  const asked = commands.includes('STLS');
  return verdict('pop3', command ? 2 : 1, command, {
    fields: { banner: serverBanner(server) },
    details: detailsOf({ starttls: asked || undefined }),
    inner: asked ? tlsAfterLines(client, server) : undefined,
  });
};

const IMAP_COMMANDS: ReadonlySet<string> = new Set(
  (
    'CAPABILITY LOGIN STARTTLS ID AUTHENTICATE NOOP LOGOUT SELECT EXAMINE LIST ENABLE ' +
    'LSUB STATUS NAMESPACE CREATE SUBSCRIBE APPEND IDLE UID FETCH SEARCH COMPRESS CLOSE GETQUOTAROOT'
  ).split(' '),
);
const TAG_MAX = 16;

export const recogniseImap: Recognise = ({ client, server }) => {
  // Words of the protocol may be in small letters.
  const greeting = asciiAt(server, 0, '* ') && ['OK', 'PREAUTH', 'BYE'].includes(wordAt(server, 2));
  const commands = linesOf(client, COMMANDS_MAX)
    .filter(({ whole }) => whole)
    .map(({ start, end }) => {
      const space = indexOfByte(client, SPACE, start + 1, Math.min(end, start + TAG_MAX));
      return space < 0 ? '' : wordAt(client, space + 1);
    });
  const command = IMAP_COMMANDS.has(commands[0] ?? '');
  if (!greeting || (!command && client.length > 0)) return undefined;
  const asked = commands.includes('STARTTLS');
  return verdict('imap', 2, command, {
    fields: { banner: serverBanner(server) },
    details: detailsOf({ starttls: asked || undefined }),
    inner: asked ? tlsAfterLines(client, server) : undefined,
  });
};
