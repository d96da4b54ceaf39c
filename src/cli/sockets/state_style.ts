/** Styles of cells. The text always carries the same information as the colour. */
import type { SocketState } from '../../host/sockets/state.ts';
import type { ColorDepth } from '../../text/color.ts';
import { paletteFor } from '../../text/palette.ts';
import type { Palette } from '../../text/palette.ts';

export type Style = 'plain' | 'title' | 'good' | 'open' | 'passing' | 'over' | 'faint' | 'alarm';

const BARE: Palette<Style> = { plain: '', title: '', good: '', open: '', passing: '', over: '', faint: '', alarm: '' };

const COLOURS_16: Palette<Style> = {
  plain: '',
  title: '\x1b[1m',
  good: '\x1b[32m',
  open: '\x1b[36m',
  passing: '\x1b[33m',
  over: '\x1b[35m',
  faint: '\x1b[90m',
  alarm: '\x1b[31m',
};

const COLOURS_256: Palette<Style> = {
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
export function socketPalette(depth: ColorDepth): Palette<Style> {
  return paletteFor(depth, { none: BARE, of16: COLOURS_16, of256: COLOURS_256 });
}

/** Distinguishes opening and closing connections from established ones. */
export function stateStyle(state: SocketState): Style {
  switch (state) {
    case 'established':
      return 'good';
    case 'listen':
      return 'open';
    case 'synSent':
    case 'synRecv':
    case 'newSynRecv':
      return 'passing';
    case 'closeWait':
    case 'finWait1':
    case 'finWait2':
    case 'lastAck':
    case 'closing':
      return 'over';
    case 'timeWait':
    case 'close':
    case 'boundInactive':
      return 'faint';
    case 'unknown':
      return 'alarm';
  }
}
