/** Owners of addresses from a local database in the MaxMind DB format 2.0. What it has is given, the rest is null. */
import type { Reader, Response } from 'mmdb-lib';
import { messageOf } from '../errors.ts';
import { HostError } from '../host/errors.ts';
import { announcedPrefix, mmdbFields } from './mmdb_fields.ts';
import { openDatabase } from './mmdb_file.ts';
import { NOT_ANNOUNCED } from './owner.ts';
import type { Origin, OwnerAnswers, OwnerSource } from './owner.ts';
import { addressNumber, prefixOf } from './prefix.ts';
import type { AddressNumber } from './prefix.ts';

/** @throws {HostError} ERR_OWNER_PROTOCOL when the file cannot be read, or is not a database of owners */
export async function openMmdb(path: string): Promise<OwnerSource> {
  return new MmdbSource(path, await openDatabase(path));
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
    const fields = mmdbFields(record);
    const { asn, name, country } = fields;
    if (asn === null) return Object.freeze({ ...NOT_ANNOUNCED, country });
    const prefix = announcedPrefix(fields, number, prefixOf(number, length));
    return Object.freeze({ ...NOT_ANNOUNCED, asn, name, country, prefix });
  }
}
