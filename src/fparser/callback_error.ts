/** The error that errorCallback gets when a callback fails. */
import { FParserError, messageOf } from '../errors.ts';
import type { Direction, FlowOf } from './flow_view.ts';

/** A callback threw, or its promise was rejected: `cause` says with what. */
export class CallbackError extends FParserError {
  /** The flow it was called with; undefined for the kill callback. */
  readonly flow: FlowOf<Direction> | undefined;

  constructor(name: string, cause: unknown, flow?: FlowOf<Direction>) {
    super('ERR_CALLBACK', `the ${name} callback failed: ${messageOf(cause)}`, { cause });
    this.flow = flow;
  }
}
