/** Addresses as text: IPv4 dotted quad, IPv6 as RFC 5952 wants it (lower case, longest run of zeros collapsed). */

/** @param at place of 4 bytes in network order */
export function ipv4Text(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/** @param at place of 16 bytes in network order */
export function ipv6Text(bytes: Uint8Array, at: number): string {
  let bestStart = -1;
  let bestSize = 1; // a single zero group is not collapsed (RFC 5952 §4.2.2)
  let start = -1;
  for (let group = 0; group < 8; group++) {
    if (bytes[at + 2 * group] !== 0 || bytes[at + 2 * group + 1] !== 0) {
      start = -1;
      continue;
    }
    if (start < 0) start = group;
    if (group - start + 1 > bestSize) {
      bestStart = start;
      bestSize = group - start + 1;
    }
  }
  if (bestStart === 0 && isMapped(bytes, at, bestSize)) return `::ffff:${ipv4Text(bytes, at + 12)}`;
  let text = '';
  for (let group = 0; group < 8; group++) {
    if (group === bestStart) {
      text += '::';
      group += bestSize - 1;
      continue;
    }
    if (text !== '' && !text.endsWith('::')) text += ':';
    text += (((bytes[at + 2 * group] ?? 0) << 8) | (bytes[at + 2 * group + 1] ?? 0)).toString(16);
  }
  return text;
}

/** IPv4-mapped addresses are written with the dotted quad (RFC 5952 §5). */
function isMapped(bytes: Uint8Array, at: number, zeros: number): boolean {
  return zeros === 5 && bytes[at + 10] === 0xff && bytes[at + 11] === 0xff;
}
