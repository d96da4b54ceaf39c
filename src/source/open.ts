/** Opens what a caller names: a path, `-` for standard input, or a Node stream. */
import type { Readable } from 'node:stream';
import { CaptureError } from '../errors.ts';
import { uncompressed } from './compressed.ts';
import { FileSource } from './file.ts';
import type { ByteSource } from './source.ts';
import { StreamSource } from './stream.ts';

export type CaptureInput = string | Readable;

/** The capture's bytes, any compression taken off. @throws {CaptureError} */
export async function openInput(input: CaptureInput): Promise<ByteSource> {
  const source = rawSource(input);
  try {
    return await uncompressed(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

function rawSource(input: CaptureInput): ByteSource {
  if (typeof input === 'string') return input === '-' ? streamSource('-', process.stdin) : new FileSource(input);
  return streamSource('stream', input);
}

function streamSource(name: string, stream: Readable): StreamSource {
  const source: StreamSource = new StreamSource(name, stream, (error) => {
    const message = error instanceof Error ? error.message : String(error);
    return new CaptureError('ERR_READ', name, source.taken, `cannot be read further: ${message}`, { cause: error });
  });
  return source;
}
