/** How styles become the colours of a terminal. */
import type { ColorDepth } from './color.ts';

/** The code before a text of each style; empty: none, and none after it either. */
export type Palette<Style extends string> = Readonly<Record<Style, string>>;

/** Ends what a code of a palette began. */
export const RESET = '\x1b[0m';

/** The palette for a depth. More than 256 colours are not used. */
export function paletteFor<Style extends string>(
  depth: ColorDepth,
  palettes: { readonly none: Palette<Style>; readonly of16: Palette<Style>; readonly of256: Palette<Style> },
): Palette<Style> {
  if (depth === 0) return palettes.none;
  return depth === 4 ? palettes.of16 : palettes.of256;
}

export function painted<Style extends string>(text: string, style: Style, palette: Palette<Style>): string {
  const code = palette[style];
  return code === '' || text === '' ? text : `${code}${text}${RESET}`;
}
