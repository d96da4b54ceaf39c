/**
 * DER (X.690) as far as certificates and LDAP, SNMP and Kerberos messages need it: definite lengths, never beyond the
 * end.
 */

import type { Reader } from '../bytes.ts';

export interface Element {
  readonly tag: number;
  readonly content: Reader;
}

/** The next element with a tag of one byte; undefined when there is none or it does not fit. */
export function nextElement(reader: Reader): Element | undefined {
  const tag = reader.u8();
  const size = elementSize(reader);
  if (reader.short || size < 0 || size > reader.left || (tag & 0x1f) === 0x1f) return undefined;
  return { tag, content: reader.nested(size) };
}

/** The next element if it has this tag. */
export function expectElement(reader: Reader, tag: number): Reader | undefined {
  const element = nextElement(reader);
  return element?.tag === tag ? element.content : undefined;
}

/** Length octets at the reader; -1 when indefinite or larger than 2^32-1. */
export function elementSize(reader: Reader): number {
  const first = reader.u8();
  if (first < 0x80) return first;
  const count = first & 0x7f;
  if (count === 0 || count > 4) return -1;
  let size = 0;
  for (let n = 0; n < count; n++) size = size * 256 + reader.u8();
  return size;
}
