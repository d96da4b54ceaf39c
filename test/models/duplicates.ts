/**
 * Copies of packets, the slow way: the bytes of each packet as text, without what may differ, in a Map with the time of
 * the one that counted. It never forgets.
 */
import type { CapturedFrame } from './capture.ts';
import { ipInFrame } from './link.ts';
import { Malformed, NotTracked, OutOfSight, Window } from './window.ts';

const TCP = 6;
const UDP = 17;

/** The records that are copies of earlier ones. Within how long, both limits included. */
export function copiesIn(records: Iterable<CapturedFrame>, withinNs: bigint): ReadonlySet<CapturedFrame> {
  const counted = new Map<string, bigint>();
  const copies = new Set<CapturedFrame>();
  for (const record of records) {
    const text = commonText(record);
    if (text === undefined) continue;
    const time = record.timestampNs;
    const then = counted.get(text);
    if (then !== undefined && time - then <= withinNs && then - time <= withinNs) copies.add(record);
    else counted.set(text, time);
  }
  return copies;
}

/** What copies have in common; undefined for what is never a copy. */
function commonText(record: CapturedFrame): string | undefined {
  const wireLen = Math.max(record.wireLen, record.bytes.length);
  const at = placeOf(record, wireLen);
  if (at === undefined) return undefined;
  const captured = record.bytes.slice(at);
  const onWire = wireLen - at;
  const isFour = captured.length >= 20 && (captured[0] ?? 0) >> 4 === 4;
  if (!isFour && (captured.length < 40 || (captured[0] ?? 0) >> 4 !== 6)) return undefined;
  const word = (offset: number): number => (captured[offset] ?? 0) * 256 + (captured[offset + 1] ?? 0);
  const headerSize = isFour ? ((captured[0] ?? 0) & 15) * 4 : 40;
  const said = isFour ? word(2) : word(4) === 0 ? 0 : word(4) + 40;
  if (headerSize < 20 || (said !== 0 && said < headerSize)) return undefined;
  const length = said === 0 ? onWire : said;
  const packet = captured.subarray(0, length);
  const protocol = packet[isFour ? 9 : 6];
  const isFragment = isFour && (word(6) & 0x3fff) !== 0;
  const blank = (offset: number, count: number): void => void packet.fill(0, offset, offset + count);
  if (isFour) {
    blank(8, 1);
    blank(10, 2);
  } else {
    blank(7, 1);
  }
  const checksum = headerSize + (protocol === TCP ? 16 : 6);
  const isWhole = packet.length === length;
  if (isWhole && !isFragment && (protocol === TCP || protocol === UDP) && checksum + 2 <= length) blank(checksum, 2);
  return Buffer.from(packet).toString('hex');
}

function placeOf(record: CapturedFrame, wireLen: number): number | undefined {
  try {
    return ipInFrame(new Window(record.bytes, wireLen), record.linkType).at;
  } catch (error) {
    if (error instanceof OutOfSight || error instanceof NotTracked || error instanceof Malformed) return undefined;
    throw error;
  }
}
