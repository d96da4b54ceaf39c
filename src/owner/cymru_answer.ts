/**
 * The answer of the Team Cymru service in bulk form. Lines are not trusted: only those about requested addresses, in
 * prefixes that contain them, are used.
 *
 * Bulk mode; whois.cymru.com [2026-01-02 03:04:05 +0000] 15169 | 8.8.8.8 | 8.8.8.0/24 | US | arin | 2023-12-28 |
 * GOOGLE, US
 */
import { intToAddress } from '../host/address/address.ts';
import { HostError } from '../host/errors.ts';
import { ASN_MAX, isCountry, NOT_ANNOUNCED, ORIGINS_MAX } from './owner.ts';
import type { Origin } from './owner.ts';
import { addressNumber, contains, parsePrefix, prefixText } from './prefix.ts';
import type { AddressNumber } from './prefix.ts';

const HEADER = 'Bulk mode;';
const ERROR = 'Error:';
/** Error lines that are kept. */
export const ERRORS_MAX = 100;
/** AS | IP | BGP Prefix | CC | Registry | Allocated | AS Name; the name may hold more bars. */
const FIELDS = 7;
/** Stands for a missing value. As a country it may also be Namibia. */
const NONE = 'NA';
const ASN = /^\d{1,10}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface CymruAnswer {
  readonly origins: Map<string, Origin[]>;
  readonly errors: string[];
}

/**
 * @param lines without their ends
 * @param asked canonical addresses
 * @throws {HostError} ERR_OWNER_PROTOCOL when it is not the answer of this service
 */
export function parseCymruAnswer(lines: readonly string[], asked: ReadonlySet<string>): CymruAnswer {
  const origins = new Map<string, Origin[]>();
  const errors: string[] = [];
  let begun = false;
  for (const line of lines) {
    if (line.startsWith(ERROR)) {
      if (errors.length < ERRORS_MAX) errors.push(line);
      continue;
    }
    if (!begun) {
      if (!line.startsWith(HEADER))
        throw new HostError('ERR_OWNER_PROTOCOL', 'the answer does not begin with "Bulk mode"');
      begun = true;
      continue;
    }
    addLine(origins, line, asked);
  }
  if (!begun)
    throw new HostError('ERR_OWNER_PROTOCOL', `the answer is empty${errors[0] === undefined ? '' : `; ${errors[0]}`}`);
  return { origins, errors };
}

function addLine(origins: Map<string, Origin[]>, line: string, asked: ReadonlySet<string>): void {
  const fields = splitFields(line);
  const [asns = '', ip = '', prefix = '', country = '', registry = '', allocated = '', name = ''] = fields;
  const number = addressNumber(ip);
  if (fields.length < FIELDS || number === undefined) return;
  const address = intToAddress(number.value, number.family);
  if (!asked.has(address)) return;
  const known = origins.get(address) ?? [];
  addNew(known, originsOf({ asns, prefix, country, registry, allocated }, number, name));
  if (known.length > 0) origins.set(address, known);
}

/** Adds new origins up to the limit. */
export function addNew(known: Origin[], origins: readonly Origin[]): void {
  for (const origin of origins) {
    const isNew = !known.some(({ asn, prefix }) => asn === origin.asn && prefix === origin.prefix);
    if (isNew && known.length < ORIGINS_MAX) known.push(origin);
  }
}

/** At most FIELDS of them, without the blanks around. */
function splitFields(line: string): string[] {
  const parts = line.split('|');
  return [...parts.slice(0, FIELDS - 1), parts.slice(FIELDS - 1).join('|')]
    .map((part) => part.trim())
    .slice(0, parts.length);
}

/** The fields of an answer, over TCP and over DNS. */
export interface CymruFields {
  /** One AS number or several with blanks between, or `NA`. */
  readonly asns: string;
  readonly prefix: string;
  readonly country: string;
  readonly registry: string;
  readonly allocated: string;
}

/** One for each AS number; none when the fields make no sense. @param name of the AS, empty when it has none */
export function originsOf(fields: CymruFields, address: AddressNumber, name: string): Origin[] {
  const { country, registry, allocated } = fields;
  if (fields.asns === NONE) return [NOT_ANNOUNCED];
  const asns = fields.asns.split(/\s+/);
  const prefix = parsePrefix(fields.prefix);
  if (prefix === undefined || !contains(prefix, address)) return [];
  if (!asns.every((asn) => ASN.test(asn) && Number(asn) <= ASN_MAX)) return [];
  return asns.map((asn) =>
    Object.freeze({
      asn: Number(asn),
      name: textOf(name),
      country: isCountry(country) ? country : null,
      prefix: prefixText(prefix),
      registry: textOf(registry),
      allocated: DAY.test(allocated) ? allocated : null,
    }),
  );
}

function textOf(field: string): string | null {
  return field === '' || field === NONE ? null : field;
}
