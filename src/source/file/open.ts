/** Opens what a caller names. */
import { accessSync, closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import type { Readable } from 'node:stream';
import { CaptureError } from '../../errors.ts';
import { uncompressed } from './compressed.ts';
import { FileSource, readError } from './file.ts';
import type { ByteSource } from './source.ts';
import { StreamSource } from './stream.ts';

/** A path, `-` for standard input, or a stream of bytes: a Node stream or any other iterable of chunks. */
export type CaptureInput = string | AsyncIterable<Uint8Array>;

const STDIN = 0;

/**
 * The capture's bytes, any compression taken off.
 * @param signal gives up waiting for the first bytes: the input is closed, as if it were empty
 * @throws {CaptureError} ERR_NO_SUCH_FILE, ERR_PERMISSION, ERR_READ
 */
export async function openInput(input: CaptureInput, signal?: AbortSignal): Promise<ByteSource> {
  const source = typeof input === 'string' ? await openPath(input) : streamSource('stream', await readable(input));
  const giveUp = (): void => source.close();
  signal?.addEventListener('abort', giveUp);
  if (signal?.aborted === true) giveUp();
  try {
    return await uncompressed(source);
  } catch (error) {
    source.close();
    throw error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

async function openPath(path: string): Promise<ByteSource> {
  const fd = path === '-' ? STDIN : openFile(path);
  const stat = fstatSync(fd);
  if (stat.isDirectory()) {
    if (fd !== STDIN) closeSync(fd);
    throw new CaptureError('ERR_READ', path, 0, 'is a folder; name the capture files in it');
  }
  if (fd === STDIN && stat.isCharacterDevice() && process.stdin.isTTY) {
    throw new CaptureError('ERR_READ', path, 0, 'is a terminal; name a capture file or pipe one in');
  }
  if (!mayBlock(stat)) return new FileSource(path, fd, stat.size);
  if (fd === STDIN) return streamSource(path, process.stdin);
  const { Socket } = await import('node:net');
  return streamSource(path, new Socket({ fd, readable: true, writable: false }));
}

async function readable(input: AsyncIterable<Uint8Array>): Promise<Readable> {
  const { Readable } = await import('node:stream');
  return input instanceof Readable ? input : Readable.from(input, { objectMode: false });
}

/** Reading from a pipe or a socket may block. */
function mayBlock(stat: Stats): boolean {
  return stat.isFIFO() || stat.isSocket();
}

/**
 * Checks that the file can be opened. Does not wait for the writer of a pipe.
 * @throws {CaptureError} as openInput does
 */
export function checkInput(path: string): void {
  if (path !== '-') guardOpen(path, () => accessSync(path, constants.R_OK));
}

function openFile(path: string): number {
  // A pipe without a writer would block the whole process.
  return guardOpen(path, () =>
    openSync(path, statSync(path).isFIFO() ? constants.O_RDONLY | constants.O_NONBLOCK : 'r'),
  );
}

/** @throws {CaptureError} */
function guardOpen<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === 'ENOENT')
      throw new CaptureError('ERR_NO_SUCH_FILE', path === '' ? "''" : path, 0, 'no such file', { cause: error });
    if (code === 'EACCES') {
      const remedy = 'no permission to read it; run as its owner or change its mode';
      throw new CaptureError('ERR_PERMISSION', path, 0, remedy, { cause: error });
    }
    const message = error instanceof Error ? error.message : String(error);
    throw new CaptureError('ERR_READ', path, 0, `cannot be opened: ${message}`, { cause: error });
  }
}

function streamSource(name: string, stream: Readable): StreamSource {
  const source: StreamSource = new StreamSource(name, stream, (error) => readError(name, source.taken, error));
  return source;
}
