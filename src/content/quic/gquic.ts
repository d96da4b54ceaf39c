/** The server name in a client hello of Google QUIC up to Q043, which is sent in the clear (QUIC Crypto, 2016). */

import { asciiAt, uintLittleAt } from '../bytes.ts';
import { NAME_MAX, textOf } from '../text.ts';

/** The message follows public header (at most 19 bytes), hash (12) and stream frame header (at most 15). */
const SEARCH_MAX = 64;
const TAGS_MAX = 64;

/** Value of the tag SNI in the message CHLO. */
export function gquicServerName(datagram: Uint8Array): string | undefined {
  let start = 13;
  while (start < SEARCH_MAX && !asciiAt(datagram, start, 'CHLO')) start++;
  const count = uintLittleAt(datagram, start + 4, 2);
  if (start === SEARCH_MAX || count < 0 || count > TAGS_MAX) return undefined;
  const values = start + 8 + count * 8;
  let from = 0;
  for (let n = 0; n < count; n++) {
    const at = start + 8 + n * 8;
    const to = uintLittleAt(datagram, at + 4, 4);
    if (to < from || values + to > datagram.length) return undefined;
    if (asciiAt(datagram, at, 'SNI\0'))
      return textOf(datagram.subarray(values + from, values + to), NAME_MAX).toLowerCase();
    from = to;
  }
  return undefined;
}
