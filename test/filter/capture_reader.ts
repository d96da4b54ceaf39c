/** A small reader of classic pcap and pcapng for the tests here: enough for well-formed files, no more. */

export interface CapturedFrame {
  readonly linkType: number;
  readonly bytes: Uint8Array;
  readonly wireLength: number;
  /** The file, or section, is in big-endian byte order. */
  readonly bigEndian: boolean;
}

/**
 * The frames up to the first thing that is not understood. Empty for a file that is neither format.
 * @param interfaces `first`: like libpcap it stops at an interface whose link type or snap length is not that of the
 *   first one; `all`: it reads on
 */
export function readFrames(file: Uint8Array, interfaces: 'first' | 'all' = 'first'): CapturedFrame[] {
  if (file.length < 4) return [];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return view.getUint32(0) === 0x0a0d0d0a ? readPcapng(view, interfaces) : readPcap(view);
}

const CLASSIC_MAGIC: readonly number[] = [0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34];

function readPcap(view: DataView): CapturedFrame[] {
  const little = CLASSIC_MAGIC.includes(view.getUint32(0, true));
  if (!little && !CLASSIC_MAGIC.includes(view.getUint32(0))) return [];
  if (view.byteLength < 24 || view.getUint16(4, little) !== 2) return [];
  const modified = view.getUint32(0, little) === 0xa1b2cd34;
  const snaplen = view.getUint32(16, little);
  const linkType = view.getUint32(20, little) & 0x03ffffff;
  const frames: CapturedFrame[] = [];
  const header = modified ? 24 : 16;
  for (let at = 24; at + header <= view.byteLength; ) {
    const length = view.getUint32(at + 8, little);
    const wireLength = view.getUint32(at + 12, little);
    at += header;
    if (length > 262144 || at + length > view.byteLength) break;
    const kept = snaplen === 0 ? length : Math.min(length, snaplen);
    frames.push({ linkType, bytes: bytesAt(view, at, kept), wireLength, bigEndian: !little });
    at += length;
  }
  return frames;
}

function readPcapng(view: DataView, which: 'first' | 'all'): CapturedFrame[] {
  const frames: CapturedFrame[] = [];
  let interfaces: { linkType: number; snaplen: number }[] = [];
  let first: { linkType: number; snaplen: number } | undefined;
  let little = true;
  for (let at = 0; at + 12 <= view.byteLength; ) {
    if (view.getUint32(at) === 0x0a0d0d0a) {
      little = view.getUint32(at + 8, true) === 0x1a2b3c4d;
      interfaces = [];
    }
    const type = view.getUint32(at, little);
    const length = view.getUint32(at + 4, little);
    if (length < 12 || at + length > view.byteLength) break;
    if (type === 1) {
      const described = { linkType: view.getUint16(at + 8, little), snaplen: view.getUint32(at + 12, little) };
      first ??= described;
      const differs = described.linkType !== first.linkType || described.snaplen !== first.snaplen;
      if (differs && which === 'first') return frames;
      interfaces.push(described);
    }
    const enhanced = type === 6;
    const obsolete = type === 2;
    if (enhanced || obsolete || type === 3) {
      const index = enhanced ? view.getUint32(at + 8, little) : obsolete ? view.getUint16(at + 8, little) : 0;
      const { linkType, snaplen } = interfaces[index] ?? { linkType: -1, snaplen: 0 };
      const wireLength = view.getUint32(at + (type === 3 ? 8 : 24), little);
      const simple = Math.min(wireLength, length - 16, snaplen === 0 ? wireLength : snaplen);
      const capLength = type === 3 ? simple : view.getUint32(at + 20, little);
      const start = at + (type === 3 ? 12 : 28);
      frames.push({ linkType, bytes: bytesAt(view, start, capLength), wireLength, bigEndian: !little });
    }
    at += length;
  }
  return frames;
}

function bytesAt(view: DataView, start: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + start, length);
}
