/**
 * JSON Lines: one flow, one line. Times are numbers with nine decimals, seconds since the epoch. Fields of a group are
 * an object of their own, or null when the flow has none of them.
 * {"srcAddress":"10.0.0.1","srcPort":40000,...,"firstSeen":1700000000.000000000,...,"endReason":"fin"}
 */
import { fieldPath } from '../flow/field.ts';
import type { FieldDefinition } from '../flow/field.ts';
import { groupNull } from '../flow/groups.ts';
import type { LineFormat, LineStep } from '../flow/line_format.ts';

export const jsonLines: LineFormat = {
  header: () => '',
  steps(fields) {
    const steps: LineStep[] = [];
    const end = writeObject(treeOf(fields), '', steps);
    return [...steps, { text: `${end}\n` }];
  },
  quote: '"',
  brackets: true,
  none: 'null',
};

type Tree = Map<string, FieldDefinition | Tree>;

/** The fields as objects in objects. What belongs to one object is together, where its first field stands. */
function treeOf(fields: readonly FieldDefinition[]): Tree {
  const root: Tree = new Map();
  for (const field of fields) {
    const names = fieldPath(field).split('.');
    const last = names.pop() ?? '';
    let object = root;
    for (const name of names) {
      const inner = object.get(name);
      const next: Tree = inner instanceof Map ? inner : new Map();
      object.set(name, next);
      object = next;
    }
    object.set(last, field);
  }
  return root;
}

/** Adds the steps of an object whose brace follows `text`. Returns the text before the next step. */
function writeObject(object: Tree, text: string, steps: LineStep[]): string {
  let pending = `${text}{`;
  let separator = '';
  for (const [name, member] of object) {
    pending += `${separator}"${name}":`;
    separator = ',';
    const rule = groupNull(name);
    if (!(member instanceof Map)) {
      steps.push({ text: pending, field: member });
      pending = '';
    } else if (rule === 'never') {
      pending = writeObject(member, pending, steps);
    } else {
      const members: LineStep[] = [];
      members.push({ text: writeObject(member, '', members) });
      steps.push({ text: pending, object: { null: rule, steps: members.length } }, ...members);
      pending = '';
    }
  }
  return `${pending}}`;
}
