/** What the first bytes of a flow say, as cells of CSV and of a table. */
import { csvCell, sanitizeText } from '../text/sanitize.ts';
import type { Identity, KnownIdentity } from '../flow/identity.ts';

/** Columns of CSV, under the names of an identity. */
const IDENTITY_COLUMNS = [
  'app',
  'appBy',
  'appConfidence',
  'serverName',
  'alpn',
  'tlsVersion',
  'tlsCipher',
  'ja3',
  'ja4',
  'ja3s',
  'certSubject',
  'quicVersion',
  'dnsQuery',
  'dnsType',
  'dnsRcode',
  'dnsAnswers',
  'httpMethod',
  'httpPath',
  'httpUserAgent',
  'httpStatus',
  'hassh',
  'hasshServer',
  'peerNames',
  'idBits',
] as const satisfies readonly (keyof Identity)[];

export const identityCsvHeader = IDENTITY_COLUMNS.map((name) => `,${name}`).join('');

export function identityCsv(identity: KnownIdentity): string {
  return IDENTITY_COLUMNS.map((name) => {
    const value = identity[name];
    return `,${csvCell(Array.isArray(value) ? value.join(' ') : (value as string | number | undefined))}`;
  }).join('');
}

/** The name that says most of what a flow is about; undefined when none is known. */
export function identityName({ serverName, dnsQuery, peerNames }: KnownIdentity): string | undefined {
  return serverName ?? dnsQuery ?? peerNames?.[0];
}

/** Application and name for a terminal. @param width columns of the name */
export function identityCells(identity: KnownIdentity | undefined, width: number, nothing: string): [string, string] {
  const name = identity === undefined ? undefined : identityName(identity);
  return [identity?.app ?? nothing, sanitizeText(name ?? nothing, { maxWidth: width })];
}
