/** Captures that the page may read, by number: opened before the server listens, and given out in parts. */
import { closeSync, fstatSync, openSync, read } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { CaptureError } from '../../errors.ts';
import { checkInput } from '../../source/file/open.ts';
import { answerText } from './answer_text.ts';

const readAt = promisify(read);
/** Bytes of an answer at most. */
const PART_MAX = 32 * 2 ** 20;

interface ServedCapture {
  readonly name: string;
  readonly fd: number;
  readonly size: number;
}

export class ServedCaptures {
  readonly #captures: readonly ServedCapture[];

  /** @throws {CaptureError} when one cannot be opened or has no size */
  constructor(paths: readonly string[]) {
    const opened: ServedCapture[] = [];
    this.#captures = opened;
    for (const path of paths) {
      checkInput(path);
      const fd = openSync(path, 'r');
      const stat = fstatSync(fd);
      opened.push({ name: basename(path), fd, size: stat.size });
      if (stat.isFile()) continue;
      this.close();
      throw new CaptureError('ERR_READ', path, 0, 'is not a regular file; the page reads files in parts');
    }
  }

  /** Names and sizes, in the order of their numbers. */
  list(): readonly Pick<ServedCapture, 'name' | 'size'>[] {
    return this.#captures.map(({ name, size }) => ({ name, size }));
  }

  /** Answers for `/capture/N`, with the part that the header `Range` names. */
  async answer(number: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const capture = this.#captures[number];
    if (capture === undefined) return answerText(response, 404, 'no such capture');
    const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(request.headers.range ?? '');
    if (match === null) return answerText(response, 416, `name a part of it: 'Range: bytes=FROM-TO'`);
    const [from, to] = [Number(match[1]), Math.min(Number(match[2]), capture.size - 1)];
    if (from > to || to - from >= PART_MAX) {
      return answerText(response, 416, `a part of ${capture.size} bytes, at most ${PART_MAX} at a time`);
    }
    const buffer = Buffer.alloc(to - from + 1);
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await readAt(capture.fd, buffer, filled, buffer.length - filled, from + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    response.writeHead(206, {
      'content-type': 'application/octet-stream',
      'content-length': filled,
      'content-range': `bytes ${from}-${from + filled - 1}/${capture.size}`,
    });
    response.end(request.method === 'HEAD' ? undefined : buffer.subarray(0, filled));
  }

  close(): void {
    for (const { fd } of this.#captures) closeSync(fd);
  }
}
