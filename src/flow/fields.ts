/** Which fields of a flow are wanted, and in which order. */
import { nearestName } from '../text/nearest.ts';
import { fieldPath } from './field.ts';
import type { FieldDefinition } from './field.ts';
import { GROUP_FIELDS } from './group_fields.ts';
import { GROUP_NAMES } from './group_names.ts';
import { groupOption, hasGroup } from './groups.ts';
import type { WithName } from './groups.ts';
import { FLOW_FIELDS } from './schema.ts';

export { FLOW_FIELDS };

/** All fields, those of all groups as well. */
export const ALL_FIELDS: readonly FieldDefinition[] = fieldsWith(GROUP_NAMES);

/** The fields of a flow with these groups, in the order of every output. */
export function fieldsWith(groups: readonly WithName[]): readonly FieldDefinition[] {
  return [
    ...FLOW_FIELDS,
    ...GROUP_NAMES.filter((name) => hasGroup(groups, name)).flatMap((name) => GROUP_FIELDS[name]),
  ];
}

/**
 * The fields with these names, in this order.
 * @param option the option that has them, for messages
 * @param groups those that the flows have
 * @param further fields that may be chosen as well
 * @throws {TypeError} when it is not a list of names
 * @throws {RangeError} when it is empty, or a name is unknown, of another group, or there twice
 */
export function chooseFields(
  option: string,
  names: readonly string[],
  groups: readonly WithName[] = [],
  further: readonly FieldDefinition[] = [],
): readonly FieldDefinition[] {
  if (!Array.isArray(names)) throw new TypeError(`${option} must be a list of field names`);
  if (names.length === 0) throw new RangeError(`${option} is empty; name at least one of ${knownNames().join(', ')}`);
  const fields = names.map(
    (name) => further.find((one) => one.name === name) ?? fieldNamed(option, name, groups, further),
  );
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice !== undefined) throw new RangeError(`${option} has '${twice}' twice; name each field once`);
  return fields;
}

function fieldNamed(
  option: string,
  name: string,
  groups: readonly WithName[],
  further: readonly FieldDefinition[],
): FieldDefinition {
  const field = ALL_FIELDS.find((one) => fieldPath(one) === name);
  if (field !== undefined) {
    if (field.group === 'core' || hasGroup(groups, field.group)) return field;
    const remedy = groupOption(field.group, option.startsWith('--') ? 'command' : 'library');
    throw new RangeError(`${option} has '${name}', a field of a group that is not on; add ${remedy}`);
  }
  const near = nearestName(String(name), [...ALL_FIELDS, ...further].map(fieldPath));
  const remedy = near === undefined ? `the fields are ${knownNames().join(', ')}` : `did you mean '${near}'?`;
  throw new RangeError(`${option} has an unknown field '${String(name)}'; ${remedy}`);
}

function knownNames(): string[] {
  return FLOW_FIELDS.map(fieldPath);
}
