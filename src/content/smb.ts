/** SMB 1 (MS-CIFS), 2 and 3 (MS-SMB2) over NetBIOS sessions (RFC 1002 §4.3) or TCP. */

import { asciiAt, uintAt, uintLittleAt } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';

const SESSION_MESSAGE = 0x00;
const SESSION_REQUEST = 0x81;
const HEADER_SIZE = 4;
const NEGOTIATE = 0;
const DIALECTS_MAX = 8;

export const recogniseSmb: Recognise = ({ client, server }) => {
  const ask = messageOf(client);
  const answer = messageOf(server);
  const message = ask ?? answer;
  // The other way round: answers say that they are answers.
  if (message === undefined || (ask?.answer && !answer?.answer)) return undefined;
  return verdict('smb', 3, ask !== undefined && answer !== undefined, {
    details: detailsOf({
      version: message.version,
      command: message.command,
      dialects: ask === undefined ? undefined : dialectsOf(client, ask),
    }),
  });
};

interface SmbMessage {
  /** Where the protocol id is. */
  readonly at: number;
  readonly version: 1 | 2 | 3;
  readonly command: number | undefined;
  readonly answer: boolean;
}

/** After a session request, which old clients send first. */
function messageOf(stream: Uint8Array): SmbMessage | undefined {
  const request = stream[0] === SESSION_REQUEST ? HEADER_SIZE + uintAt(stream, 2, 2) : 0;
  const at = request + HEADER_SIZE;
  if (stream[request] !== SESSION_MESSAGE || uintAt(stream, request + 1, 3) < 32) return undefined;
  if (asciiAt(stream, at, '\xffSMB'))
    return { at, version: 1, command: stream[at + 4], answer: ((stream[at + 9] ?? 0) & 0x80) !== 0 };
  if (asciiAt(stream, at, '\xfeSMB')) {
    const command = uintLittleAt(stream, at + 12, 2);
    const answer = ((stream[at + 16] ?? 0) & 1) !== 0;
    return { at, version: 2, command: command < 0 ? undefined : command, answer };
  }
  return asciiAt(stream, at, '\xfdSMB') ? { at, version: 3, command: undefined, answer: false } : undefined;
}

/** Dialect revisions of an SMB 2 NEGOTIATE, as `0202 0210 0300`. */
function dialectsOf(stream: Uint8Array, { at, version, command }: SmbMessage): string | undefined {
  const count = uintLittleAt(stream, at + 64 + 2, 2);
  if (version !== 2 || command !== NEGOTIATE || count < 1) return undefined;
  const dialects: string[] = [];
  for (let n = 0; n < Math.min(count, DIALECTS_MAX); n++) {
    const dialect = uintLittleAt(stream, at + 64 + 36 + n * 2, 2);
    if (dialect < 0) return undefined;
    dialects.push(dialect.toString(16).padStart(4, '0'));
  }
  return dialects.join(' ');
}
