/** Runs one program and gives what it printed. */
import { spawn } from 'node:child_process';
import { HostError } from '../errors.ts';

/** Bytes of output beyond which a command is killed. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
/** Bytes of standard error that are kept. */
const MESSAGE_BYTES_MAX = 4096;

export interface CommandLimits {
  /** Milliseconds until the command is killed. */
  readonly timeoutMs: number;
  /** Default 64 MiB. */
  readonly outputBytesMax?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface CommandOutput {
  readonly output: string;
  /** What it wrote to standard error; the first 4 KiB. */
  readonly messages: string;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
}

/**
 * Without a shell, in the C locale, with standard input closed. Any exit code is an answer.
 *
 * @param file full path
 * @throws {HostError} ERR_RESOLVER_UNAVAILABLE when it cannot be started or prints too much, ERR_RESOLVER_TIMEOUT;
 *   the signal's reason when it was aborted
 */
export async function runCommand(file: string, args: readonly string[], limits: CommandLimits): Promise<CommandOutput> {
  const { timeoutMs, outputBytesMax = OUTPUT_BYTES_MAX, signal } = limits;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
      windowsHide: true,
    });
    const output: Buffer[] = [];
    const messages: Buffer[] = [];
    let outputBytes = 0;
    let messageBytes = 0;

    const fail = (error: unknown): void => {
      settle();
      child.kill('SIGKILL');
      // A grandchild may hold the other ends open: nothing more is waited for.
      child.stdout?.destroy();
      child.stderr?.destroy();
      reject(error);
    };
    const onAbort = (): void => fail(signal?.reason);
    const timer = setTimeout(() => {
      fail(
        new HostError('ERR_RESOLVER_TIMEOUT', `${file} was killed after ${timeoutMs} ms; allow more with timeoutMs`),
      );
    }, timeoutMs);
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort, { once: true });

    child.on('error', (error) => {
      fail(new HostError('ERR_RESOLVER_UNAVAILABLE', `${file} cannot be started: ${error.message}`, { cause: error }));
    });
    // Both are missing if the process ran out of descriptors; the error above reports that.
    child.stdout?.on('data', (piece: Buffer) => {
      outputBytes += piece.length;
      if (outputBytes <= outputBytesMax) output.push(piece);
      else
        fail(
          new HostError('ERR_RESOLVER_UNAVAILABLE', `${file} printed more than ${outputBytesMax} bytes and was killed`),
        );
    });
    child.stderr?.on('data', (piece: Buffer) => {
      // Read the rest too, or the command would block on a full pipe.
      if (messageBytes < MESSAGE_BYTES_MAX) messages.push(piece.subarray(0, MESSAGE_BYTES_MAX - messageBytes));
      messageBytes += piece.length;
    });
    child.on('close', (exitCode) => {
      settle();
      resolve({ output: Buffer.concat(output).toString(), messages: Buffer.concat(messages).toString(), exitCode });
    });
  });
}
