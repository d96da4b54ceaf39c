import { FParserError } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';
import { withCaret } from '../../text/caret.ts';

/** The kind of error: in the text, an unsupported construct, or in a program of numbers. */
export type FilterErrorCode = Extract<ErrorCode, `ERR_FILTER_${string}`>;

/** Why and where an expression or a program was refused. The message shows the place. */
export class FilterError extends FParserError {
  declare readonly code: FilterErrorCode;
  /** 0-based index into the expression, undefined for program errors. */
  readonly column?: number;

  constructor(code: FilterErrorCode, message: string, column?: number, options?: { readonly cause?: unknown }) {
    super(code, message, options);
    if (column !== undefined) this.column = column;
  }
}

/** The error with the expression under its message and a caret under the place. */
export function pointAt(text: string, error: FilterError): FilterError {
  if (error.column === undefined) return error;
  return new FilterError(error.code, withCaret(error.message, text, error.column), error.column);
}

export function syntaxError(message: string, column?: number): FilterError {
  return new FilterError('ERR_FILTER_SYNTAX', message, column);
}

export function unsupported(message: string, column?: number): FilterError {
  return new FilterError('ERR_FILTER_UNSUPPORTED', message, column);
}

export function programError(message: string): FilterError {
  return new FilterError('ERR_FILTER_PROGRAM', message);
}
