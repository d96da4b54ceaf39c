/** A finished flow outside the engine. Its fields are those of the schema (schema.ts). */
import type { FlatField, ObjectGroup } from './group_fields.ts';
import type { Identity } from './identity.ts';
import type { Flow as FlowRecord } from './record.ts';
import type { FLOW_SCHEMA } from './schema.ts';

/** A flow. */
export interface Flow extends FlowRecord {
  /** What it is, from its first bytes; only with `with: ['identify']`. */
  readonly identify?: Identity;
}

type Entry = (typeof FLOW_SCHEMA)[number];
type EnumEntry = Extract<Entry, { readonly type: 'enum' }>;
type TimeEntry = Extract<Entry, { readonly type: 'time' }>;

/** A field of every flow, by its name. */
type CoreField = Entry['name'];

/** A field of a group, by its path. */
type GroupField = `${ObjectGroup}.${string}` | FlatField;

/** A field by its name; one of a group by its path, `tcp.forward.isn`. */
export type FlowField = CoreField | GroupField;

/** Why a flow ended. `fin` and `rst` are IPFIX "end of flow detected". */
export type EndReason = Extract<EnumEntry, { readonly name: 'endReason' }>['words'][number]['word'];

/** IPFIX flowEndReason (RFC 5102 §5.11.3): 1 idle, 2 active, 3 end detected, 4 forced end, 5 lack of resources. */
export type EndReasonIpfix = Extract<EnumEntry, { readonly name: 'endReason' }>['words'][number]['ipfix'];

/** A flow with chosen fields only. */
export type FlowWith<F extends FlowField> = Pick<Flow, KeyOf<F> & keyof Flow>;

/** The key of a record that holds the field. */
type KeyOf<F extends FlowField> = F extends TimeEntry['name'] ? `${F}Ns` : F extends `${infer G}.${string}` ? G : F;

/** A moment in two numbers: no bigint is needed to write it down. */
export interface Moment {
  /** Whole seconds since the epoch. */
  readonly seconds: number;
  /** Nanoseconds in the second, 0..999,999,999. */
  readonly nanos: number;
}

/** The same flow as the text formats see it: a view that is only good until the next flow is looked at. */
export type FlowView = {
  readonly [Name in CoreField]: Name extends TimeEntry['name'] ? Moment : Flow[Name & keyof Flow];
};
