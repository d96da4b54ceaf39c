/** Opens a file in the MaxMind DB format 2.0 and says in one sentence why one cannot be used. */
import { readFile } from 'node:fs/promises';
import { Reader } from 'mmdb-lib';
import type { Response } from 'mmdb-lib';
import { messageOf } from '../errors.ts';
import { HostError } from '../host/errors.ts';
import { intToAddress } from '../host/address/address.ts';
import { hasOwner } from './mmdb_fields.ts';
import { bitsOf } from './prefix.ts';

const MAJOR_VERSION = 2;
/** Stands before the metadata, which is at the end of the file. */
const MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
/** Between tree and data. */
const SEPARATOR_SIZE = 16;
/** Records that are looked at, at most, to see what a database is about, and networks without one. */
const SAMPLE_RECORDS = 64;
const SAMPLE_NETWORKS = 4096;
const TAR_MAGIC_AT = 257;

/** How files begin that hold a database but are none. */
const PACKED: readonly (readonly [magic: string, at: number, is: string, remedy: string])[] = [
  ['\x1f\x8b', 0, 'compressed with gzip', 'gunzip'],
  ['\x28\xb5\x2f\xfd', 0, 'compressed with zstd', 'unzstd'],
  ['\xfd7zXZ', 0, 'compressed with xz', 'unxz'],
  ['BZh', 0, 'compressed with bzip2', 'bunzip2'],
  ['PK\x03\x04', 0, 'a zip archive', 'unzip'],
  ['ustar', TAR_MAGIC_AT, 'a tar archive', 'tar -xf'],
];

/** @throws {HostError} ERR_OWNER_PROTOCOL when the file cannot be read, or is not a database of owners */
export async function openDatabase(path: string): Promise<Reader<Response>> {
  try {
    const bytes = await readFile(path);
    const fault = faultOf(bytes);
    if (fault !== undefined) throw new Error(fault);
    const reader = new Reader<Response>(bytes);
    checkReader(reader, bytes);
    return reader;
  } catch (error) {
    throw new HostError('ERR_OWNER_PROTOCOL', `${path} cannot be used as a database of owners: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** What is seen without looking into it. */
function faultOf(bytes: Buffer): string | undefined {
  if (bytes.length === 0) return 'it is empty; download it again';
  if (bytes.lastIndexOf(MARKER) >= 0) return undefined;
  const packed = PACKED.find(([magic, at]) => bytes.toString('latin1', at, at + magic.length) === magic);
  if (packed !== undefined) return `it is ${packed[2]}; unpack it first (${packed[3]} FILE)`;
  return 'it does not end as a MaxMind DB does: it is cut, or a file of another kind';
}

/** @throws {Error} another version, a tree that is cut, or records without owners */
function checkReader(reader: Reader<Response>, bytes: Buffer): void {
  const { binaryFormatMajorVersion: version, searchTreeSize, databaseType } = reader.metadata;
  if (version !== MAJOR_VERSION) throw new Error(`its format is version ${version}, not ${MAJOR_VERSION}`);
  if (!(searchTreeSize + SEPARATOR_SIZE <= bytes.lastIndexOf(MARKER)))
    throw new Error('its tree is larger than the file: it is cut or damaged');
  const records = sampleOf(reader);
  if (records.length > 0 && !records.some(hasOwner)) {
    throw new Error(
      `its records (type ${JSON.stringify(databaseType)}) have neither AS numbers nor countries; ` +
        'it takes ASN, Country or City of MaxMind, or one of ipinfo',
    );
  }
}

/** Records of the first networks in the order of addresses. */
function sampleOf(reader: Reader<Response>): readonly unknown[] {
  const four = sampleOfFamily(reader, 4);
  return four.length > 0 || reader.metadata.ipVersion === 4 ? four : sampleOfFamily(reader, 6);
}

function sampleOfFamily(reader: Reader<Response>, family: 4 | 6): readonly unknown[] {
  const bits = bitsOf(family);
  const records: unknown[] = [];
  let address = 0n;
  for (let n = 0; n < SAMPLE_NETWORKS && records.length < SAMPLE_RECORDS && address >> BigInt(bits) === 0n; n++) {
    try {
      const [record, length] = reader.getWithPrefixLength(intToAddress(address, family));
      if (record !== null) records.push(record);
      address += 1n << BigInt(bits - length);
    } catch {
      // Damage is reported for the addresses that it concerns.
      return records;
    }
  }
  return records;
}
