/** One connection to the owner service: sends all queries and reads all lines, within every limit. */
import { connect } from 'node:net';
import type { LookupFunction } from 'node:net';
import { HostError } from '../host/errors.ts';

export interface CymruLimits {
  /** Until connected, including the name resolution of the service. Milliseconds. */
  readonly connectMs: number;
  /** Silence in either direction. Milliseconds. */
  readonly idleMs: number;
  /** From the first step to the end of the answer. Milliseconds. */
  readonly batchMs: number;
  readonly answerBytes: number;
  /** Without the end of the line. */
  readonly lineBytes: number;
}

export const CYMRU_LIMITS: CymruLimits = Object.freeze({
  connectMs: 5_000,
  idleMs: 10_000,
  batchMs: 60_000,
  answerBytes: 1024 * 1024,
  lineBytes: 1024,
});

export interface CymruServer {
  readonly host: string;
  readonly port: number;
  readonly lookup: LookupFunction;
}

const LINE_END = 0x0a;

/**
 * Complete lines of the answer, without their ends.
 * @throws {HostError} ERR_OWNER_TIMEOUT, ERR_OWNER_PROTOCOL
 */
export async function askBatch(
  addresses: readonly string[],
  server: CymruServer,
  limits: CymruLimits,
  signal?: AbortSignal,
): Promise<string[]> {
  return splitLines(
    await exchange(`begin\nverbose\n${addresses.join('\n')}\nend\n`, server, limits, signal),
    limits.lineBytes,
  );
}

function exchange(
  question: string,
  { host, port, lookup }: CymruServer,
  limits: CymruLimits,
  signal?: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const socket = connect({ host, port, lookup, autoSelectFamily: true });
    const fail = (code: 'ERR_OWNER_TIMEOUT' | 'ERR_OWNER_PROTOCOL', reason: string, cause?: unknown): void => {
      settle();
      reject(new HostError(code, reason, { cause }));
    };
    const late = (what: string, milliseconds: number) => (): void =>
      fail('ERR_OWNER_TIMEOUT', `${what} after ${milliseconds / 1000} s`);
    const stop = (): void => fail('ERR_OWNER_TIMEOUT', 'the look-up was stopped');
    const connecting = setTimeout(late('no connection', limits.connectMs), limits.connectMs);
    const whole = setTimeout(late('the answer is not complete', limits.batchMs), limits.batchMs);
    const settle = (): void => {
      clearTimeout(connecting);
      clearTimeout(whole);
      signal?.removeEventListener('abort', stop);
      socket.destroy();
    };
    socket.on('connect', () => {
      clearTimeout(connecting);
      socket.setTimeout(limits.idleMs, late('no more of an answer', limits.idleMs));
      socket.write(question);
    });
    socket.on('data', (piece: Buffer) => {
      pieces.push(piece);
      size += piece.length;
      if (size > limits.answerBytes)
        fail('ERR_OWNER_PROTOCOL', `the answer is longer than ${limits.answerBytes} bytes`);
    });
    socket.on('end', () => {
      settle();
      resolve(Buffer.concat(pieces));
    });
    socket.on('error', (error) => fail('ERR_OWNER_PROTOCOL', error.message, error));
    signal?.addEventListener('abort', stop);
    if (signal?.aborted === true) stop();
  });
}

/** A last line without a line end is incomplete and ignored. @throws {HostError} */
function splitLines(bytes: Buffer, lineBytes: number): string[] {
  const lines: string[] = [];
  let start = 0;
  for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, start)) {
    checkLine(end - start, lineBytes);
    lines.push(bytes.toString('utf8', start, end).trimEnd());
    start = end + 1;
  }
  checkLine(bytes.length - start, lineBytes);
  return lines;
}

function checkLine(size: number, limit: number): void {
  if (size > limit) throw new HostError('ERR_OWNER_PROTOCOL', `the answer has a line of more than ${limit} bytes`);
}
