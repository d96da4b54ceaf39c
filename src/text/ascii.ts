/** Text of printable ASCII takes as many columns of a terminal as it has characters, and is safe to show. */
export const PRINTABLE_ASCII = /^[ -~]*$/;

/** Ends a truncated text. */
export const ELLIPSIS = '…';
