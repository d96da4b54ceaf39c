/** GREASE values (RFC 8701): reserved numbers that clients mix in. They are never part of a fingerprint. */

export const isGrease = (value: number): boolean => (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);

export const withoutGrease = (values: readonly number[]): number[] => values.filter((value) => !isGrease(value));
