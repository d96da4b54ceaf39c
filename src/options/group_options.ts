/** Options that are about one group of fields, and mean nothing without it. */
import { defaultOf } from './option.ts';
import type { Option, Place } from './option.ts';

/** The first option with a value of its own whose group is not on; undefined: none. @param groups parts of `with` */
export function needlessOption(
  options: Iterable<Option>,
  place: Place,
  values: Readonly<Record<string, unknown>>,
  groups: readonly string[] = [],
): Option | undefined {
  const on = new Set(groups.map((part) => part.split('=', 1)[0]));
  for (const option of options) {
    const { name, group } = option;
    if (group !== undefined && !on.has(group) && values[name] !== defaultOf(option, place)) return option;
  }
  return undefined;
}
