/**
 * Groups of fields beyond the core. A flow has them when they are asked for, with `--with` or `with`. Their fields are in
 * group_fields.ts, which a command loads only then.
 */
import type { NullRule } from './field.ts';

export interface FieldGroup {
  /** When a flow has none of it: the group is null then. */
  readonly null: NullRule;
  /** One line of help. */
  readonly doc: string;
}

export const FIELD_GROUPS = {
  tcp: { null: 'notTcp', doc: 'flags, options, windows, losses and round trips of TCP' },
  'community-id': {
    null: 'never',
    doc: 'the name that many tools give to a conversation',
  },
  stats: { null: 'never', doc: 'sizes of packets, gaps between them, rates' },
  zeek: { null: 'never', doc: "connections as Zeek's conn.log has them" },
  'first-packets': {
    null: 'never',
    doc: 'direction, sizes, gaps and flags of the first packets, N of them (`first-packets=N`, 10 by default)',
  },
  payload: {
    null: 'never',
    doc: 'first payload bytes of each direction, N of them (`payload=N`, 64 by default)',
  },
  entropy: { null: 'never', doc: 'entropy of the payload of each direction' },
  link: { null: 'never', doc: 'VLANs, MPLS labels, MAC addresses, TTL, DSCP, flow label, tunnel' },
  activity: {
    null: 'never',
    doc: 'active and idle periods, subflows, bulks, transport headers',
  },
  interim: { null: 'never', doc: 'which record of its flow it is, with `--interim`' },
} as const satisfies Readonly<Record<string, FieldGroup>>;

/** One line of help for `identify`, which is no group of fields of a row. */
export const IDENTIFY_DOC =
  'application and names from the first bytes, `identify=tls,dns` of these only (docs/identification.md)';

/** What a flow can have besides groups of fields: what it is, from its first bytes. It is not a field of a row. */
export type WithName = GroupName | 'identify' | `identify=${string}` | SizedName;

/** Groups that keep as much as one asks for, with the bounds of that and what they keep else. */
export const GROUP_SIZES = {
  'first-packets': { range: [1, 255], default: 10 },
  payload: { range: [1, 1024], default: 64 },
} as const satisfies Readonly<Record<string, { readonly range: readonly [number, number]; readonly default: number }>>;

/** Such a group with its size: `payload=100`. */
export type SizedName = `${keyof typeof GROUP_SIZES}=${number}`;

export type GroupName = keyof typeof FIELD_GROUPS;

/** A group that `with` turns on; `interim` has an option of its own. */
export type WithGroup = Exclude<GroupName, 'interim'>;

/**
 * All groups that these options turn on.
 * @throws {RangeError} for running records of flows that are to be identified, which happens once, at their end
 */
export function groupsOn(options: {
  readonly with?: readonly WithName[] | undefined;
  readonly interim?: number | undefined;
}): readonly WithName[] {
  const names = options.with ?? [];
  if (options.interim === undefined) return names;
  if (wantsIdentity(names))
    throw new RangeError('running records do not say what a flow is; leave out interim or identify');
  return [...new Set<WithName>([...names, 'interim'])];
}

const IDENTIFY_PREFIX = 'identify=';

export function wantsIdentity(names: readonly WithName[] = []): boolean {
  return names.some((name) => name === 'identify' || name.startsWith(IDENTIFY_PREFIX));
}

/** What turns the group on, as the command line or the library has it. */
export function groupOption(group: string, place: 'command' | 'library'): string {
  if (group === 'interim') return place === 'command' ? '--interim S' : 'interim: S';
  return place === 'command' ? `--with ${group}` : `with: ['${group}']`;
}

/** The applications of `identify=tls`; undefined for all of them. */
export function chosenApps(names: readonly WithName[] = []): ReadonlySet<string> | undefined {
  const apps = names
    .filter((name) => name.startsWith(IDENTIFY_PREFIX))
    .map((name) => name.slice(IDENTIFY_PREFIX.length));
  return apps.length === 0 || names.includes('identify') ? undefined : new Set(apps);
}

/** Is the group among them, with a size or without? */
export function hasGroup(names: readonly WithName[] | undefined, group: string): boolean {
  return names?.some((name) => name.split('=')[0] === group) === true;
}

/** Is the payload of packets looked at? */
export function wantsPayload(names: readonly WithName[] = []): boolean {
  return wantsIdentity(names) || hasGroup(names, 'payload') || hasGroup(names, 'entropy');
}

/** How much the group keeps: what was asked for last. 0: it is off. */
export function groupSize(names: readonly WithName[] | undefined, group: keyof typeof GROUP_SIZES): number {
  const name = names?.findLast((one) => one.split('=')[0] === group);
  if (name === undefined) return 0;
  const size = name.split('=')[1];
  return size === undefined ? GROUP_SIZES[group].default : Number(size);
}

/** When a flow has no fields of the group. */
export function groupNull(group: string): NullRule {
  return group in FIELD_GROUPS ? FIELD_GROUPS[group as GroupName].null : 'never';
}
