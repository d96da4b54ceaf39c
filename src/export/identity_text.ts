/** What the first bytes of a flow say, as cells of CSV and of a table. */
import { csvCell, sanitizeText } from '../text/sanitize.ts';
import { IDENTITY_NAMES, type KnownIdentity } from '../flow/identity.ts';

/** Columns of CSV: the members of an identity, banners apart. */
const COLUMNS: readonly string[] = IDENTITY_NAMES.flatMap((name) =>
  name === 'banner' ? ['banner_client', 'banner_server'] : [name],
);

export const identityCsvHeader = COLUMNS.map((name) => `,${name}`).join('');

export function identityCsv(identity: KnownIdentity): string {
  const { banner, ...others } = identity;
  const values: Readonly<Record<string, unknown>> = {
    ...others,
    banner_client: banner?.client,
    banner_server: banner?.server,
  };
  return COLUMNS.map((name) => `,${identityCell(values[name])}`).join('');
}

/** A member in a cell of CSV: spaces between the members of a list, JSON for an object. */
export const identityCell = (value: unknown): string => csvCell(plainText(value));

/** The same without quotes; empty when it is not known. */
export const identityText = (value: unknown): string => String(plainText(value) ?? '');

function plainText(value: unknown): string | number | boolean | null | undefined {
  if (Array.isArray(value)) return value.join(' ');
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return value as string | number | boolean | null | undefined;
}

/** The name that says most of what a flow is about; undefined when none is known. */
export function identityName({ serverName, dnsQuery, peerNames }: KnownIdentity): string | undefined {
  return serverName ?? dnsQuery ?? peerNames?.[0];
}

/** Application and name for a terminal. @param width columns of the name */
export function identityCells(identity: KnownIdentity | undefined, width: number, nothing: string): [string, string] {
  const name = identity === undefined ? undefined : identityName(identity);
  return [identity?.app ?? nothing, identityTableCell(name, width, nothing)];
}

/** A member for a terminal. @param width its columns at most */
export function identityTableCell(value: unknown, width: number, nothing: string): string {
  return sanitizeText(String(plainText(value) ?? nothing), { maxWidth: width });
}
