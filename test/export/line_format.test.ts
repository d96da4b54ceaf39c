import { describe, expect, it } from 'vitest';
import { csv } from '../../src/export/csv.ts';
import { jsonLines } from '../../src/export/jsonl.ts';
import type { FieldDefinition } from '../../src/flow/field.ts';
import { FLOW_FIELDS } from '../../src/flow/fields.ts';
import { grouped } from '../flow/grouped_fields.ts';

function jsonOf(fields: readonly FieldDefinition[]): string {
  return fields.map((_, n) => `${jsonLines.before(fields, n)}${n}`).join('') + jsonLines.end(fields);
}

describe('a group of fields', () => {
  const [port, ttl, startedAt] = grouped as [FieldDefinition, FieldDefinition, FieldDefinition];

  it('is an object of its own in JSON Lines, wherever it stands', () => {
    expect(jsonOf([port, ttl, startedAt])).toBe('{"srcPort":0,"link":{"ttl":1,"startedAt":2}}\n');
    expect(jsonOf([ttl, startedAt, port])).toBe('{"link":{"ttl":0,"startedAt":1},"srcPort":2}\n');
    const other = { ...ttl, group: 'tcp' };
    expect(jsonOf([ttl, other])).toBe('{"link":{"ttl":0},"tcp":{"ttl":1}}\n');
  });

  it('has its name before its columns in CSV', () => {
    expect(csv.header([port, ttl])).toBe('srcPort,link_ttl\n');
  });
});

describe('a single field', () => {
  it('makes a whole line', () => {
    const one = FLOW_FIELDS.slice(0, 1);
    expect(jsonOf(one)).toBe('{"srcAddress":0}\n');
    expect(csv.header(one) + csv.before(one, 0) + csv.end(one)).toBe('srcAddress\n\n');
  });
});
