/**
 * Classic pcap (draft-ietf-opsawg-pcap), Kuznetzov's longer record headers included. Before version 2.3 the two lengths
 * of a record stood in the other order, and writers of 2.3 disagree.
 */

import { CAP_LEN_MAX, FaultyCapture, JoinedCapture, LINK_TYPES, type CapturedFrame } from './capture.ts';

interface Format {
  readonly unitNs: bigint;
  readonly recordHeaderSize: number;
}

const FORMATS = new Map<number, Format>([
  [0xa1b2c3d4, { unitNs: 1000n, recordHeaderSize: 16 }],
  [0xa1b23c4d, { unitNs: 1n, recordHeaderSize: 16 }],
  [0xa1b2cd34, { unitNs: 1000n, recordHeaderSize: 24 }],
]);

const FILE_HEADER_SIZE = 24;

export function* classicRecords(view: DataView): Generator<CapturedFrame> {
  const bigEndian = FORMATS.get(view.getUint32(0, false));
  const format = bigEndian ?? FORMATS.get(view.getUint32(0, true));
  if (format === undefined)
    throw new FaultyCapture('notACapture', 0, `unknown magic ${view.getUint32(0).toString(16)}`);
  if (view.byteLength < FILE_HEADER_SIZE) throw new FaultyCapture('cut', 0, 'file header is cut');
  const little = bigEndian === undefined;
  const [major, minor] = [view.getUint16(4, little), view.getUint16(6, little)];
  if (major !== 2 || minor > 4) throw new FaultyCapture('unsupportedVersion', 0, `version ${major}.${minor}`);
  const snaplen = view.getUint32(16, little);
  // The upper six bits tell the length of an FCS, which nothing here looks at.
  const linkType = view.getUint32(20, little) & 0x03ffffff;
  if (!LINK_TYPES.has(linkType)) throw new FaultyCapture('unsupportedLinkType', 0, `link type ${linkType}`);

  for (let at = FILE_HEADER_SIZE; at < view.byteLength; ) {
    const data = at + format.recordHeaderSize;
    if (data > view.byteLength) throw new FaultyCapture('cut', at, 'record header is cut');
    const lengths = [view.getUint32(at + 8, little), view.getUint32(at + 12, little)] as const;
    const [capLen, wireLen] =
      minor < 3 || (minor === 3 && lengths[0] > lengths[1]) ? [lengths[1], lengths[0]] : lengths;
    if (capLen === 0 && wireLen === 0 && view.getBigUint64(at) === 0n) throw new FaultyCapture('corrupt', at, 'zeros');
    if (capLen === 0 && wireLen === 0 && isClassicHeader(view, at)) throw new JoinedCapture(at);
    if (capLen > CAP_LEN_MAX && isSectionHeader(view, at)) throw new JoinedCapture(at);
    if (capLen > CAP_LEN_MAX) throw new FaultyCapture('corrupt', at, `captured length ${capLen}`);
    if (data + capLen > view.byteLength) throw new FaultyCapture('cut', at, 'record is cut');
    yield {
      timestampNs:
        BigInt(view.getUint32(at, little)) * 1_000_000_000n + BigInt(view.getUint32(at + 4, little)) * format.unitNs,
      linkType,
      bytes: new Uint8Array(view.buffer, view.byteOffset + data, snaplen === 0 ? capLen : Math.min(capLen, snaplen)),
      // No more can have been captured than was on the wire.
      wireLen: Math.max(wireLen, capLen),
    };
    at = data + capLen;
  }
}

/** Magic number and version of a classic file. */
export function isClassicHeader(view: DataView, at: number): boolean {
  return [false, true].some(
    (little) =>
      FORMATS.has(view.getUint32(at, little)) &&
      view.getUint16(at + 4, little) === 2 &&
      view.getUint16(at + 6, little) <= 4,
  );
}

function isSectionHeader(view: DataView, at: number): boolean {
  return view.getUint32(at) === 0x0a0d0d0a && [false, true].some((l) => view.getUint32(at + 8, l) === 0x1a2b3c4d);
}
