/** Longest work without giving other tasks of the event loop a turn. Milliseconds. */
export const TURN_MS = 10;
