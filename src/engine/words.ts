/** Words of enumerations. */
import type { FieldDefinition } from '../flow/field.ts';

/** The words of an enumeration by code. A code without a word (a flow that is still active) reads as the last word. */
export function wordsByCode({ type, words = [] }: FieldDefinition): readonly string[] {
  if (type === 'boolean') return ['false', 'true'];
  const last = words.at(-1)?.word ?? '';
  const size = Math.max(...words.map(({ code }) => code)) + 1;
  return Array.from({ length: size }, (_, code) => words.find((one) => one.code === code)?.word ?? last);
}
