/** The fields that an expression may name: those of the schema, derived ones, and `address` and `port` of either end. */
import { ROW_DESTINATION, ROW_DESTINATION_PORT, ROW_SOURCE, ROW_SOURCE_PORT } from '../../assembly/layout.ts';
import { recordValue } from '../engine/rows.ts';
import { wordsByCode } from '../engine/words.ts';
import type { RowBytes } from '../engine/row_bytes.ts';
import { DERIVED_FIELDS } from '../flow/derived_schema.ts';
import { fieldPath } from '../flow/field.ts';
import type { FieldDefinition, FieldStore } from '../flow/field.ts';
import { ALL_FIELDS, fieldsWith } from '../flow/fields.ts';
import type { WithName } from '../flow/groups.ts';
import { protocolNamed, protocolNames } from '../flow/numbers.ts';
import { valueText } from '../flow/value_text.ts';
import { nearestName } from '../text/nearest.ts';
import { DERIVED_NUMBERS } from './derived.ts';
import { EITHER_OWNER, HOST_FIELDS, hostRemedy, isHostField } from './host_fields.ts';
import type { HostSource } from './host_fields.ts';
import { IDENTITY_FIELDS, identityOperand, isIdentityField } from './identity_fields.ts';
import type { IdentitySource } from './identity_fields.ts';
import type { Operand } from './operand.ts';
import { absenceOf, storedNumber } from './row.ts';
import { rowService } from './services.ts';

/** What an expression can be about. */
export interface FieldScope {
  /** Groups of fields that the flows have. */
  readonly groups: readonly WithName[];
  /** The fields as they lie in the rows. */
  readonly placed: (fields: readonly FieldDefinition[]) => readonly FieldDefinition[];
  /** What flows are, when that is wanted. */
  readonly identity?: IdentitySource | undefined;
  /** Who is behind flows, where that can be asked. */
  readonly host?: HostSource | undefined;
  /** What turns a group on, for messages: `--with tcp`. */
  readonly remedy: (group: string) => string;
}

/** Fields that stand for a value of each end of the flow, with those two; owners only in groups. */
export const EITHER_END: Readonly<Record<string, readonly [string, string]>> = {
  address: ['srcAddress', 'dstAddress'],
  port: ['srcPort', 'dstPort'],
  ...EITHER_OWNER,
};

const TIME_NS = 1e9;

/** The operand of a field; undefined: there is none of this name. */
export function fieldOperand(name: string, column: number, scope: FieldScope): Operand | undefined {
  const common = { column, shown: name };
  if (isIdentityField(name)) return scope.identity && identityOperand(name, column, scope.identity);
  if (isHostField(name)) return scope.host?.operand(name, column);
  if (name === 'address') return { ...common, kind: 'address', places: [ROW_SOURCE, ROW_DESTINATION] };
  if (name === 'port') {
    const sides = [storedNumber('u16', ROW_SOURCE_PORT), storedNumber('u16', ROW_DESTINATION_PORT)] as const;
    return { ...common, kind: 'number', sides: [...sides], quantity: null };
  }
  const derived = DERIVED_FIELDS.find((field) => field.name === name);
  if (derived !== undefined) return derivedOperand(derived, common);
  const field = fieldsWith(scope.groups).find((one) => fieldPath(one) === name);
  const [placed] = field === undefined ? [] : scope.placed([field]);
  return placed === undefined ? undefined : schemaOperand(placed, common);
}

function derivedOperand({ name, unit }: FieldDefinition, common: { column: number; shown: string }): Operand {
  const number = DERIVED_NUMBERS[name];
  if (number === undefined) {
    return { ...common, kind: 'text', of: rowService, absent: (bytes, row) => rowService(bytes, row) === null };
  }
  return {
    ...common,
    kind: 'number',
    sides: [number],
    quantity: unit,
    absent: (b, row) => Number.isNaN(number(b, row)),
  };
}

function schemaOperand(field: FieldDefinition, common: { column: number; shown: string }): Operand {
  const { type, store, at, unit } = field;
  const absent = absenceOf(field);
  if (store === 'address') return { ...common, kind: 'address', places: [at] };
  if (type === 'time') {
    return { ...common, kind: 'moment', high: storedNumber('u32', at + 4), low: storedNumber('u32', at), absent };
  }
  if (type === 'enum') {
    const words = wordsByCode(field);
    const of = ({ u8 }: { u8: Uint8Array }, row: number): string | null => words[u8[row + at] as number] ?? null;
    const known = (field.words ?? []).map(({ word }) => word);
    return {
      ...common,
      kind: 'text',
      of: absent === undefined ? of : (b, row) => (absent(b, row) ? null : of(b, row)),
      words: known,
      absent,
    };
  }
  if (isText(store)) {
    const read = recordValue(field);
    const of = (bytes: RowBytes, row: number): string | null => {
      const value = read(bytes, row);
      return value === null ? null : valueText(value);
    };
    return { ...common, kind: 'text', of, absent };
  }
  const stored = storedNumber(store as Parameters<typeof storedNumber>[0], at);
  if (type === 'boolean') {
    return {
      ...common,
      kind: 'condition',
      test: (b, row) => absent?.(b, row) !== true && stored(b, row) !== 0,
      absent,
    };
  }
  const value =
    type === 'duration' ? (b: Parameters<typeof stored>[0], row: number) => stored(b, row) / TIME_NS : stored;
  return {
    ...common,
    kind: 'number',
    sides: [absent === undefined ? value : (b, row) => (absent(b, row) ? Number.NaN : value(b, row))],
    quantity: unit,
    absent,
    ...(common.shown === 'protocol' ? { words: { numberOf: protocolNamed, known: [...protocolNames()] } } : {}),
  };
}

/** Is it compared as text, in the form that columns have? */
function isText(store: FieldStore): boolean {
  return (
    store === 'text' ||
    store === 'ip' ||
    store === 'mac' ||
    store === 'list' ||
    store === 'packets' ||
    store === 'octets'
  );
}

/** Why a name is none of a field's, and what may help. */
export function unknownField(name: string, { groups, identity, host, remedy }: FieldScope): string {
  if (isIdentityField(name) && identity === undefined)
    return `'${name}' needs identification; add ${remedy('identify')}`;
  if (isHostField(name)) return `'${name}' ${hostRemedy(name)}`;
  const ends = EITHER_OWNER[name];
  if (ends !== undefined) return `'${name}' is of either end, for --by; name one: ${ends.join(', ')}`;
  const field = ALL_FIELDS.find((one) => fieldPath(one) === name);
  if (field !== undefined) return `'${name}' is a field of a group that is not on; add ${remedy(field.group)}`;
  const known = [...fieldsWith(groups), ...DERIVED_FIELDS]
    .map(fieldPath)
    .concat(
      Object.keys(EITHER_END),
      identity === undefined ? [] : IDENTITY_FIELDS,
      host === undefined ? [] : HOST_FIELDS,
    );
  const near = nearestName(name, known) ?? nearestName(name, ALL_FIELDS.map(fieldPath));
  return `unknown field '${name}'; ${near === undefined ? 'docs/schema.md lists the fields' : `did you mean '${near}'?`}`;
}
