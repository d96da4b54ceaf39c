/** How styles look: with 256 colours, with 16, with none but bold and reverse, or as bare text. */
import type { ColorDepth } from '../../text/color.ts';
import type { Style } from './line.ts';
import { paletteFor } from '../../text/palette.ts';
import type { Palette } from '../../text/palette.ts';

const BARE: Palette<Style> = { plain: '', title: '', strong: '', faint: '', sorted: '', notice: '', alarm: '' };

/** Bold and reverse are not colours. */
const MONOCHROME: Palette<Style> = {
  ...BARE,
  title: '\x1b[7m',
  strong: '\x1b[1m',
  sorted: '\x1b[1m',
  notice: '\x1b[7m',
  alarm: '\x1b[1;7m',
};

const COLOURS_16: Palette<Style> = {
  plain: '',
  title: '\x1b[7m',
  strong: '\x1b[1m',
  faint: '\x1b[90m',
  sorted: '\x1b[1;36m',
  notice: '\x1b[30;43m',
  alarm: '\x1b[1;37;41m',
};

const COLOURS_256: Palette<Style> = {
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
export function screenPalette(depth: ColorDepth, env: Readonly<Record<string, string | undefined>>): Palette<Style> {
  if (env.TERM === 'dumb') return BARE;
  return paletteFor(depth, { none: MONOCHROME, of16: COLOURS_16, of256: COLOURS_256 });
}
