/** Lists of the groups. They are apart from groups.ts, of which a page needs less. */
import { FIELD_GROUPS } from './groups.ts';
import type { GroupName, WithGroup, WithName } from './groups.ts';

export const GROUP_NAMES = Object.keys(FIELD_GROUPS) as readonly GroupName[];

/** Those that `with` turns on. */
export const WITH_GROUPS = GROUP_NAMES.filter((name): name is WithGroup => name !== 'interim');

/** All that `with` can have, without sizes. */
export const WITH_NAMES: readonly Exclude<WithName, 'interim'>[] = [...WITH_GROUPS, 'identify'];
