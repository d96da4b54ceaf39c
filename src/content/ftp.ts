/** FTP control connections (RFC 959, 2428, 4217), and the addresses of data connections that they announce. */

import { asciiAt, indexOfByte } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';
import { commandsOf, firstLineHolds, isReply, serverBanner } from './mail.ts';
import { tlsAfterLines } from './starttls.ts';
import { asciiOf, linesOf, lineText, wordAt } from './text.ts';

const PORT = 21;
const LINES_MAX = 64;
const COMMANDS: ReadonlySet<string> = new Set(['USER', 'AUTH', 'FEAT', 'SYST', 'OPTS', 'CLNT', 'HOST']);
/** What mail servers know, too: only a greeting that names FTP distinguishes them. */
const FURTHER_COMMANDS: ReadonlySet<string> = new Set(['QUIT', 'NOOP', 'HELP', 'STAT']);

export const recogniseFtp: Recognise = ({ client, server, serverPort, secrets }) => {
  const greeting = isReply(server, '220');
  const commands = commandsOf(client);
  const command = COMMANDS.has(commands[0] ?? '');
  const further = commands.length === 0 || FURTHER_COMMANDS.has(commands[0] ?? '');
  const named = greeting && further && firstLineHolds(server, 'FTP') && !firstLineHolds(server, 'SMTP');
  const onPort = serverPort === PORT && command && server.length === 0;
  if (!(greeting && command) && !named && !onPort) return undefined;
  const asked = commands.includes('AUTH');
  return verdict('ftp', named ? 2 : 1, greeting && command, {
    fields: { banner: serverBanner(server) },
    details: detailsOf({ user: secrets ? argumentOf(client, 'USER') : undefined, starttls: asked || undefined }),
    inner: asked ? tlsAfterLines(client, server) : undefined,
  });
};

/** What follows the first command of this name. */
function argumentOf(client: Uint8Array, command: string): string | undefined {
  const line = linesOf(client, LINES_MAX).find(({ start }) => wordAt(client, start) === command);
  return line === undefined ? undefined : lineText(client, line, line.start + command.length + 1);
}

/** Where a data connection will go: `address` undefined means the address of the side that announced it. */
export interface DataEndpoint {
  readonly announcedBy: 'client' | 'server';
  readonly address: string | undefined;
  readonly port: number;
}

/** The data connections announced by PORT, EPRT and the replies 227 and 229. */
export function dataEndpoints(client: Uint8Array, server: Uint8Array): DataEndpoint[] {
  const endpoints: DataEndpoint[] = [];
  const add = (announcedBy: 'client' | 'server', found: Omit<DataEndpoint, 'announcedBy'> | undefined): void => {
    if (found !== undefined) endpoints.push({ announcedBy, ...found });
  };
  for (const { start, end, whole } of linesOf(client, LINES_MAX)) {
    if (!whole) break;
    if (asciiAt(client, start, 'PORT ')) add('client', sixNumbers(client, start + 5, end));
    if (asciiAt(client, start, 'EPRT ')) add('client', extended(client, start + 5, end));
  }
  for (const { start, end, whole } of linesOf(server, LINES_MAX)) {
    const open = indexOfByte(server, 0x28, start, end);
    if (!whole || open < 0) continue;
    if (asciiAt(server, start, '227 ')) add('server', sixNumbers(server, open + 1, end));
    if (asciiAt(server, start, '229 ')) add('server', extended(server, open + 1, end));
  }
  return endpoints;
}

/** `h1,h2,h3,h4,p1,p2` */
function sixNumbers(bytes: Uint8Array, start: number, end: number): Omit<DataEndpoint, 'announcedBy'> | undefined {
  const text = asciiOf(bytes.subarray(start, Math.min(end, start + 32)));
  const numbers = text.split(',', 6).map((part) => parseInt(part, 10));
  if (numbers.length < 6 || !numbers.every((number) => number >= 0 && number <= 255)) return undefined;
  const port = (numbers[4] ?? 0) * 256 + (numbers[5] ?? 0);
  return { address: numbers.slice(0, 4).join('.'), port };
}

/** `|protocol|address|port|` with any sign for `|`; protocol and address are empty in reply 229. */
function extended(bytes: Uint8Array, start: number, end: number): Omit<DataEndpoint, 'announcedBy'> | undefined {
  const text = asciiOf(bytes.subarray(start, Math.min(end, start + 64)));
  const parts = text.slice(1).split(text[0] ?? '|', 3);
  const port = Number(parts[2] ?? '');
  if (parts.length < 3 || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  return { address: parts[1] === '' ? undefined : parts[1], port };
}
