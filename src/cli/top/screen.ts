/** Shows lines on a terminal. Writes only those that have changed, in one write. */
import { cutLine, lineWidth } from './line.ts';
import type { Line } from './line.ts';
import type { Style } from './line.ts';
import { painted, RESET } from '../../text/palette.ts';
import type { Palette } from '../../text/palette.ts';

const CLEAR_SCREEN = '\x1b[2J';
const CLEAR_TO_END = '\x1b[K';

export class Screen {
  readonly #write: (text: string) => void;
  readonly #palette: Palette<Style>;
  /** The present contents of the terminal, as written. */
  #shown: string[] = [];
  #columns = 0;
  #rows = 0;

  /** @param write takes text with codes */
  constructor(write: (text: string) => void, palette: Palette<Style>) {
    this.#write = write;
    this.#palette = palette;
  }

  /** The contents of the terminal are unknown: everything is written next time. */
  forget(): void {
    this.#columns = 0;
  }

  /** Lines beyond the terminal are left out, rows without a line are empty. */
  show(lines: readonly Line[], columns: number, rows: number): void {
    let text = '';
    if (columns !== this.#columns || rows !== this.#rows) {
      this.#columns = columns;
      this.#rows = rows;
      this.#shown = new Array<string>(rows).fill('');
      text = RESET + CLEAR_SCREEN;
    }
    for (let row = 0; row < rows; row++) {
      const wanted = this.#encode(lines[row] ?? [], columns);
      if (wanted === this.#shown[row]) continue;
      this.#shown[row] = wanted;
      text += `\x1b[${row + 1};1H${wanted}`;
    }
    if (text !== '') this.#write(text);
  }

  /** A full line is not followed by a code to clear the rest, which could take its last character away. */
  #encode(line: Line, columns: number): string {
    const cut = cutLine(line, columns);
    const text = cut.map(({ text, style }) => painted(text, style, this.#palette)).join('');
    return lineWidth(cut) < columns ? text + CLEAR_TO_END : text;
  }
}
