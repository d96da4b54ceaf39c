/** PostgreSQL, MySQL, SQL Server (MS-TDS): versions, database, TLS. User names on request, passwords never. */

import { indexOfByte, Reader, uintAt, uintLittleAt } from './bytes.ts';
import { detailsOf, verdict, type Inner, type Recognise } from './conversation.ts';
import { isRecord } from './starttls.ts';
import { textOf } from './text.ts';

const PG_VERSION_3 = 0x00030000;
/** Of version 3 the highest: 2, of PostgreSQL 18. */
const PG_MINOR_MAX = 2;
const PG_CANCEL = 0x04d2162e;
const PG_SSL = 0x04d2162f;
const PG_GSS = 0x04d21630;
const PG_REQUEST_SIZE = 8;
const PG_STARTUP_MAX = 10_000;
const PG_PARAMETERS_MAX = 32;
const PG_ANSWERS = ['R', 'S', 'N', 'E', 'G'];

export const recognisePostgresql: Recognise = ({ client, server, secrets }) => {
  const code = pgStartup(client, 0);
  if (code === undefined) return undefined;
  const answers = PG_ANSWERS.includes(String.fromCharCode(server[0] ?? 0));
  // A request for encryption is answered by one byte; refused, the usual startup follows it.
  const requests = encryptionRequests(client);
  const startupAt = requests.length * PG_REQUEST_SIZE;
  const parameters = pgStartup(client, startupAt) === PG_VERSION_3 ? pgParameters(client, startupAt) : new Map();
  const ssl = requests.includes(PG_SSL);
  return verdict('postgresql', 3, answers, {
    details: detailsOf({
      database: parameters.get('database'),
      user: secrets ? parameters.get('user') : undefined,
      ssl: ssl || undefined,
      cancel: code === PG_CANCEL || undefined,
    }),
    inner:
      ssl && isRecord(client, startupAt) ? { clientAt: startupAt, serverAt: requests.length, tls: true } : undefined,
  });
};

/** A client may ask for one kind of encryption, and when that is refused for the other one. */
function encryptionRequests(client: Uint8Array): number[] {
  const requests: number[] = [];
  for (let code = pgStartup(client, 0); code === PG_SSL || code === PG_GSS; ) {
    if (requests.includes(code)) break;
    requests.push(code);
    code = pgStartup(client, requests.length * PG_REQUEST_SIZE);
  }
  return requests;
}

/** PG_VERSION_3 or request code of a startup message, undefined when it is none. */
function pgStartup(stream: Uint8Array, at: number): number | undefined {
  const size = uintAt(stream, at, 4);
  const code = uintAt(stream, at + 4, 4);
  if (code === PG_SSL || code === PG_GSS) return size === 8 ? code : undefined;
  if (code === PG_CANCEL) return size >= 16 && size <= 268 ? code : undefined;
  const minor = code - PG_VERSION_3;
  return minor >= 0 && minor <= PG_MINOR_MAX && size >= 9 && size <= PG_STARTUP_MAX ? PG_VERSION_3 : undefined;
}

/** Names and values, each ended by a zero; a value that is cut is left out. */
function pgParameters(stream: Uint8Array, at: number): Map<string, string> {
  const parameters = new Map<string, string>();
  const end = at + uintAt(stream, at, 4);
  let from = at + 8;
  for (let n = 0; n < PG_PARAMETERS_MAX; n++) {
    const nameEnd = indexOfByte(stream, 0, from, end);
    const valueEnd = nameEnd <= from ? -1 : indexOfByte(stream, 0, nameEnd + 1, end);
    if (valueEnd < 0) break;
    parameters.set(textOf(stream.subarray(from, nameEnd)), textOf(stream.subarray(nameEnd + 1, valueEnd)));
    from = valueEnd + 1;
  }
  return parameters;
}

const MYSQL_PROTOCOL = 10;
const MYSQL_SSL = 0x0800;
const MYSQL_HEADER_SIZE = 4;
const VERSION_MAX = 64;

export const recogniseMysql: Recognise = ({ client, server }) => {
  const size = uintLittleAt(server, 0, 3);
  if (size < 20 || server[3] !== 0 || server[4] !== MYSQL_PROTOCOL) return undefined;
  const versionAt = MYSQL_HEADER_SIZE + 1;
  const versionEnd = indexOfByte(server, 0, versionAt, versionAt + VERSION_MAX);
  const letter = server[versionAt] ?? 0;
  if (versionEnd <= versionAt || letter < 0x30 || letter > 0x39 || versionEnd > MYSQL_HEADER_SIZE + size)
    return undefined;
  const replySize = uintLittleAt(client, 0, 3);
  const replies = replySize >= 32 && client[3] === 1;
  const ssl = replies && (uintLittleAt(client, MYSQL_HEADER_SIZE, 2) & MYSQL_SSL) !== 0;
  return verdict('mysql', 3, replies, {
    details: detailsOf({ version: textOf(server.subarray(versionAt, versionEnd)), ssl: ssl || undefined }),
    inner: ssl ? mysqlTls(client, MYSQL_HEADER_SIZE + replySize, MYSQL_HEADER_SIZE + size) : undefined,
  });
};

const mysqlTls = (client: Uint8Array, clientAt: number, serverAt: number): Inner | undefined =>
  isRecord(client, clientAt) ? { clientAt, serverAt, tls: true } : undefined;

const TDS_PRELOGIN = 0x12;
const TDS_LOGIN7 = 0x10;
const TDS_RESPONSE = 0x04;
const TDS_HEADER_SIZE = 8;
const OPTION_VERSION = 0;
const OPTION_ENCRYPTION = 1;
const OPTION_END = 0xff;
const OPTIONS_MAX = 16;

export const recogniseMssql: Recognise = ({ client, server }) => {
  const asks = isTds(client, TDS_PRELOGIN) || isTds(client, TDS_LOGIN7);
  const answers = isTds(server, TDS_RESPONSE);
  if (!asks) return undefined;
  const prelogin = client[0] === TDS_PRELOGIN;
  const asked = prelogin ? preloginOptions(client) : undefined;
  if (prelogin && asked?.version === undefined) return undefined;
  const answered = answers ? preloginOptions(server) : undefined;
  return verdict('mssql', 2, answers, {
    details: detailsOf({
      version: answered?.version ?? asked?.version,
      encryption: answered?.encryption ?? asked?.encryption,
    }),
  });
};

/** Kind of packet, status 0 or 1, length, and no use of the last byte. */
const isTds = (stream: Uint8Array, type: number): boolean => {
  const size = uintAt(stream, 2, 2);
  return stream[0] === type && (stream[1] ?? 255) <= 1 && size > TDS_HEADER_SIZE && size <= 32_767 && stream[7] === 0;
};

/** MS-TDS §2.2.6.5: a list of kind, offset and length, then the values. */
function preloginOptions(stream: Uint8Array): { version: string | undefined; encryption: number | undefined } {
  const found: { version: string | undefined; encryption: number | undefined } = {
    version: undefined,
    encryption: undefined,
  };
  const end = uintAt(stream, 2, 2);
  const reader = new Reader(stream, TDS_HEADER_SIZE, end);
  for (let n = 0; n < OPTIONS_MAX && reader.left >= 5; n++) {
    const kind = reader.u8();
    if (kind === OPTION_END) break;
    const at = TDS_HEADER_SIZE + reader.u16();
    const size = reader.u16();
    if (at + size > end || at + size > stream.length) break;
    if (kind === OPTION_VERSION && size >= 4)
      found.version = `${stream[at]}.${stream[at + 1]}.${uintAt(stream, at + 2, 2)}`;
    if (kind === OPTION_ENCRYPTION && size === 1) found.encryption = stream[at];
  }
  return found;
}
