/**
 * Time to work before yielding to the event loop, milliseconds. A piece of work is not interrupted, and reading and the
 * delivery of flows may each have their time in one turn.
 */
export const TURN_MS = 3;
