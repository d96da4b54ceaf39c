import { FParserError } from '../errors.ts';
import { withCaret } from '../text/caret.ts';

/** Why and where an expression over the fields of a flow was refused. The message shows the place. */
export class WhereError extends FParserError {
  /** 0-based index into the expression. */
  readonly column: number;

  constructor(message: string, column: number) {
    super('ERR_WHERE_SYNTAX', message);
    this.column = column;
  }

  /** The same error with the expression under its message and a caret under the place. */
  pointingAt(text: string): WhereError {
    return new WhereError(withCaret(this.message, text, this.column), this.column);
  }
}
