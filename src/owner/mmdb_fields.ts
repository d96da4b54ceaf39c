/**
 * What is known of the records of databases in the MaxMind DB format, by the field names of their publishers:
 *
 * - MaxMind and DB-IP, ASN: `autonomous_system_number`, `autonomous_system_organization`; Enterprise and ISP have them
 *   in `traits` too
 * - MaxMind and DB-IP, Country and City: `country.iso_code`, else `registered_country.iso_code`
 * - ipinfo: `asn` (`AS15169`), `as_name` or `name`, `country_code` or `country`, `route`
 */
import { ASN_MAX, isCountry } from './owner.ts';
import { contains, parsePrefix, prefixText } from './prefix.ts';
import type { AddressNumber, Prefix } from './prefix.ts';

export interface MmdbFields {
  readonly asn: number | null;
  readonly name: string | null;
  readonly country: string | null;
  /** The announced one, where it is known that it is narrower or wider than the record's; canonical. */
  readonly route: string | null;
}

/** @param record as it is in the database */
export function mmdbFields(record: unknown): MmdbFields {
  const fields = mapOf(record);
  const traits = mapOf(fields.traits);
  const asn = asnOf(fields.autonomous_system_number ?? traits.autonomous_system_number ?? asnText(fields.asn));
  const organization = fields.autonomous_system_organization ?? traits.autonomous_system_organization;
  const countries = [
    mapOf(fields.country).iso_code,
    mapOf(fields.registered_country).iso_code,
    fields.country_code,
    fields.country,
  ];
  const route = typeof fields.route === 'string' ? parsePrefix(fields.route) : undefined;
  return {
    asn,
    name: asn === null ? null : textOf(organization ?? fields.as_name ?? fields.name),
    country: countries.find(isCountry) ?? null,
    route: route === undefined ? null : prefixText(route),
  };
}

/** Whether a record has a field that is used. */
export function hasOwner(record: unknown): boolean {
  const { asn, country } = mmdbFields(record);
  return asn !== null || country !== null;
}

/** The announced prefix of an address: that of the record, unless its route holds the address. */
export function announcedPrefix({ route }: MmdbFields, address: AddressNumber, ofRecord: Prefix): string {
  const prefix = route === null ? undefined : parsePrefix(route);
  return prefixText(prefix !== undefined && contains(prefix, address) ? prefix : ofRecord);
}

function asnOf(asn: unknown): number | null {
  return typeof asn === 'number' && Number.isInteger(asn) && asn >= 0 && asn <= ASN_MAX ? asn : null;
}

/** The number of `AS15169`. */
function asnText(value: unknown): number | undefined {
  return typeof value === 'string' && /^AS\d{1,10}$/.test(value) ? Number(value.slice(2)) : undefined;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
