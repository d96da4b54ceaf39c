/** Puts a line template into the engine's memory. */
import {
  TEMPLATE,
  TEMPLATE_FIELDS,
  TEMPLATE_LINE_END,
  TEMPLATE_NULL,
  TEMPLATE_PIECE_SIZE,
  TEMPLATE_REASONS,
} from '../../assembly/layout.ts';
import type { LineTemplate } from '../flow/flow.ts';
import { REASONS } from './rows.ts';

/** @throws {RangeError} for a template with pieces missing or too long */
export function writeTemplate(memory: Uint8Array, template: LineTemplate): void {
  if (template.before.length !== TEMPLATE_FIELDS) throw new RangeError(`a template has ${TEMPLATE_FIELDS} fields`);
  const put = (piece: number, text: string): void => {
    if (text.length >= TEMPLATE_PIECE_SIZE) throw new RangeError(`'${text}' is too long for a template`);
    const at = TEMPLATE + piece * TEMPLATE_PIECE_SIZE;
    memory[at] = text.length;
    for (let n = 0; n < text.length; n++) memory[at + 1 + n] = text.charCodeAt(n);
  };
  template.before.forEach((text, field) => put(field, text));
  put(TEMPLATE_LINE_END, template.lineEnd);
  put(TEMPLATE_NULL, template.none);
  REASONS.forEach((reason, code) => put(TEMPLATE_REASONS + code, reason));
}
