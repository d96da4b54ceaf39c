/** The fields of each group, in the order of every output. */
import { ACTIVITY_FIELDS } from './activity_schema.ts';
import { COMMUNITY_ID_FIELDS } from './community_id_schema.ts';
import type { FieldDefinition } from './field.ts';
import { WITH_GROUPS } from './group_names.ts';
import type { GroupName, WithGroup } from './groups.ts';
import { INTERIM_FIELDS } from './interim_schema.ts';
import { LINK_FIELDS } from './link_schema.ts';
import { ENTROPY_FIELDS, FIRST_PACKETS_FIELDS, PAYLOAD_FIELDS } from './sample_schema.ts';
import { STATS_FIELDS } from './stats_schema.ts';
import { TCP_FIELDS } from './tcp_schema.ts';
import { ZEEK_FIELDS } from './zeek_schema.ts';

export const GROUP_FIELDS = {
  tcp: TCP_FIELDS,
  'community-id': COMMUNITY_ID_FIELDS,
  stats: STATS_FIELDS,
  zeek: ZEEK_FIELDS,
  'first-packets': FIRST_PACKETS_FIELDS,
  payload: PAYLOAD_FIELDS,
  entropy: ENTROPY_FIELDS,
  link: LINK_FIELDS,
  activity: ACTIVITY_FIELDS,
  interim: INTERIM_FIELDS,
} as const satisfies Readonly<Record<GroupName, readonly FieldDefinition[]>>;

type Groups = typeof GROUP_FIELDS;

/** A field of a group that is a member of the flow itself. */
export type FlatField<G extends GroupName = GroupName> = Extract<Groups[G][number], { readonly flat: true }>['name'];

/** A group that is an object. */
export type ObjectGroup = {
  [Name in GroupName]: Groups[Name][number] extends { readonly flat: true } ? never : Name;
}[GroupName];

/** The keys in a record of groups that `with` turns on. */
export type GroupKey = ObjectGroup | FlatField<WithGroup>;

/** All of them. */
export const GROUP_KEYS: readonly GroupKey[] = WITH_GROUPS.flatMap((name): readonly GroupKey[] => {
  const fields: readonly FieldDefinition[] = GROUP_FIELDS[name];
  const isFlat = fields.every(({ flat }) => flat === true);
  return (isFlat ? fields.map((field) => field.name) : [name]) as GroupKey[];
});
