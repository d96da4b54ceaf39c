/** The block of derived fields in a row: where each of them is. */

/** Most characters of a service name (RFC 6335 §5.1 allows 15; some older ones are longer). */
export const SERVICE_LENGTH_MAX = 23;

export const DERIVED_DURATION = 0;
export const DERIVED_BITS = 8;
export const DERIVED_PACKET_RATE = 16;
export const DERIVED_BYTES = 24;
export const DERIVED_PACKETS = 32;
export const DERIVED_WIRE_BYTES = 40;
export const DERIVED_PAYLOAD_BYTES = 48;
export const DERIVED_SERVICE = 56;
/** Bytes of the block. */
export const DERIVED_SIZE = DERIVED_SERVICE + 1 + SERVICE_LENGTH_MAX;
