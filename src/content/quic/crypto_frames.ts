/** Frames of an Initial packet (RFC 9000 §12.4, §19): the CRYPTO frames carry the TLS handshake. */

import { Reader } from '../bytes.ts';
import { variableInteger } from './initial.ts';
import type { Fragments } from '../fragments.ts';

const PADDING = 0x00;
const PING = 0x01;
const ACK = 0x02;
const ACK_ECN = 0x03;
const CRYPTO = 0x06;
const ACK_RANGES_MAX = 64;

/** Adds every CRYPTO frame; a frame that an Initial may not have, or that does not fit, ends the packet. */
export function addCryptoFrames(frames: Uint8Array, into: Fragments): void {
  const reader = new Reader(frames);
  while (reader.left > 0) {
    const type = reader.u8();
    if (type === PADDING || type === PING) continue;
    if (type === ACK || type === ACK_ECN) {
      if (!skipAck(reader, type === ACK_ECN)) return;
    } else if (type === CRYPTO) {
      const offset = variableInteger(reader);
      const bytes = reader.take(variableInteger(reader));
      if (reader.short) return;
      into.add(offset, bytes);
    } else return;
  }
}

function skipAck(reader: Reader, ecn: boolean): boolean {
  variableInteger(reader);
  variableInteger(reader);
  const ranges = variableInteger(reader);
  if (ranges > ACK_RANGES_MAX) return false;
  for (let n = 0; n < 1 + ranges * 2 + (ecn ? 3 : 0); n++) variableInteger(reader);
  return !reader.short;
}
