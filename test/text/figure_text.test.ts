import { expect, it } from 'vitest';
import { binaryText, countText, decimalText, groupedText } from '../../src/text/figure_text.ts';
import { ageText } from '../../src/text/time_text.ts';

it('writes decimal steps in six characters at most', () => {
  expect([0, 0.4, 1, 999, 999.4, 999.6, 1000, 1049, 999_949, 999_950, 1e6, 123.4e9, 9.9e17].map(decimalText)).toEqual([
    '0',
    '0',
    '1',
    '999',
    '999',
    '1.0k',
    '1.0k',
    '1.0k',
    '999.9k',
    '1.0M',
    '1.0M',
    '123.4G',
    '990.0P',
  ]);
});

it('writes binary steps in seven characters at most', () => {
  expect([0, 999, 1000, 1024, 1023 * 1024, 2 ** 20, 2 ** 50, 999 * 2 ** 50].map(binaryText)).toEqual([
    '0',
    '999',
    '1.0Ki',
    '1.0Ki',
    '1.0Mi',
    '1.0Mi',
    '1.0Pi',
    '999.0Pi',
  ]);
});

it('writes counts in full up to six digits', () => {
  expect([0, 999_999, 1_000_000].map(countText)).toEqual(['0', '999999', '1.0M']);
});

it('writes ages in six characters at most, never below 0', () => {
  expect(
    [-3, 0, 59.9, 60, 3599, 3600, 86_399, 86_400, 99 * 86_400 + 86_399, 100 * 86_400, 1157 * 86_400].map(ageText),
  ).toEqual(['0s', '0s', '59s', '1m00s', '59m59s', '1h00m', '23h59m', '1d00h', '99d23h', '100d', '1157d']);
});

it('groups digits in threes', () => {
  expect([0, 999, 1000, 1_234_567].map(groupedText)).toEqual(['0', '999', '1,000', '1,234,567']);
});
