/** Columns of CSV as other tools name them: each is a name and what makes its value of a flow. */
import type { FieldDefinition } from '../flow/field.ts';
import { NOTHING_ELSEWHERE } from '../flow/direction_fields.ts';
import type { FlowView } from '../flow/flow.ts';

export type Side = 'forward' | 'reverse';
/** No value needs quotes. */
export type Column = readonly [name: string, value: (flow: FlowView) => string | number];

/** What a value has that is in the row, but in no record. */
export const IN_NO_RECORD = {
  opposite: null,
  ipfix: [],
  as: NOTHING_ELSEWHERE,
} as const satisfies Partial<FieldDefinition>;

/** A value of a group by its path; null when there is none. */
export function valueAt<T>(flow: FlowView, path: string): T | null {
  return flow[path as keyof FlowView] as unknown as T | null;
}

/** A number by its path; 0 for what there is not. */
export function number(flow: FlowView, path: string): number {
  return valueAt<number>(flow, path) ?? 0;
}

export const at =
  (path: string) =>
  (flow: FlowView): number =>
    number(flow, path);

export function lineOf(columns: readonly Column[], flow: FlowView): string {
  return columns.map(([, value]) => value(flow)).join(',');
}
