/** Fields of what a flow is, from its first bytes: `identify.app`, `identify.details.version`. They are not in its row. */
import { IDENTITY_NAMES } from '../flow/identity.ts';
import type { Banner, KnownIdentity } from '../flow/identity.ts';
import type { RowBytes } from '../engine/row_bytes.ts';
import type { Operand } from './operand.ts';

/** Says what the flow in a row is; the same one may be asked for again. */
export interface IdentityReader {
  peek(row: number, bytes: RowBytes): KnownIdentity;
}

/** What expressions ask. They are compiled before the capture is open. */
export class IdentitySource {
  reader: IdentityReader | undefined;

  of(bytes: RowBytes, row: number): KnownIdentity {
    if (this.reader === undefined) throw new TypeError('the capture was opened without identification');
    return this.reader.peek(row, bytes);
  }
}

const PREFIX = 'identify.';
const DETAILS = 'identify.details.';
const BANNERS = ['identify.banner.client', 'identify.banner.server'] as const;

type Value = string | number | boolean | readonly string[] | null | undefined;

/** All that have a name of their own. */
export const IDENTITY_FIELDS: readonly string[] = [
  ...IDENTITY_NAMES.filter((name) => name !== 'banner' && name !== 'details').map((name) => PREFIX + name),
  ...BANNERS,
];

export const isIdentityField = (name: string): boolean => name.startsWith(PREFIX);

const NUMBERS: readonly string[] = ['appConfidence', 'dnsRcode', 'dnsQueries', 'httpStatus'].map((one) => PREFIX + one);
const LISTS: readonly string[] = ['alpn', 'certNames', 'dnsAnswers', 'peerNames', 'idBits'].map((one) => PREFIX + one);

/** The operand of such a field; undefined: there is none of this name. */
export function identityOperand(name: string, column: number, source: IdentitySource): Operand | undefined {
  const read = readerOf(name);
  if (read === undefined) return undefined;
  const of = (bytes: RowBytes, row: number): Value => read(source.of(bytes, row));
  const common = { column, shown: name, absent: (bytes: RowBytes, row: number) => of(bytes, row) == null };
  if (NUMBERS.includes(name)) {
    const number = (bytes: RowBytes, row: number): number => Number(of(bytes, row) ?? Number.NaN);
    return { ...common, kind: 'number', sides: [number], quantity: null };
  }
  if (LISTS.includes(name)) {
    const members = (bytes: RowBytes, row: number): readonly string[] => (of(bytes, row) ?? []) as readonly string[];
    const text = (bytes: RowBytes, row: number): string | null =>
      of(bytes, row) == null ? null : members(bytes, row).join(' ');
    return { ...common, kind: 'text', of: text, has: (bytes, row, member) => members(bytes, row).includes(member) };
  }
  const text = (bytes: RowBytes, row: number): string | null => {
    const value = of(bytes, row);
    return value == null ? null : String(value);
  };
  return { ...common, kind: 'text', of: text };
}

function readerOf(name: string): ((identity: KnownIdentity) => Value) | undefined {
  if (name.startsWith(DETAILS)) return ({ details }) => details?.[name.slice(DETAILS.length)];
  if (!IDENTITY_FIELDS.includes(name)) return undefined;
  const member = name.slice(PREFIX.length);
  if (member.startsWith('banner.')) {
    const side = member.slice('banner.'.length) as keyof Banner;
    return ({ banner }) => banner?.[side];
  }
  return (identity) => identity[member as keyof KnownIdentity] as Value;
}
