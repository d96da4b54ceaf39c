import stringWidth from 'string-width';
import { PRINTABLE_ASCII } from './ascii.ts';

/** Columns of a terminal that a text without control codes takes. */
export function widthOf(text: string): number {
  return PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text);
}
