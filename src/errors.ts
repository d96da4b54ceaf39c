/**
 * Errors of operation: all are `PcapflowError`. Wrong arguments are `TypeError` and `RangeError` instead, thrown at once.
 *
 * Every error has a literal `code`; the message has the value, the bound and what can be done about it.
 */

export type ErrorCode =
  | 'ERR_NO_SUCH_FILE'
  | 'ERR_NO_SUCH_DEVICE'
  | 'ERR_DEVICE_DOWN'
  | 'ERR_PERMISSION'
  | 'ERR_READ'
  | 'ERR_WRITE'
  | 'ERR_NOT_A_CAPTURE'
  | 'ERR_UNSUPPORTED_LINKTYPE'
  | 'ERR_TRUNCATED'
  | 'ERR_CORRUPT'
  | 'ERR_FILTER_SYNTAX'
  | 'ERR_FILTER_UNSUPPORTED'
  | 'ERR_FILTER_PROGRAM'
  | 'ERR_WHERE_SYNTAX'
  | 'ERR_LIVE_UNAVAILABLE'
  | 'ERR_STOPPED'
  | 'ERR_CALLBACK'
  | 'ERR_ENGINE';

/** Base of all errors of this package: the code is for programs, the message for people, `cause` is what led to it. */
export class PcapflowError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Base of the errors of captures, filters and the engine. */
export class FParserError extends PcapflowError<ErrorCode> {}

/** The error itself if it is one of ours, otherwise one with this code and the same message. */
export function asParserError(error: unknown, code: ErrorCode): FParserError {
  return error instanceof FParserError ? error : new FParserError(code, messageOf(error), { cause: error });
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** A capture that cannot be read, or only in part. */
export class CaptureError extends FParserError {
  /** Path of the file; `-` is standard input. */
  readonly file: string;
  /** Byte of the (decompressed) capture at which reading stopped. */
  readonly offset: number;

  constructor(code: ErrorCode, file: string, offset: number, reason: string, options?: { readonly cause?: unknown }) {
    super(code, `${file === '-' ? 'standard input' : file}: ${reason}`, options);
    this.file = file;
    this.offset = offset;
  }
}
