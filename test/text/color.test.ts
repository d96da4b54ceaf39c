import { describe, expect, it } from 'vitest';
import { chosenColorDepth, colorDepth } from '../../src/text/color.ts';

const TERMINAL = { isTTY: true };
const PIPE = {};

describe('a terminal', () => {
  it.each([
    [{}, 4],
    [{ TERM: 'xterm' }, 4],
    [{ TERM: 'xterm-256color' }, 8],
    [{ TERM: 'screen-256color-bce' }, 8],
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 24],
    [{ TERM: 'xterm', COLORTERM: '24bit' }, 24],
    [{ TERM: 'xterm', COLORTERM: 'yes' }, 4],
    [{ TERM: 'dumb', COLORTERM: 'truecolor' }, 0],
    [{ TERM: 'xterm-256color', NO_COLOR: '1' }, 0],
    [{ TERM: 'xterm-256color', NO_COLOR: '' }, 8],
  ])('with %j has %d bits', (env, depth) => {
    expect(colorDepth(env, TERMINAL)).toBe(depth);
  });
});

it('anything else has none', () => {
  expect(colorDepth({ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, PIPE)).toBe(0);
  expect(colorDepth({ TERM: 'xterm-256color' }, { isTTY: false })).toBe(0);
});

it.each([
  ['0', 0],
  ['1', 4],
  ['2', 8],
  ['3', 24],
])('FORCE_COLOR=%s overrides everything', (FORCE_COLOR, depth) => {
  for (const stream of [TERMINAL, PIPE]) {
    expect(colorDepth({ FORCE_COLOR }, stream)).toBe(depth);
    expect(colorDepth({ FORCE_COLOR, NO_COLOR: '1', TERM: 'dumb' }, stream)).toBe(depth);
    expect(colorDepth({ FORCE_COLOR, COLORTERM: 'truecolor' }, stream)).toBe(depth);
  }
});

it.each(['', '4', 'true', '01'])('FORCE_COLOR=%s says nothing', (FORCE_COLOR) => {
  expect(colorDepth({ FORCE_COLOR, TERM: 'xterm-256color' }, TERMINAL)).toBe(8);
  expect(colorDepth({ FORCE_COLOR, TERM: 'xterm-256color' }, PIPE)).toBe(0);
});

it('the user has the last word', () => {
  expect(chosenColorDepth('auto', { TERM: 'xterm-256color' }, TERMINAL)).toBe(8);
  expect(chosenColorDepth('auto', { TERM: 'xterm-256color' }, PIPE)).toBe(0);
  expect(chosenColorDepth('never', { FORCE_COLOR: '3' }, TERMINAL)).toBe(0);
  expect(chosenColorDepth('always', { NO_COLOR: '1', TERM: 'dumb' }, PIPE)).toBe(4);
  expect(chosenColorDepth('always', { TERM: 'xterm-256color' }, PIPE)).toBe(8);
  expect(chosenColorDepth('always', { COLORTERM: 'truecolor' }, PIPE)).toBe(24);
});
