import { describe, expect, it } from 'vitest';
import { layoutColumns } from '../../../src/cli/top/flow_columns.ts';
import type { TopFlow } from '../../../src/cli/top/flow_columns.ts';
import type { SortColumn } from '../../../src/cli/top/flow_rates.ts';

function titles(width: number, sort: SortColumn, identities = false): string[] {
  return layoutColumns(width, sort, identities).columns.map(({ title }) => title);
}

const SORTS: readonly SortColumn[] = ['rate', 'bytes', 'packets', 'age'];

it('has applications and names where they are wanted, and before services where there is little room', () => {
  const titles = (width: number, contents: boolean): string[] =>
    layoutColumns(width, 'rate', true, contents).columns.map(({ title }) => title);
  expect(titles(400, true)).toEqual(expect.arrayContaining(['APP', 'NAME', 'SERVICE']));
  expect(titles(400, false)).not.toEqual(expect.arrayContaining(['NAME']));
  const narrow = titles(120, true);
  expect(narrow).toContain('NAME');
  expect(narrow).not.toContain('SERVICE');
});

describe('layoutColumns', () => {
  it('never takes more than the width, and always has the column that flows are sorted by', () => {
    for (let width = 1; width <= 250; width++) {
      for (const sort of SORTS) {
        for (const identities of [false, true]) {
          const { columns, gap } = layoutColumns(width, sort, identities);
          const used = columns.reduce((sum, column) => sum + column.width + gap, -gap);
          if (width >= 7) expect(used, `${width} ${sort}`).toBeLessThanOrEqual(width);
          expect(columns.some((column) => column.sort === sort)).toBe(true);
          expect(columns.every((column) => column.width > 0)).toBe(true);
        }
      }
    }
  });

  it('shows all figures on 80 columns with whole IPv4 endpoints', () => {
    expect(titles(80, 'rate')).toEqual(['PROTO', 'SOURCE', 'DESTINATION', 'BIT/S', 'BYTES', 'PKTS', 'AGE']);
    expect(layoutColumns(80, 'rate', false).columns[1]?.width).toBe(21);
  });

  it('gives up columns one after the other, endpoints last', () => {
    expect(titles(60, 'age')).toEqual(['SOURCE', 'DESTINATION', 'BIT/S', 'AGE']);
    expect(titles(40, 'bytes')).toEqual(['SOURCE', 'DESTINATION', 'BYTES']);
    expect(titles(20, 'packets')).toEqual(['SOURCE', 'PKTS']);
    expect(titles(5, 'rate')).toEqual(['BIT/S']);
  });

  it('has columns for names only where names are known', () => {
    expect(titles(200, 'rate')).not.toContain('PROCESS');
    expect(titles(200, 'rate', true)).toEqual([
      'PROTO',
      'SOURCE',
      'DESTINATION',
      'SERVICE',
      'BIT/S',
      'BYTES',
      'PKTS',
      'AGE',
      'FLAGS',
      'DIR',
      'PROCESS',
      'OWNER',
    ]);
    expect(titles(80, 'rate', true)).toContain('PROCESS');
  });

  it('gives room that is left to the endpoints, as much as the longest one needs', () => {
    expect(layoutColumns(1000, 'rate', false).columns[1]?.width).toBe(
      '[2001:1db8:1000:1000:1000:1000:1000:1000]:65535'.length,
    );
  });
});

describe('an endpoint that is too long', () => {
  const flow = {
    row: {
      srcAddress: '2001:db8:aaaa:bbbb::1',
      srcPort: 50_000,
      dstAddress: '2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff',
      dstPort: 0,
    },
  } as unknown as TopFlow;

  it('keeps its port', () => {
    const [, source, destination] = layoutColumns(80, 'rate', false).columns;
    expect(source?.text(flow, 21)).toBe('[2001:db8:aaaa…:50000');
    expect(destination?.text(flow, 21)).toBe('2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff');
  });
});
