import { describe, expect, it } from 'vitest';
import type { ColorDepth } from '../../../src/text/color.ts';
import { span } from '../../../src/cli/top/line.ts';
import { screenPalette } from '../../../src/cli/top/styles.ts';
import { Screen } from '../../../src/cli/top/screen.ts';

const bare = screenPalette(0, { TERM: 'dumb' });

function screenWith(palette = bare): { readonly screen: Screen; written(): string } {
  let text = '';
  const screen = new Screen((more) => {
    text += more;
  }, palette);
  return { screen, written: () => text };
}

describe('a screen', () => {
  it('writes everything first, then only lines that have changed, and nothing when none has', () => {
    const pieces: string[] = [];
    const screen = new Screen((text) => pieces.push(text), bare);
    screen.show([[span('one')], [span('two')]], 10, 3);
    screen.show([[span('one')], [span('2')]], 10, 3);
    screen.show([[span('one')], [span('2')]], 10, 3);
    expect(pieces).toEqual(['\x1b[0m\x1b[2J\x1b[1;1Hone\x1b[K\x1b[2;1Htwo\x1b[K\x1b[3;1H\x1b[K', '\x1b[2;1H2\x1b[K']);
  });

  it('writes everything again at another size or when asked to', () => {
    const { screen, written } = screenWith();
    screen.show([[span('one')]], 10, 1);
    screen.show([[span('one')]], 9, 1);
    screen.forget();
    screen.show([[span('one')]], 9, 1);
    expect(written().split('\x1b[2J')).toHaveLength(4);
  });

  it('does not clear behind a line that fills its row, and cuts what is longer', () => {
    const { screen, written } = screenWith();
    screen.show([[span('12345')], [span('123'), span('4567')], [span('例例例')]], 5, 3);
    expect(written()).toBe('\x1b[0m\x1b[2J\x1b[1;1H12345\x1b[2;1H1234…\x1b[3;1H例例…');
  });

  it('colours pieces and ends the colour with them', () => {
    const { screen, written } = screenWith(screenPalette(8, {}));
    screen.show([[span('a'), span('b', 'faint')]], 5, 1);
    expect(written()).toBe('\x1b[0m\x1b[2J\x1b[1;1Ha\x1b[38;5;244mb\x1b[0m\x1b[K');
  });
});

it('the palette is of 256 colours, of 16, of none, or bare', () => {
  const codes = (depth: ColorDepth, TERM: string): string => Object.values(screenPalette(depth, { TERM })).join('');
  expect(codes(24, 'xterm')).toContain('38;5;');
  expect(codes(8, 'xterm')).toContain('38;5;');
  expect(codes(4, 'xterm')).toMatch(/\x1b\[1;37;41m/);
  expect(codes(4, 'xterm')).not.toContain('38;5');
  expect(codes(0, 'xterm')).toContain('\x1b[7m');
  expect(codes(0, 'xterm')).not.toMatch(/[34][0-9]/);
  expect(codes(8, 'dumb')).toBe('');
});
