/**
 * A bucket of S3, or of a server that speaks its protocol. The environment decides who may do what, as the AWS SDK
 * reads it (role of the machine, profile, AWS_ENDPOINT_URL): neither plans nor jobs have keys.
 *
 * Nothing relies on conditional writes, which some servers ignore: the same name always has the same bytes, so the last
 * of two writers changes nothing. The package is loaded when a bucket is used first.
 */
import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import { FParserError, messageOf } from '../errors.ts';
import type { Storage, StoredObject } from './storage.ts';

type Sdk = typeof import('@aws-sdk/client-s3');
interface Loaded {
  readonly sdk: Sdk;
  readonly client: S3Client;
}

/** Larger files are sent in parts of this size at least. Bytes; S3 wants 5 MiB or more. A part is in memory whole. */
const PART_SIZE = 16 * 2 ** 20;
/** S3 takes at most so many parts of a file. */
const PARTS_MAX = 10_000;
/** So often a download that breaks off is resumed without a byte of progress. */
const RESUMES = 3;
const REGION = 'us-east-1';
/** Milliseconds for a connection, and without a byte on it. */
const TIMEOUTS = { connectionTimeout: 10_000, socketTimeout: 60_000 };

let loaded: Promise<Loaded> | undefined;

async function load(): Promise<Loaded> {
  const sdk = await import('@aws-sdk/client-s3');
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const client = new sdk.S3Client({
    // Where there is no region: servers other than Amazon's do not look at it.
    ...((AWS_REGION ?? AWS_DEFAULT_REGION) === undefined && AWS_ENDPOINT_URL !== undefined ? { region: REGION } : {}),
    // They have no name for each bucket.
    forcePathStyle: (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined,
    requestHandler: TIMEOUTS,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return { sdk, client };
}

const s3 = (): Promise<Loaded> => (loaded ??= load());

export class S3Storage implements Storage {
  readonly url: string;
  readonly #bucket: string;
  /** Empty, or with a slash at its end. */
  readonly #prefix: string;

  /** @param url `s3://bucket/prefix` */
  constructor(url: string) {
    this.url = url.replace(/\/+$/, '');
    const [bucket = '', ...parts] = this.url.slice('s3://'.length).split('/');
    this.#bucket = bucket;
    this.#prefix = parts.map((part) => `${part}/`).join('');
  }

  async list(prefix: string): Promise<readonly StoredObject[]> {
    const { sdk, client } = await s3();
    const found: StoredObject[] = [];
    try {
      const pages = sdk.paginateListObjectsV2({ client }, { Bucket: this.#bucket, Prefix: this.#prefix + prefix });
      for await (const { Contents = [] } of pages) {
        for (const { Key = '', Size = 0, ETag } of Contents) {
          // Some programs mark a folder with an empty object.
          if (!Key.endsWith('/')) found.push({ name: Key.slice(this.#prefix.length), size: Size, tag: tagOf(ETag) });
        }
      }
    } catch (error) {
      throw this.#readError(prefix, error);
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async stat(name: string): Promise<StoredObject | undefined> {
    const { sdk, client } = await s3();
    try {
      const { ContentLength = 0, ETag } = await client.send(new sdk.HeadObjectCommand(this.#at(name)));
      return { name, size: ContentLength, tag: tagOf(ETag) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw this.#readError(name, error);
    }
  }

  open(name: string, from: number, size: number): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this.#read(name, from, from + size) };
  }

  async scratch(): Promise<string> {
    // So that a package that is missing is reported before there is work to lose.
    await s3();
    return join(tmpdir(), `pcapflow-${process.pid.toString(36)}-${randomBytes(6).toString('hex')}`);
  }

  async put(scratch: string, name: string): Promise<void> {
    try {
      const file = await open(scratch);
      try {
        const { size } = await file.stat();
        await (size <= PART_SIZE ? this.#putWhole(file, name, size) : this.#putParts(file, name, size));
      } finally {
        await file.close();
      }
    } catch (error) {
      throw new FParserError('ERR_WRITE', `${this.url}/${name} cannot be written: ${reason(error)}`, { cause: error });
    } finally {
      await rm(scratch, { force: true });
    }
  }

  async remove(name: string): Promise<void> {
    const { sdk, client } = await s3();
    await client.send(new sdk.DeleteObjectCommand(this.#at(name)));
  }

  #at(name: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + name };
  }

  /** A connection that breaks is resumed where it broke. All pieces are of one version of the object. */
  async *#read(name: string, from: number, end: number): AsyncGenerator<Uint8Array> {
    const { sdk, client } = await s3();
    let version: string | undefined;
    for (let at = from, failures = 0; at < end; ) {
      const begin = at;
      try {
        const range = { Range: `bytes=${at}-${end - 1}`, ...(version === undefined ? {} : { IfMatch: version }) };
        const { Body, ETag } = await client.send(new sdk.GetObjectCommand({ ...this.#at(name), ...range }));
        version ??= ETag;
        for await (const piece of Body as AsyncIterable<Uint8Array>) {
          at += piece.length;
          yield piece;
        }
        return;
      } catch (error) {
        // The object ends before.
        if (statusOf(error) === 416) return;
        failures = at > begin ? 0 : failures + 1;
        if (statusOf(error) !== undefined || failures > RESUMES) throw this.#readError(name, error);
      }
    }
  }

  async #putWhole(file: FileHandle, name: string, size: number): Promise<void> {
    const { sdk, client } = await s3();
    await client.send(new sdk.PutObjectCommand({ ...this.#at(name), Body: await bytesAt(file, 0, size) }));
  }

  async #putParts(file: FileHandle, name: string, size: number): Promise<void> {
    const { sdk, client } = await s3();
    const at = this.#at(name);
    const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(at));
    const partSize = Math.max(PART_SIZE, Math.ceil(size / PARTS_MAX));
    const Parts: CompletedPart[] = [];
    try {
      for (let from = 0; from < size; from += partSize) {
        const Body = await bytesAt(file, from, Math.min(partSize, size - from));
        const PartNumber = Parts.length + 1;
        const { ETag } = await client.send(new sdk.UploadPartCommand({ ...at, UploadId, PartNumber, Body }));
        Parts.push({ ETag, PartNumber });
      }
      await client.send(new sdk.CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
    } catch (error) {
      await client.send(new sdk.AbortMultipartUploadCommand({ ...at, UploadId })).catch(() => undefined);
      throw error;
    }
  }

  #readError(name: string, error: unknown): FParserError {
    const code = isMissing(error) ? 'ERR_NO_SUCH_FILE' : 'ERR_READ';
    return new FParserError(code, `${this.url}/${name} cannot be read: ${reason(error)}`, { cause: error });
  }
}

/** In memory, so that the SDK can send it again. @throws {Error} when the file is shorter */
async function bytesAt(file: FileHandle, from: number, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let done = 0;
  while (done < size) {
    const { bytesRead } = await file.read(bytes, done, size - done, from + done);
    if (bytesRead === 0) throw new Error(`the scratch file ends at ${from + done}`);
    done += bytesRead;
  }
  return bytes;
}

function tagOf(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}

/** What the server answered; undefined when it did not. */
function statusOf(error: unknown): number | undefined {
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}

function isMissing(error: unknown): boolean {
  return statusOf(error) === 404 && (error as Error).name !== 'NoSuchBucket';
}

function reason(error: unknown): string {
  const name = (error as Error).name;
  const status = statusOf(error);
  if (name === 'NoSuchBucket') return 'there is no such bucket';
  if (status === 412) return 'it was changed while it was read';
  if (status === 403) return `access is denied (${name}); the role of this machine needs rights to the bucket`;
  if (name === 'CredentialsProviderError')
    return 'there are no credentials; give this machine a role, or set AWS_PROFILE';
  return messageOf(error);
}
