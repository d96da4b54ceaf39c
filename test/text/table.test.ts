import { describe, expect, test } from 'vitest';
import { endpointText, flowEndpointText } from '../../src/text/endpoint.ts';
import { alignedCells, fixedTable, sampledTable, tableLines } from '../../src/text/table.ts';
import { widthOf } from '../../src/text/width.ts';

const columns = { titles: ['NAME', 'N'], right: new Set([1]) };

describe('tableLines', () => {
  test('aligns numbers to the right and writes no blanks at line ends', () => {
    const lines = [
      ...tableLines({ titles: ['NAME', 'N', 'NOTE'], right: new Set([1]) }, [
        ['a', '12', ''],
        ['bcdef', '3', 'x'],
      ]),
    ];
    expect(lines).toEqual(['NAME    N  NOTE\n', 'a      12\n', 'bcdef   3  x\n']);
  });

  test('measures columns of the terminal, not characters', () => {
    const lines = [
      ...tableLines({ titles: ['A', 'B'], width: widthOf }, [
        ['日本', 'x'],
        ['abcd', 'y'],
      ]),
    ];
    expect(lines).toEqual(['A     B\n', '日本  x\n', 'abcd  y\n']);
  });
});

describe('sampledTable', () => {
  test('holds rows back until the sample is full, then writes with fixed widths', () => {
    const table = sampledTable(columns, 2);
    expect(table.row(['aaaaaa', '1'])).toBe('');
    expect(table.row(['b', '22'])).toBe('NAME     N\naaaaaa   1\nb       22\n');
    expect(table.row(['ccccccccc', '3'])).toBe('ccccccccc   3\n');
    expect(table.end()).toBe('');
  });

  test('without rows is its titles', () => {
    expect(sampledTable(columns, 5).end()).toBe('NAME  N\n');
  });
});

describe('fixedTable', () => {
  test('writes its titles once, before the first row or at the end', () => {
    const table = fixedTable(columns, [6, 3]);
    expect(table.row(['a', '1'])).toBe('NAME      N\na         1\n');
    expect(table.row(['b', '2'])).toBe('b         2\n');
    expect(table.end()).toBe('');
    expect(fixedTable(columns, [6, 3]).end()).toBe('NAME      N\n');
  });
});

test('alignedCells alternates blanks and cells, so that only cells need a style', () => {
  expect(alignedCells(['a', '1', 'z'], [3, 2, 4], { titles: [], right: new Set([1]) })).toEqual([
    '',
    'a',
    '     ',
    '1',
    '  ',
    'z',
  ]);
});

describe('endpointText', () => {
  test.each([
    [endpointText('192.0.2.1', 80), '192.0.2.1:80'],
    [endpointText('2001:db8::1', 80), '[2001:db8::1]:80'],
    [endpointText('::', '*'), '[::]:*'],
    [endpointText('192.0.2.1', 0), '192.0.2.1:0'],
    [flowEndpointText('192.0.2.1', 0), '192.0.2.1'],
    [flowEndpointText('2001:db8::1', 443), '[2001:db8::1]:443'],
  ])('writes %s', (text, expected) => {
    expect(text).toBe(expected);
  });
});
