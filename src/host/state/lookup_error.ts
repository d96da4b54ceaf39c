import { HostError } from '../errors.ts';
import type { HostErrorCode } from '../errors.ts';
import { UNDEFINED_PID } from './packet_info.ts';

/** A look-up without an answer. The direction is the packet's own, unless a socket was found. */
export class LookupError extends HostError {
  readonly pid = UNDEFINED_PID;
  readonly inbound: boolean;

  constructor(code: HostErrorCode, message: string, inbound: boolean) {
    super(code, message);
    this.inbound = inbound;
  }
}
