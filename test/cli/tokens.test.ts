/** Arguments are split as `parseArgs` does it. */
import { parseArgs } from 'node:util';
import { expect, it } from 'vitest';
import { tokensOf } from '../../src/cli/tokens.ts';
import type { Token } from '../../src/cli/tokens.ts';
import { random } from '../builders/random.ts';

const OPTIONS = {
  format: { type: 'string', short: 'f' },
  output: { type: 'string', short: 'o' },
  all: { type: 'boolean', short: 'a' },
  help: { type: 'boolean', short: 'h' },
  'no-progress': { type: 'boolean' },
} as const;

function split(argv: readonly string[]): Token[] {
  const options = new Map<string, { type: string; short?: string }>(Object.entries(OPTIONS));
  return tokensOf(argv, {
    nameOf: (letter) => [...options].find(([, { short }]) => short === letter)?.[0],
    takesValue: (name) => options.get(name)?.type === 'string',
  });
}

function expected(argv: readonly string[]): Token[] {
  const { tokens } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return tokens.flatMap((token): Token[] => {
    if (token.kind === 'positional') return [{ kind: 'operand', text: token.value }];
    if (token.kind !== 'option') return [];
    const { name, rawName, value, inlineValue } = token;
    return [{ kind: 'option', name, shown: rawName, value, inline: inlineValue === true }];
  });
}

it.each([
  [[]],
  [['a', '-', '--', '-f', '--all']],
  [['-f', 'jsonl', '-fcsv', '-f=csv', '-f', '--all', '-f']],
  [['--format=jsonl', '--format', 'csv', '--format=', '--format', '-', '--format']],
  [['-ah', '-haf', 'csv', '-afcsv', '-ahx', '-a', '-x', '-é']],
  [['--all=1', '--none', '--none=1', '--=', '--=a', '---', '--a=b=c', '-=', '-a=1', '']],
])('are split as parseArgs splits them: %j', (argv) => {
  expect(split(argv)).toEqual(expected(argv));
});

it('of any form are split as parseArgs splits them', () => {
  const { below, pick } = random(7);
  const pieces = ['-', '--', '=', 'a', 'f', 'h', 'x', 'format', 'all', 'no-progress', ''];
  for (let n = 0; n < 5000; n++) {
    const argv = Array.from({ length: below(5) }, () => Array.from({ length: below(5) }, () => pick(pieces)).join(''));
    // A dash among letters is a letter. For `parseArgs` it ends the options.
    if (argv.some((text) => /^-[^-]+-/.test(text))) continue;
    expect(split(argv), JSON.stringify(argv)).toEqual(expected(argv));
  }
});
