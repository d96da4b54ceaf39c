/** Longest time to work before yielding to the event loop, milliseconds. */
export const TURN_MS = 10;
