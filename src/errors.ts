/**
 * Errors of operation. Wrong arguments are `TypeError` and `RangeError` instead, thrown at once.
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
  | 'ERR_LIVE_UNAVAILABLE'
  | 'ERR_STOPPED'
  | 'ERR_CALLBACK'
  | 'ERR_ENGINE';

/** Base of all errors of this package. */
export class FParserError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
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
