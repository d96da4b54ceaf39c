/** DNS messages from their fields. */

import { concat, u16, u32, u8 } from '../../builders/bytes.ts';
import { join, vector16, vector8 } from './sample.ts';

export const dnsName = (text: string): Uint8Array =>
  concat(
    ...text
      .split('.')
      .filter(Boolean)
      .map((label) => vector8(label)),
    u8(0),
  );

export interface DnsFields {
  readonly id?: number;
  readonly flags?: number;
  readonly questions?: readonly (readonly [name: string, type: number])[];
  readonly answers?: readonly Uint8Array[];
  readonly additional?: readonly Uint8Array[];
}

export const QUERY = 0x0100;
export const RESPONSE = 0x8180;

export function dnsMessage({
  id = 0x1234,
  flags = QUERY,
  questions = [],
  answers = [],
  additional = [],
}: DnsFields): Uint8Array {
  return join(
    u16(id),
    u16(flags),
    u16(questions.length),
    u16(answers.length),
    u16(0),
    u16(additional.length),
    ...questions.map(([name, type]) => concat(dnsName(name), u16(type), u16(1))),
    ...answers,
    ...additional,
  );
}

/** A record; a name that is a number is a pointer to that place. */
export const dnsRecord = (name: string | number, type: number, data: Uint8Array, ttl = 60): Uint8Array =>
  concat(typeof name === 'number' ? u16(0xc000 | name) : dnsName(name), u16(type), u16(1), u32(ttl), vector16(data));

/** NetBIOS name of at most 15 letters as 32 letters. */
export function netbiosLetters(name: string, suffix: number): string {
  const bytes = [...Buffer.from(name.padEnd(15)), suffix];
  return bytes.map((byte) => String.fromCharCode(0x41 + (byte >> 4), 0x41 + (byte & 15))).join('');
}
