/**
 * Owners of addresses from a local database in the MaxMind DB format 2.0, with the fields of GeoLite2-ASN
 * (`autonomous_system_number`, `autonomous_system_organization`) and, where present, `country.iso_code`.
 */
import { readFile } from 'node:fs/promises';
import { Reader } from 'mmdb-lib';
import type { Response } from 'mmdb-lib';
import { messageOf } from '../errors.ts';
import { HostError } from '../host/errors.ts';
import { ASN_MAX, isCountry, NOT_ANNOUNCED } from './owner.ts';
import type { Origin, OwnerAnswers, OwnerSource } from './owner.ts';
import { addressNumber, prefixOf, prefixText } from './prefix.ts';
import type { AddressNumber } from './prefix.ts';

const MAJOR_VERSION = 2;

/** @throws {HostError} ERR_OWNER_PROTOCOL when the file cannot be read or is not such a database */
export async function openMmdb(path: string): Promise<OwnerSource> {
  try {
    const reader = new Reader<Response>(await readFile(path));
    const version = reader.metadata.binaryFormatMajorVersion;
    if (version !== MAJOR_VERSION) throw new Error(`its format is version ${version}, not ${MAJOR_VERSION}`);
    return new MmdbSource(path, reader);
  } catch (error) {
    throw new HostError('ERR_OWNER_PROTOCOL', `${path} cannot be used as a database of owners: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

class MmdbSource implements OwnerSource {
  readonly name: string;
  readonly #reader: Reader<Response>;

  constructor(path: string, reader: Reader<Response>) {
    this.name = path;
    this.#reader = reader;
  }

  /** An address that is not in the database counts as not announced. */
  async ask(addresses: readonly string[]): Promise<OwnerAnswers> {
    const origins = new Map<string, readonly Origin[]>();
    let failed = 0;
    let failure: HostError | undefined;
    for (const address of addresses) {
      const number = addressNumber(address);
      if (number === undefined) continue;
      try {
        origins.set(address, Object.freeze([this.#origin(address, number)]));
      } catch (error) {
        failed++;
        failure ??= new HostError('ERR_OWNER_PROTOCOL', `the database is damaged: ${messageOf(error)}`, {
          cause: error,
        });
      }
    }
    return { origins, failures: failure === undefined ? [] : [failure], failed, errors: [] };
  }

  #origin(address: string, number: AddressNumber): Origin {
    // A tree of IPv4 addresses has no answer for IPv6, but would be walked with its bits.
    if (number.family === 6 && this.#reader.metadata.ipVersion === 4) return NOT_ANNOUNCED;
    const [record, length] = this.#reader.getWithPrefixLength(address);
    const fields: Readonly<Record<string, unknown>> = isRecord(record) ? record : {};
    const asn = fields.autonomous_system_number;
    const name = fields.autonomous_system_organization;
    const code = isRecord(fields.country) ? fields.country.iso_code : undefined;
    const country = isCountry(code) ? code : null;
    if (typeof asn !== 'number' || asn < 0 || asn > ASN_MAX) return Object.freeze({ ...NOT_ANNOUNCED, country });
    return Object.freeze({
      ...NOT_ANNOUNCED,
      asn,
      name: typeof name === 'string' && name !== '' ? name : null,
      country,
      prefix: prefixText(prefixOf(number, length)),
    });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
