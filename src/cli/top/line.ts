/** Lines of the screen: pieces of text with a style. The texts are sanitized and contain no escape codes. */
import { sanitizeText } from '../../text/sanitize.ts';
import { widthOf } from '../../text/width.ts';

/** The role of a piece of text; the palette decides how it looks. */
export type Style = 'plain' | 'title' | 'strong' | 'faint' | 'sorted' | 'notice' | 'alarm';

export interface Span {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly Span[];

export function span(text: string, style: Style = 'plain'): Span {
  return { text, style };
}

/** Any text in exactly `width` columns, truncated with an ellipsis. */
export function cell(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  if (width <= 0) return '';
  const cut = sanitizeText(text, { maxWidth: width });
  const blank = ' '.repeat(Math.max(0, width - widthOf(cut)));
  return align === 'left' ? cut + blank : blank + cut;
}

/** A line in at most `width` columns: the span that crosses the edge is truncated, later ones are dropped. */
export function cutLine(line: Line, width: number): Line {
  const kept: Span[] = [];
  let left = width;
  for (const { text, style } of line) {
    if (left <= 0) break;
    const cut = sanitizeText(text, { maxWidth: left });
    kept.push({ text: cut, style });
    left -= widthOf(cut);
  }
  return kept;
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0);
}
