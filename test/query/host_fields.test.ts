/** Fields of who is behind a flow, in expressions: tested for what is known, not for what lies in a row. */
import { describe, expect, it } from 'vitest';
import { ROW_SOURCE, ROW_VERSION } from '../../assembly/layout.ts';
import { HostSource } from '../../src/query/host_fields.ts';
import type { KnownHost } from '../../src/query/host_fields.ts';
import { compileWhere } from '../../src/query/where.ts';

const NOBODY: KnownHost = {
  process: null,
  direction: null,
  evidence: null,
  namespace: null,
  scope: null,
  srcOwner: null,
  dstOwner: null,
};
const CURL: KnownHost = {
  ...NOBODY,
  process: { pid: 42, name: 'curl', uid: 1000, user: 'ann' },
  direction: 'outbound',
  evidence: 'socket',
  dstOwner: { asn: 64500, name: 'EXAMPLE', country: 'NL', prefix: '192.0.2.0/24' },
};
const bytes = { u8: new Uint8Array(0), data: new DataView(new ArrayBuffer(0)) };

function compiled(
  text: string,
  processes = true,
  owners = true,
): { source: HostSource; of(known: KnownHost): boolean } {
  const source = new HostSource(processes, owners);
  const test = compileWhere(text, { groups: [], placed: (fields) => fields, remedy: String, host: source });
  return {
    source,
    of(known) {
      source.known = known;
      return test(bytes, 0);
    },
  };
}

describe('an expression about processes and owners', () => {
  it('with an interface behind an address asks for both', () => {
    const row = new Uint8Array(256);
    row[ROW_VERSION] = 6;
    row.set([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], ROW_SOURCE);
    const data = new DataView(row.buffer);
    const source = new HostSource(true, false);
    const matches = (text: string, scope: string | null): boolean => {
      const test = compileWhere(text, { groups: [], placed: (fields) => fields, remedy: String, host: source });
      source.known = { ...NOBODY, scope };
      return test({ u8: row, data }, 0);
    };
    expect(matches('srcAddress = fe80::1%eth0', 'eth0')).toBe(true);
    expect(matches('srcAddress = fe80::1%eth0', 'eth1')).toBe(false);
    expect(matches('srcAddress = fe80::1%eth0', null)).toBe(false);
    expect(matches('srcAddress = fe80::2%eth0', 'eth0')).toBe(false);
    expect(matches('srcAddress != fe80::1%eth0', 'eth1')).toBe(true);
    expect(matches('address in (fe80::1%eth0.7, 192.0.2.0/24)', 'eth0.7')).toBe(true);
    expect(matches('address in (fe80::1%eth0, 192.0.2.0/24)', 'eth0.7')).toBe(false);
    expect(() => compiled('srcAddress = fe80::1%eth0', false)).toThrow("%eth0: 'scope' needs processes; add --process");
  });

  it.each([
    ['process.name = curl', true, false],
    ['process.name != curl', false, false],
    ['process.name in (curl, wget)', true, false],
    ['process.pid >= 42', true, false],
    ['process.uid = 0', false, false],
    ['process.user = ann and direction = outbound', true, false],
    ['evidence = socket', true, false],
    ['process.name is null', false, true],
    ['not process.name = curl', false, true],
    ['dstOwner.asn = 64500 and dstOwner.country = NL', true, false],
    ['srcOwner.asn is not null', false, false],
    ['namespace is null', true, true],
    ['scope = eth0', false, false],
  ])('%s is true of what is known', (text, curl, nobody) => {
    const test = compiled(text);
    expect(test.of(CURL)).toBe(curl);
    expect(test.of(NOBODY)).toBe(nobody);
    expect(test.source.asked).toBe(true);
  });

  it('is known to ask nothing when it names none of them', () => {
    expect(compiled('true').source.asked).toBe(false);
  });

  it('names what turns a field on, and the words that one can have', () => {
    expect(() => compiled('process.name = a', false)).toThrow("'process.name' needs processes; add --process");
    expect(() => compiled('dstOwner.asn = 1', true, false)).toThrow("'dstOwner.asn' needs owners; add --owner");
    expect(() => compiled('direction = in')).toThrow('direction');
    expect(() => compiled('direction = inbond')).toThrow("did you mean 'inbound'?");
    expect(() => compiled('process.nam = a')).toThrow("did you mean 'process.name'?");
  });
});
