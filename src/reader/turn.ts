/**
 * Time to work before yielding to the event loop, milliseconds. A piece of work is not interrupted: the event loop has
 * its turn after twice as long at most.
 */
export const TURN_MS = 5;
