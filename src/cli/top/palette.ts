/** How styles look: with 256 colours, with 16, with none but bold and reverse, or as bare text. */
import type { ColorDepth } from '../color.ts';
import type { Style } from './line.ts';

/** What goes before a text of each style; empty: nothing, and nothing behind it either. */
export type Palette = Readonly<Record<Style, string>>;

const BARE: Palette = { plain: '', title: '', strong: '', faint: '', sorted: '', notice: '', alarm: '' };

/** Bold and reverse are no colours. */
const MONOCHROME: Palette = {
  ...BARE,
  title: '\x1b[7m',
  strong: '\x1b[1m',
  sorted: '\x1b[1m',
  notice: '\x1b[7m',
  alarm: '\x1b[1;7m',
};

const COLOURS_16: Palette = {
  plain: '',
  title: '\x1b[7m',
  strong: '\x1b[1m',
  faint: '\x1b[90m',
  sorted: '\x1b[1;36m',
  notice: '\x1b[30;43m',
  alarm: '\x1b[1;37;41m',
};

const COLOURS_256: Palette = {
  plain: '',
  title: '\x1b[38;5;255;48;5;24m',
  strong: '\x1b[1m',
  faint: '\x1b[38;5;244m',
  sorted: '\x1b[1;38;5;44m',
  notice: '\x1b[38;5;16;48;5;220m',
  alarm: '\x1b[1;38;5;231;48;5;160m',
};

/**
 * @param depth bits of colour that the terminal has
 * @param env TERM=dumb: no codes at all around text, not even bold
 */
export function paletteOf(depth: ColorDepth, env: Readonly<Record<string, string | undefined>>): Palette {
  if (env.TERM === 'dumb') return BARE;
  if (depth === 0) return MONOCHROME;
  return depth >= 8 ? COLOURS_256 : COLOURS_16;
}
