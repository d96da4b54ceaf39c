/**
 * The text of `owners.json`: data only, and each field is checked when it is read. An entry for each origin; those of
 * one prefix are in their order.
 * {"version":1,"entries":[{"prefix":"8.8.8.0/24","asn":15169,"asName":"GOOGLE, US","country":"US","registry":"arin",
 *   "allocated":"2023-12-28","fetchedAt":1700000000000}]}
 */
import { ASN_MAX, isCountry } from './owner.ts';
import { parsePrefix } from './prefix.ts';

const VERSION = 1;
const TEXT_MAX = 1024;
/** The last moment that a Date can hold, milliseconds. */
const TIME_MAX = 8.64e15;

export interface CacheEntry {
  /** Canonical; the address itself, in full length, where `asn` is null. */
  readonly prefix: string;
  readonly asn: number | null;
  readonly asName: string | null;
  readonly country: string | null;
  readonly registry: string | null;
  readonly allocated: string | null;
  /** When the source said so, milliseconds since the epoch. */
  readonly fetchedAt: number;
}

export function cacheText(entries: readonly CacheEntry[]): string {
  return `${JSON.stringify({ version: VERSION, entries })}\n`;
}

/** @throws {Error} saying what is wrong: not JSON, another version, or a field out of its range */
export function parseCache(text: string): CacheEntry[] {
  const content: unknown = JSON.parse(text);
  if (!isRecord(content)) throw new Error('it holds no object');
  if (content.version !== VERSION) throw new Error(`its version is ${String(content.version)}, not ${VERSION}`);
  if (!Array.isArray(content.entries)) throw new Error('it has no list of entries');
  return content.entries.map(checkEntry);
}

function checkEntry(entry: unknown, n: number): CacheEntry {
  const fields = isRecord(entry) ? entry : {};
  const { prefix, asn, asName, country, registry, allocated, fetchedAt } = fields;
  if (
    typeof prefix === 'string' &&
    parsePrefix(prefix) !== undefined &&
    (asn === null || isWhole(asn, ASN_MAX)) &&
    isTextOrNull(asName) &&
    isTextOrNull(registry) &&
    isTextOrNull(allocated) &&
    (country === null || isCountry(country)) &&
    isWhole(fetchedAt, TIME_MAX)
  ) {
    return { prefix, asn, asName, country, registry, allocated, fetchedAt };
  }
  throw new Error(`its entry ${n} has a field that is missing or out of range`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max;
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && value.length <= TEXT_MAX);
}
