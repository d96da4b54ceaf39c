/** Captures that are not files of this machine: bytes in memory, a Blob, the answer to a request. */
import { fileURLToPath } from 'node:url';
import { CaptureError } from '../../errors.ts';
import type { CaptureInput } from './open.ts';

/** Bytes, a Blob or File, or a URL (`file:`, `http:`, `https:`). */
export type CaptureBytes = Uint8Array | Blob | URL;

export function isCaptureBytes(input: unknown): input is CaptureBytes {
  return input instanceof Uint8Array || input instanceof Blob || input instanceof URL;
}

/** What is read in its place. Nothing is asked of the network before the first bytes are wanted. @throws {TypeError} */
export function inputOf(input: CaptureBytes, signal?: AbortSignal): CaptureInput {
  if (input instanceof Uint8Array) return once(input);
  if (input instanceof Blob) return input.stream();
  switch (input.protocol) {
    case 'file:':
      return fileURLToPath(input);
    case 'http:':
    case 'https:':
      return download(input, signal);
    default:
      throw new TypeError(`${input.href} cannot be read; a URL must be of file:, http: or https:`);
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

/** @throws {CaptureError} ERR_READ */
async function* download(url: URL, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, undefined> {
  let response: Response;
  try {
    response = await fetch(url, signal === undefined ? {} : { signal });
  } catch (cause) {
    throw new CaptureError('ERR_READ', url.href, 0, 'cannot be reached', { cause });
  }
  if (!response.ok || response.body === null)
    throw new CaptureError('ERR_READ', url.href, 0, `cannot be read: the server answered ${response.status}`);
  yield* response.body as unknown as AsyncIterable<Uint8Array>;
}
