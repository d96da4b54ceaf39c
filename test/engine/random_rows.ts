/** Rows with bytes of all kinds, and what they mean: written from the schema's documentation, not from the engine. */
import {
  COUNT_PACKETS,
  ROW_DESTINATION,
  ROW_FIRST_SECONDS,
  ROW_FORWARD,
  ROW_LAST_SECONDS,
  ROW_PROTOCOL,
  ROW_REVERSE,
  ROW_SIZE,
  ROW_SOURCE,
  ROW_TCP_FLAGS_FORWARD,
  ROW_VERSION,
} from '../../assembly/layout.ts';
import type { RowBytes } from '../../src/engine/row_bytes.ts';
import { ipv4Text, ipv6Text } from '../../src/flow/address_text.ts';
import { STORE_WIDTH } from '../../src/flow/field.ts';
import type { FieldDefinition, FieldStore, FieldType, NullRule } from '../../src/flow/field.ts';
import type { Random } from '../builders/random.ts';

/** Every way to store a value with every rule for its absence, at a place of its own where that matters. */
const SHAPES: readonly (readonly [FieldType, FieldStore])[] = [
  ['address', 'address'],
  ['u8', 'u8'],
  ['u16', 'u16'],
  ['u32', 'u32'],
  ['u64', 'u64'],
  ['u64', 'f64'],
  ['time', 'u64'],
  ['duration', 'u64'],
  ['enum', 'u8'],
  ['boolean', 'u8'],
  ['decimal', 'f64'],
  ['text', 'text'],
  ['address', 'ip'],
  ['mac', 'mac'],
  ['list', 'list'],
];
const RULES: readonly NullRule[] = ['never', 'notTcp', 'noForward', 'noReverse', 'noPackets', 'sentinel', 'always'];
export const STORE_AT: Readonly<Record<FieldStore, number>> = {
  address: ROW_SOURCE,
  u8: 38,
  u16: 32,
  u32: 84,
  u64: 40,
  f64: ROW_FORWARD + 8,
  text: ROW_LAST_SECONDS,
  ip: ROW_SOURCE,
  mac: 40,
  list: ROW_DESTINATION,
  packets: ROW_DESTINATION,
  octets: ROW_DESTINATION,
  both: ROW_FORWARD + 8,
  span: 0,
};
/** Any number, apart from the counters. */
export const FLOAT_AT = ROW_FIRST_SECONDS;
/** Characters of the text in a row at most. */
const TEXT_MAX = ROW_TCP_FLAGS_FORWARD - STORE_AT.text - 1;
export const EVERY_SHAPE: readonly FieldDefinition[] = SHAPES.flatMap(([type, store]) =>
  RULES.map((rule) => ({
    name: `${type}${store}${rule}`.toLowerCase(),
    group: 'core',
    type,
    unit: null,
    range: null,
    null: rule,
    store,
    at: type === 'decimal' ? FLOAT_AT : STORE_AT[store],
    opposite: null,
    ipfix: [],
    as: { ecs: null, zeek: null },
    doc: 'Something.',
    ...(type === 'enum'
      ? { words: Array.from({ length: 7 }, (_, code) => ({ code, word: 'w'.repeat(2 * code), ipfix: 0, doc: '' })) }
      : {}),
  })),
);

/** A row with bytes of all kinds: small and large, all ones, TCP or not, with and without packets. */
export function randomRow({ u8, data }: RowBytes, numbers: Random, row: number): void {
  for (let at = 0; at < ROW_SIZE; at++) u8[row + at] = numbers.below(256);
  const addressWords = 8;
  for (let group = 0; group < addressWords; group++) {
    if (numbers.below(2) === 0) data.setUint16(row + ROW_SOURCE + 2 * group, 0);
  }
  u8[row + ROW_VERSION] = numbers.below(2) === 0 ? 4 : 6;
  u8[row + ROW_PROTOCOL] = numbers.below(2) === 0 ? 6 : numbers.below(256);
  u8[row + STORE_AT.u8] = numbers.below(7);
  for (const side of [ROW_FORWARD, ROW_REVERSE]) {
    for (let at = 0; at < 32; at += 8) data.setFloat64(row + side + at, Math.floor(2 ** numbers.below(54)) - 1, true);
    if (numbers.below(3) === 0) data.setFloat64(row + side + COUNT_PACKETS, 0, true);
  }
  data.setFloat64(row + FLOAT_AT, (numbers.below(2) === 0 ? -1 : 1) * (numbers.below(2 ** 31) / 8), true);
  u8[row + STORE_AT.text] = numbers.below(TEXT_MAX + 1);
  for (let n = 1; n <= TEXT_MAX; n++) u8[row + STORE_AT.text + n] = numbers.pick([0x20, 0x22, 0x2c, 0x41, 0x5c, 0x7e]);
  u8[row + STORE_AT.ip] = numbers.pick([4, 6, 6]);
  data.setUint32(row + STORE_AT.list, numbers.below(4), true);
  const width = numbers.below(10);
  const stores = Object.entries(STORE_AT) as [FieldStore, number][];
  const [store, at] = stores[width] as [FieldStore, number];
  if (numbers.below(3) === 0 && store !== 'f64' && store !== 'text' && store !== 'list')
    u8.fill(0xff, row + at, row + at + STORE_WIDTH[store]);
}

const SECOND_NS = 1_000_000_000n;

/** Null: the flow does not have it. */
export function plainValue(
  { u8, data }: RowBytes,
  { type, store, at, null: rule, words = [] }: FieldDefinition,
  row: number,
): string | null {
  const bytes = u8.slice(row + at, row + at + STORE_WIDTH[store]);
  const missing: Readonly<Record<NullRule, () => boolean>> = {
    never: () => false,
    notTcp: () => u8[row + ROW_PROTOCOL] !== 6,
    noForward: () => data.getFloat64(row + ROW_FORWARD + COUNT_PACKETS, true) === 0,
    noReverse: () => data.getFloat64(row + ROW_REVERSE + COUNT_PACKETS, true) === 0,
    noPackets: () =>
      data.getFloat64(row + ROW_FORWARD + COUNT_PACKETS, true) === 0 &&
      data.getFloat64(row + ROW_REVERSE + COUNT_PACKETS, true) === 0,
    sentinel: () => bytes.every((byte) => byte === 255),
    always: () => true,
  };
  if (missing[rule]()) return null;
  if (store === 'address') return u8[row + ROW_VERSION] === 4 ? ipv4Text(bytes, 0) : ipv6Text(bytes, 0);
  if (type === 'decimal') return String(data.getFloat64(row + at, true));
  if (type === 'boolean') return String(bytes[0] !== 0);
  if (store === 'text') {
    const from = row + at + 1;
    return Buffer.from(u8.slice(from, from + (bytes[0] as number))).toString('latin1');
  }
  if (store === 'ip') {
    const address = u8.slice(row + at + 8, row + at + 24);
    return bytes[0] === 4 ? ipv4Text(address, 0) : ipv6Text(address, 0);
  }
  if (store === 'mac') return (Buffer.from(bytes.slice(0, 6)).toString('hex').match(/../g) ?? []).join(':');
  if (store === 'list') {
    const count = data.getUint32(row + at, true);
    return Array.from({ length: count }, (_, n) => data.getUint32(row + at + 4 + 4 * n, true)).join(' ');
  }
  if (store === 'f64') return String(BigInt(data.getFloat64(row + at, true)));
  const number = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  if (type === 'enum') return words.find(({ code }) => code === Number(number))?.word ?? words.at(-1)?.word ?? '';
  if (type !== 'time' && type !== 'duration') return String(number);
  return `${number / SECOND_NS}.${String(number % SECOND_NS).padStart(9, '0')}`;
}
