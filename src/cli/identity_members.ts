/** Which members of what a flow is about `--fields` names: `identify.app`, `identify.details.version`, `identify.*`. */
import type { MemberPath } from '../export/identity_paths.ts';
import { IDENTITY_NAMES } from '../flow/identity.ts';
import { IDENTITY_FIELDS } from '../query/identity_fields.ts';
import { nearestName } from '../text/nearest.ts';

const PREFIX = 'identify.';
const DETAILS = `${PREFIX}details.`;
const EVERYTHING: readonly string[] = ['identify', `${PREFIX}*`];
/** Objects, which may be named as a whole. */
const WHOLE: readonly string[] = [`${PREFIX}banner`, `${PREFIX}details`];

/** @param isOn flows are identified @throws {RangeError} for a name that is unknown or there twice, or when not */
export function identityMembers(option: string, names: readonly string[], isOn: boolean): readonly MemberPath[] {
  const paths = names.flatMap((name) => {
    if (EVERYTHING.includes(name)) return IDENTITY_NAMES.map((one) => [one]);
    if (IDENTITY_FIELDS.includes(name) || WHOLE.includes(name)) return [name.slice(PREFIX.length).split('.')];
    // A key of details may have dots.
    if (name.startsWith(DETAILS) && name.length > DETAILS.length) return [['details', name.slice(DETAILS.length)]];
    const near = nearestName(name, [...IDENTITY_FIELDS, ...WHOLE]);
    const remedy = near === undefined ? `the fields are ${IDENTITY_FIELDS.join(', ')}` : `did you mean '${near}'?`;
    throw new RangeError(`${option} has an unknown field '${name}'; ${remedy}`);
  });
  if (!isOn)
    throw new RangeError(`${option} has '${names[0]}', a field of a group that is not on; add --with identify`);
  const shown = paths.map((path) => PREFIX + path.join('.'));
  const twice = shown.find((name, n) => shown.indexOf(name) !== n);
  if (twice !== undefined) throw new RangeError(`${option} has '${twice}' twice; name each field once`);
  return paths;
}
