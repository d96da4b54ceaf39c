/** A value of a record as columns have it: members of a list have spaces between them. */
export function valueText(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join(' ') : String(value);
}
