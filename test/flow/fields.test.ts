import { describe, expect, it } from 'vitest';
import { fieldPath } from '../../src/flow/field.ts';
import { chooseFields, FLOW_FIELDS } from '../../src/flow/fields.ts';

describe('chosen fields', () => {
  it('are those that are named, in that order', () => {
    const fields = chooseFields('fields', ['endReason', 'srcPort', 'firstSeen']);
    expect(fields.map(fieldPath)).toEqual(['endReason', 'srcPort', 'firstSeen']);
    expect(chooseFields('fields', FLOW_FIELDS.map(fieldPath))).toEqual(FLOW_FIELDS);
  });

  it.each([
    ['srcAdress', 'srcAddress'],
    ['packetsforward', 'packetsForward'],
    ['endReasno', 'endReason'],
    ['lastSeenNs', 'lastSeen'],
  ])('%s is unknown, and the nearest known name is %s', (name, near) => {
    expect(() => chooseFields('--fields', ['srcPort', name])).toThrow(
      `--fields has an unknown field '${name}'; did you mean '${near}'?`,
    );
  });

  it('are all named when none is near', () => {
    expect(() => chooseFields('fields', ['colour'])).toThrow(
      /^fields has an unknown field 'colour'; the fields are srcAddress, srcPort, .*, endReason/,
    );
  });

  it('are named once, at least one of them, in a list', () => {
    expect(() => chooseFields('fields', ['srcPort', 'dstPort', 'srcPort'])).toThrow("fields has 'srcPort' twice");
    expect(() => chooseFields('fields', [])).toThrow(RangeError);
    expect(() => chooseFields('fields', 'srcPort' as unknown as string[])).toThrow(TypeError);
    expect(() => chooseFields('fields', [1] as unknown as string[])).toThrow("fields has an unknown field '1'");
  });
});
