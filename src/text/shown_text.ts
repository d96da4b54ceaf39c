/** Makes texts safe for a terminal. Code for non-ASCII text is loaded when it is needed. */
import { ELLIPSIS, PRINTABLE_ASCII } from './ascii.ts';

export interface ShownText {
  /** Without terminal control sequences. */
  clean(text: string): string;
  /** Columns of a terminal. */
  width(cleaned: string): number;
  /** The first `width` columns, or one less where a wide character stands across the edge. */
  cut(cleaned: string, width: number): string;
}

const ASCII: ShownText = {
  clean: (text) => text,
  width: (text) => text.length,
  cut: (text, width) => text.slice(0, width),
};

/** Suits the texts given. */
export async function shownTextOf(texts: readonly string[]): Promise<ShownText> {
  if (texts.every((text) => PRINTABLE_ASCII.test(text))) return ASCII;
  const [{ sanitizeText }, { widthOf }] = await Promise.all([import('./sanitize.ts'), import('./width.ts')]);
  return {
    clean: (text) => sanitizeText(text),
    width: widthOf,
    // Two blanks make it too long in any case, and the ellipsis that then ends it is the column too many.
    cut: (text, width) => sanitizeText(`${text}  `, { maxWidth: width + 1 }).slice(0, -ELLIPSIS.length),
  };
}
