/** What is made from the schema of flows is current. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { between, DOCUMENTS, jsonSchema, recordType } from '../../docs/make/documents.ts';
import { FLOW_FIELDS } from '../../src/flow/fields.ts';
import { grouped } from './grouped_fields.ts';

const root = new URL('../../', import.meta.url).pathname;

describe('npm run docs:schema', () => {
  it.each([...DOCUMENTS])('has written %s', (path, make) => {
    const now = readFileSync(root + path, 'utf8');
    expect(make(now), 'stale: run `npm run docs:schema`').toBe(now);
  });

  it('wants the markers in a document', () => {
    expect(() => between('no markers here', 'fields')).toThrow("the markers '<!-- fields: written by");
  });
});

describe('the JSON Schema', () => {
  it('allows null exactly for the fields that may have no value', () => {
    const { properties } = jsonSchema(FLOW_FIELDS) as { properties: Record<string, { type: unknown }> };
    const nullable = Object.keys(properties).filter((name) => Array.isArray(properties[name]?.type));
    expect(nullable).toEqual(['tcpFlagsForward', 'tcpFlagsReverse', 'icmpType', 'icmpCode']);
  });

  it('has the fields of a group in an object of their own', () => {
    const { properties, required } = jsonSchema(grouped) as {
      properties: { link: { properties: object; required: string[] } };
      required: string[];
    };
    expect(required).toEqual(['srcPort']);
    expect(properties.link).toMatchObject({ type: 'object', required: ['ttl', 'startedAt', 'tunnel'] });
    expect(properties.link.properties).toMatchObject({
      ttl: { type: ['integer', 'null'], minimum: 0, maximum: 255 },
      tunnel: { type: ['string', 'null'], enum: ['gre', 'vxlan', null] },
    });
  });
});

describe('the record type', () => {
  it('has the fields of a group in an object that is only there when the group is on', () => {
    const text = recordType(grouped);
    expect(text).toContain('  readonly link?: {\n    /**\n     * Time to live');
    expect(text).toContain('    readonly startedAtNs: bigint;\n');
    expect(text).toContain('    readonly ttl: number | null;\n');
  });
});
