/** Shows the place of a mistake in a text that a person wrote. */

/** How much of the text is shown on each side of the caret. */
const CONTEXT_CHARACTERS = 60;

/** The message, the text under it, and a caret under the place. @param column 0-based index into the text */
export function withCaret(message: string, text: string, column: number): string {
  const start = Math.max(0, column - CONTEXT_CHARACTERS);
  const end = Math.min(text.length, column + CONTEXT_CHARACTERS);
  const shown = text.slice(start, end).replace(/\s/g, ' ');
  return `${message}\n  ${shown}\n  ${' '.repeat(column - start)}^`;
}
