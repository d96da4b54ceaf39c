/** All groups of fields of FParser, from a file and from its replay, are those of readFlows. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { AnyFlow, FParserOptions } from '../../src/fparser/index.ts';
import { FParser } from '../../src/fparser/index.ts';
import { GROUP_KEYS } from '../../src/flow/group_fields.ts';
import { readFlows } from '../../src/index.ts';
import { ALL_GROUPS } from '../fuzz/groups.ts';
import { flowsIn, SMALL } from './runs.ts';

const tour = fileURLToPath(new URL('../../pcaps/tour.pcap', import.meta.url));

const ALL = { with: ALL_GROUPS, direction: 'bi', filter: '', snaplen: 262_144 } as const;
/** Room for records with all groups. */
const ROOM = { ...SMALL, softMemLimit: 2 ** 25, hardMemLimit: 2 ** 26, log: () => undefined };

/** JSON does not have all numbers. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part} ns` : part));

/** What the groups say, one text for each flow, in an order that does not depend on when flows end. */
function groupsOf(flows: readonly object[]): string[] {
  return flows.map((flow) => textOf(GROUP_KEYS.map((key) => flow[key as keyof typeof flow]))).toSorted();
}

async function wantedOf(options: object = {}): Promise<string[]> {
  const flows = [];
  for await (const flow of readFlows(tour, { ...ALL, filter: '', ...options })) flows.push(flow);
  return groupsOf(flows);
}

async function given(options: object = {}): Promise<string[]> {
  const all = { ...ALL, ...ROOM, flowTimeout: 600, finTimeout: 30, ...options };
  return groupsOf((await flowsIn(tour, all as unknown as FParserOptions<'uni'>)).flows as readonly AnyFlow[]);
}

describe('groups of FParser', () => {
  it('are those of readFlows', async () => {
    const wanted = await wantedOf();
    expect(wanted.length).toBeGreaterThan(10);
    expect(await given()).toEqual(wanted);
  });

  it('are the same when the file is replayed', async () => {
    expect(await given({ replay: { speed: 'max' } })).toEqual(await wantedOf());
  });

  it('and cuts are those of the preset', async () => {
    const preset = { preset: 'zeek', direction: 'bi' };
    expect(await given(preset)).toEqual(await wantedOf(preset));
    for (const name of ['cic', 'nfstream'] as const) {
      const other = { preset: name, flowTimeout: undefined, finTimeout: undefined };
      expect(await given(other)).toEqual(await wantedOf({ preset: name }));
    }
  });

  it.each(['tcp', 'zeek', 'payload=1024', 'entropy'] as const)('need no snaplen: %s', async (group) => {
    const options = { with: [group], snaplen: undefined };
    expect(await given(options)).toEqual(await wantedOf(options));
  });

  it('refuse the preset zeek for flows of one direction', () => {
    expect(() => new FParser(tour, { isFile: true, preset: 'zeek' })).toThrow('flows of both directions');
  });
});
