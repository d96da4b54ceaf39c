/**
 * A value of a record as columns have it: members of a list have spaces between them, values of an object colons. What
 * is not there is empty.
 */
export function valueText(value: unknown): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map(valueText).join(' ');
  return typeof value === 'object' ? Object.values(value).map(valueText).join(':') : String(value);
}
