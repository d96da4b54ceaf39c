/** A flow of JSON Lines, without groups, as a line of text in the forms that other programs can say it in. */
import { FLOW_FIELDS } from '../../src/flow/fields.ts';

export type FlowLine = (values: readonly string[]) => string;

const AT = new Map(FLOW_FIELDS.map(({ name }, n) => [name, n]));
const TIMES = FLOW_FIELDS.flatMap(({ type }, n) => (type === 'time' ? [n] : []));
const REASONS = new Map(
  FLOW_FIELDS.flatMap(({ words }) => words ?? []).map(({ word, ipfix }) => [word, String(ipfix)] as const),
);
const FLAG_LETTERS = 'CEUAPRSF';
const NS_PER_MS = 1_000_000n;

/** Values of a line, in the order of the fields, as text; times in nanoseconds. */
export function valuesOf(line: string): string[] {
  const values = line
    .slice(1, -1)
    .split(',')
    .map((member) => member.slice(member.indexOf(':') + 1).replaceAll('"', ''));
  for (const at of TIMES) values[at] = nanoseconds(values[at] as string);
  return values;
}

/** Of seconds with nine decimals. */
export function nanoseconds(seconds: string): string {
  return String(BigInt(seconds.replace('.', '')));
}

/** Every field. */
export const everyField: FlowLine = (values) => values.join(' ');

/** What IPFIX has of every field: what a flow does not have is 0, the reason of its end a number. */
export const inIpfix: FlowLine = (values) =>
  values.map((value) => (value === 'null' ? '0' : (REASONS.get(value) ?? value))).join(' ');

/** What nfdump shows: times in milliseconds, the flags of both directions together. */
export const inNfdump: FlowLine = (values) => {
  const of = (name: string): string => values[AT.get(name) as number] as string;
  const flags = ['tcpFlagsForward', 'tcpFlagsReverse'].reduce((all, name) => all | (Number(of(name)) || 0), 0);
  return [
    ...['srcAddress', 'srcPort', 'dstAddress', 'dstPort', 'protocol'].map(of),
    ...['firstSeen', 'lastSeen'].map((name) => String(BigInt(of(name)) / NS_PER_MS)),
    ...['packetsForward', 'bytesForward', 'packetsReverse', 'bytesReverse'].map(of),
    String(flags & 0xff),
  ].join(' ');
};

/** Letters of flags, as `...AP.SF`. */
export function flagsOf(letters: string): number {
  return [...FLAG_LETTERS].reduce((flags, letter, n) => flags | (letters.includes(letter) ? 0x80 >> n : 0), 0);
}
