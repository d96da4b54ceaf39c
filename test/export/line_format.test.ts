import { describe, expect, it } from 'vitest';
import { csv } from '../../src/export/csv.ts';
import { jsonLines } from '../../src/export/jsonl.ts';
import type { FieldDefinition } from '../../src/flow/field.ts';
import type { LineFormat } from '../../src/flow/line_format.ts';
import { FLOW_FIELDS } from '../../src/flow/fields.ts';
import { grouped } from '../flow/grouped_fields.ts';

/** A line with the places of the fields as values. */
function lineOf(format: LineFormat, fields: readonly FieldDefinition[]): string {
  return format
    .steps(fields)
    .map(({ text, field }) => (field === undefined ? text : `${text}${fields.indexOf(field)}`))
    .join('');
}

const jsonOf = (fields: readonly FieldDefinition[]): string => lineOf(jsonLines, fields);

describe('a group of fields', () => {
  const [port, ttl, startedAt] = grouped as [FieldDefinition, FieldDefinition, FieldDefinition];

  it('is an object of its own in JSON Lines, wherever it stands', () => {
    expect(jsonOf([port, ttl, startedAt])).toBe('{"srcPort":0,"link":{"ttl":1,"startedAt":2}}\n');
    expect(jsonOf([ttl, startedAt, port])).toBe('{"link":{"ttl":0,"startedAt":1},"srcPort":2}\n');
    const other = { ...ttl, group: 'tcp' };
    expect(jsonOf([ttl, other])).toBe('{"link":{"ttl":0},"tcp":{"ttl":1}}\n');
    expect(jsonOf([ttl, port, startedAt])).toBe('{"link":{"ttl":0,"startedAt":2},"srcPort":1}\n');
  });

  it('has objects in it where names have points', () => {
    const [a, b, c] = ['forward.rtt.min', 'forward.gaps', 'ecn'].map((name) => ({ ...ttl, name })) as [
      FieldDefinition,
      FieldDefinition,
      FieldDefinition,
    ];
    expect(jsonOf([port, a, b, c])).toBe('{"srcPort":0,"link":{"forward":{"rtt":{"min":1},"gaps":2},"ecn":3}}\n');
    expect(csv.header([port, a, c])).toBe('srcPort,link_forward_rtt_min,link_ecn\n');
  });

  it('is null as a whole when the flow has none of it', () => {
    const isn = { ...ttl, group: 'tcp', name: 'forward.isn' };
    const steps = jsonLines.steps([port, isn, { ...port, name: 'dstPort' }]);
    expect(steps.map(({ text }) => text)).toEqual([
      '{"srcPort":',
      ',"tcp":',
      '{"forward":{"isn":',
      '}}',
      ',"dstPort":',
      '}\n',
    ]);
    expect(steps[1]?.object).toEqual({ null: 'notTcp', steps: 2 });
  });

  it('has its name before its columns in CSV', () => {
    expect(csv.header([port, ttl])).toBe('srcPort,link_ttl\n');
  });
});

describe('a single field', () => {
  it('makes a whole line', () => {
    const one = FLOW_FIELDS.slice(0, 1);
    expect(jsonOf(one)).toBe('{"srcAddress":0}\n');
    expect(csv.header(one) + lineOf(csv, one)).toBe('srcAddress\n0\n');
  });
});
