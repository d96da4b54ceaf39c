/** Which fields of a flow are wanted, and in which order. */
import { nearestName } from '../text/nearest.ts';
import { fieldPath } from './field.ts';
import type { FieldDefinition } from './field.ts';
import { FLOW_SCHEMA } from './schema.ts';

/** All fields, in the order of every output. */
export const FLOW_FIELDS: readonly FieldDefinition[] = FLOW_SCHEMA;

/**
 * The fields with these names, in this order.
 * @param option the option that has them, for messages
 * @throws {TypeError} when it is not a list of names
 * @throws {RangeError} when it is empty, or a name is unknown or there twice
 */
export function chooseFields(option: string, names: readonly string[]): readonly FieldDefinition[] {
  if (!Array.isArray(names)) throw new TypeError(`${option} must be a list of field names`);
  if (names.length === 0) throw new RangeError(`${option} is empty; name at least one of ${knownNames().join(', ')}`);
  const fields = names.map((name) => fieldNamed(option, name));
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice !== undefined) throw new RangeError(`${option} has '${twice}' twice; name each field once`);
  return fields;
}

function fieldNamed(option: string, name: string): FieldDefinition {
  const field = FLOW_FIELDS.find((one) => fieldPath(one) === name);
  if (field !== undefined) return field;
  const near = nearestName(String(name), knownNames());
  const remedy = near === undefined ? `the fields are ${knownNames().join(', ')}` : `did you mean '${near}'?`;
  throw new RangeError(`${option} has an unknown field '${String(name)}'; ${remedy}`);
}

function knownNames(): string[] {
  return FLOW_FIELDS.map(fieldPath);
}
