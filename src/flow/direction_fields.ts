/** What the schemas of groups share: fields that each direction has, and elements of IPFIX for both. */
import type { FieldDefinition, IpfixElement } from './field.ts';

export type Direction = 'forward' | 'reverse';

/** Private enterprise number of the reverse of an IANA element (RFC 5103 §6.1). */
export const REVERSE_PEN = 29_305;

/** What other formats call a field that they do not have. */
export const NOTHING_ELSEWHERE = { ecs: null, zeek: null } as const;

/** What differs from field to field of a direction; `at` is within its part of the block. */
export type DirectionField = Pick<
  FieldDefinition,
  'name' | 'type' | 'unit' | 'range' | 'null' | 'store' | 'at' | 'doc'
> & {
  /** Number, name and bytes of the IPFIX element. */
  readonly ipfix?: ElementOfBoth;
};

/** An IANA element that has a reverse. */
export type ElementOfBoth = readonly [id: number, name: string, length: number];

/**
 * The fields of both directions.
 * @param sides where the part of the forward direction is in the block; that of the reverse one is `size` bytes on
 */
export function fieldsOfDirections(
  group: FieldDefinition['group'],
  fields: readonly DirectionField[],
  sides: number,
  size: number,
): FieldDefinition[] {
  const of = (direction: Direction, opposite: Direction, base: number): FieldDefinition[] =>
    fields.map(({ name, at, ipfix, ...field }) => ({
      ...field,
      name: `${direction}.${name}`,
      group,
      at: base + at,
      opposite: `${opposite}.${name}`,
      ipfix: ipfix === undefined ? [] : [elementOf(ipfix, direction)],
      as: NOTHING_ELSEWHERE,
    }));
  return [...of('forward', 'reverse', sides), ...of('reverse', 'forward', sides + size)];
}

/** The element of one direction. */
export function elementOf([id, name, length]: ElementOfBoth, direction: Direction): IpfixElement {
  if (direction === 'forward') return { id, name, enterprise: 0, length };
  return { id, name: `reverse${name[0]?.toUpperCase()}${name.slice(1)}`, enterprise: REVERSE_PEN, length };
}
