import { describe, expect, it } from 'vitest';
import { layoutFlows, MAY_BE_EMPTY } from '../../../src/cli/top/flow_columns.ts';
import type { TopFlow } from '../../../src/cli/top/flow_columns.ts';
import type { SortColumn } from '../../../src/cli/top/flow_rates.ts';
import { layoutGroups } from '../../../src/cli/top/group_columns.ts';
import type { GroupView } from '../../../src/cli/top/groups.ts';

/** Columns whose titles are these have something to show. */
const filled = (...titles: readonly string[]): ReadonlySet<(typeof MAY_BE_EMPTY)[number]> =>
  new Set(MAY_BE_EMPTY.filter(({ title }) => titles.includes(title)));
const NAMED = filled('PROCESS', 'DIR', 'SERVICE', 'OWNER', 'FLAGS');
const ALL = filled('PROCESS', 'DIR', 'SERVICE', 'OWNER', 'FLAGS', 'APP', 'NAME');
const SORTS: readonly SortColumn[] = ['rate', 'bytes', 'packets', 'age'];
const GROUPS: readonly GroupView[] = ['processes', 'hosts', 'ports'];

function titles(width: number, sort: SortColumn, columns = filled()): string[] {
  return layoutFlows(width, sort, 0, columns).columns.map(({ title }) => title);
}

it('has applications and names where they are known, and before services where there is little room', () => {
  expect(titles(400, 'rate', ALL)).toEqual(expect.arrayContaining(['APP', 'NAME', 'SERVICE']));
  expect(titles(400, 'rate', NAMED)).not.toEqual(expect.arrayContaining(['NAME']));
  const narrow = titles(128, 'rate', ALL);
  expect(narrow).toContain('NAME');
  expect(narrow).not.toContain('SERVICE');
});

describe('the columns of flows', () => {
  it('never take more than the width, and always have the one that flows are sorted by', () => {
    for (let width = 1; width <= 250; width++) {
      for (const sort of SORTS) {
        const layouts = [
          ...[filled(), ALL].map((columns) => layoutFlows(width, sort, 1, columns)),
          ...GROUPS.map((view) =>
            layoutGroups(view, width, sort, 1, { detail: width % 2 === 0, more: width % 3 === 0 }),
          ),
        ];
        for (const { columns, gap } of layouts) {
          const used = columns.reduce((sum, column) => sum + column.width + gap, -gap);
          if (width >= 7) expect(used, `${width} ${sort}`).toBeLessThanOrEqual(width);
          expect(columns.some((column) => column.sort === sort)).toBe(true);
          expect(columns.every((column) => column.width > 0)).toBe(true);
        }
      }
    }
  });

  it('have rates of both directions on 80 columns, with whole IPv4 endpoints', () => {
    expect(titles(80, 'rate')).toEqual(['PROTO', 'SOURCE', 'DESTINATION', 'FWD b/s', 'REV b/s', 'BIT/S']);
    expect(titles(80, 'rate', NAMED)).toEqual(['SOURCE', 'DESTINATION', 'FWD b/s', 'REV b/s', 'BIT/S', 'PROCESS']);
    expect(layoutFlows(80, 'rate', 0, NAMED).columns[0]?.width).toBe(21);
  });

  it('go one after the other, endpoints last', () => {
    expect(titles(60, 'age')).toEqual(['SOURCE', 'DESTINATION', 'BIT/S', 'AGE']);
    expect(titles(40, 'bytes')).toEqual(['SOURCE', 'DESTINATION', 'BYTES']);
    expect(titles(20, 'packets')).toEqual(['SOURCE', 'PKTS']);
    expect(titles(5, 'rate')).toEqual(['BIT/S']);
  });

  it('are there only where they have something to show, and have means of all windows where there is room', () => {
    expect(titles(200, 'rate')).toEqual([
      ...['PROTO', 'SOURCE', 'DESTINATION', 'FWD b/s', 'REV b/s', 'BIT/S', '10s b/s', '40s b/s'],
      ...['BYTES', 'PKTS', 'AGE'],
    ]);
    expect(layoutFlows(200, 'rate', 2, filled()).columns.map(({ title }) => title)).toEqual([
      ...['PROTO', 'SOURCE', 'DESTINATION', 'FWD b/s', 'REV b/s', 'BIT/S', '2s b/s', '10s b/s'],
      ...['BYTES', 'PKTS', 'AGE'],
    ]);
    expect(titles(250, 'rate', NAMED).slice(-4)).toEqual(['FLAGS', 'DIR', 'PROCESS', 'OWNER']);
  });

  it('gives room that is left to the endpoints, as much as the longest one needs', () => {
    expect(layoutFlows(1000, 'rate', 0, filled()).columns[1]?.width).toBe(
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
    source: '2001:db8:aaaa:bbbb::1',
    destination: '2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff',
  } as unknown as TopFlow;

  it('keeps its port, after a name as well', () => {
    const [, source, destination] = layoutFlows(80, 'rate', 0, filled()).columns;
    expect(source?.text(flow, 21)).toBe('[2001:db8:aaaa…:50000');
    expect(destination?.text(flow, 21)).toBe('2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff');
    expect(source?.text({ ...flow, source: 'a-name-that-is-long.example' }, 21)).toBe('a-name-that-is…:50000');
  });
});
