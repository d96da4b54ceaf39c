/** How cells of tables look. The text always carries the same information as the colour. */
import type { ColorDepth } from './color.ts';
import { paletteFor } from './palette.ts';
import type { Palette } from './palette.ts';

export type CellStyle = 'plain' | 'title' | 'good' | 'open' | 'passing' | 'over' | 'faint' | 'alarm';

const BARE: Palette<CellStyle> = {
  plain: '',
  title: '',
  good: '',
  open: '',
  passing: '',
  over: '',
  faint: '',
  alarm: '',
};

const COLOURS_16: Palette<CellStyle> = {
  plain: '',
  title: '\x1b[1m',
  good: '\x1b[32m',
  open: '\x1b[36m',
  passing: '\x1b[33m',
  over: '\x1b[35m',
  faint: '\x1b[90m',
  alarm: '\x1b[31m',
};

const COLOURS_256: Palette<CellStyle> = {
  plain: '',
  title: '\x1b[1;38;5;67m',
  good: '\x1b[38;5;71m',
  open: '\x1b[38;5;38m',
  passing: '\x1b[38;5;178m',
  over: '\x1b[38;5;139m',
  faint: '\x1b[38;5;244m',
  alarm: '\x1b[38;5;160m',
};

/** Colours beyond the 256 are not used. */
export function cellPalette(depth: ColorDepth): Palette<CellStyle> {
  return paletteFor(depth, { none: BARE, of16: COLOURS_16, of256: COLOURS_256 });
}
