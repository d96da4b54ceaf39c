/** pcapng (draft-ietf-opsawg-pcapng): sections, interfaces, and the three blocks that hold packets. */

import { CAP_LEN_MAX, FaultyCapture, JoinedCapture, type CapturedFrame } from './capture.ts';
import { isClassicHeader } from './classic.ts';

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

/** Of a block larger than this the packet counts as soon as it is there itself. Bytes. */
const RECORD_SIZE_MAX = 262_272;
const NS_PER_SECOND = 1_000_000_000n;
/** In place of a time that cannot be represented. */
const UNKNOWN = (1n << 64n) - 1n;
/** Bytes in which the next packet with a time is looked for. */
const LOOK_AHEAD = 65_536;

interface Interface {
  readonly linkType: number;
  readonly snaplen: number;
  readonly ticksPerSecond: bigint;
  readonly offsetSeconds: bigint;
}

/** A block's body; `end` is before the trailing length. */
interface Body {
  readonly start: number;
  readonly at: number;
  readonly end: number;
}

export function* pcapngRecords(view: DataView): Generator<CapturedFrame> {
  let little = false;
  let interfaces: Interface[] = [];
  /** Latest time of the packets so far. */
  let latest: bigint | undefined;
  for (let start = 0; start < view.byteLength; ) {
    const isSection = start + 4 <= view.byteLength && view.getUint32(start) === SECTION_HEADER;
    if (isSection) little = sectionByteOrder(view, start);
    if (!isSection && start + 12 <= view.byteLength) {
      if (view.getBigUint64(start) === 0n) throw new FaultyCapture('corrupt', start, 'zeros');
      if (isClassicHeader(view, start)) throw new JoinedCapture(start);
    }
    const body = blockAt(view, start, little);
    const type = view.getUint32(start, little);
    if (isSection) {
      checkSection(view, body, little);
      interfaces = [];
    } else if (type === INTERFACE) {
      interfaces.push(interfaceOf(view, body, little));
    } else if (type === ENHANCED_PACKET || type === OBSOLETE_PACKET) {
      const frame = timedPacket(view, body, little, interfaces, type);
      const known = frame.timestampNs !== UNKNOWN;
      yield known ? frame : { ...frame, ...untimed(latest, view, start, little, interfaces) };
      if (known && (latest === undefined || frame.timestampNs > latest)) latest = frame.timestampNs;
    } else if (type === SIMPLE_PACKET) {
      yield { ...simplePacket(view, body, little, interfaces), ...untimed(latest, view, start, little, interfaces) };
    }
    if (body.end + 4 - start > RECORD_SIZE_MAX) checkEnd(view, body, little);
    start = body.end + 4;
  }
}

/** The time of a packet that has none. */
function untimed(
  latest: bigint | undefined,
  view: DataView,
  start: number,
  little: boolean,
  interfaces: readonly Interface[],
): Pick<CapturedFrame, 'timestampNs' | 'untimed'> {
  if (latest !== undefined) return { timestampNs: latest, untimed: 'last' };
  return { timestampNs: nextTime(view, start, little, interfaces), untimed: 'next' };
}

/** The time of the next packet that has one and begins within 64 KiB, in the same section; else 0. */
function nextTime(view: DataView, from: number, little: boolean, interfaces: readonly Interface[]): bigint {
  for (let start = from; start - from <= LOOK_AHEAD && start + 28 <= view.byteLength; ) {
    const type = view.getUint32(start, little);
    const length = view.getUint32(start + 4, little);
    if (length < 12 || length % 4 !== 0 || type === SECTION_HEADER) return 0n;
    if (type === ENHANCED_PACKET || type === OBSOLETE_PACKET) {
      const id = type === OBSOLETE_PACKET ? view.getUint16(start + 8, little) : view.getUint32(start + 8, little);
      const source = interfaces[id];
      if (source === undefined) return 0n;
      const time = timeAt(view, start + 12, little, source);
      if (time !== UNKNOWN) return time;
    }
    start += length;
  }
  return 0n;
}

/** Nanoseconds since the epoch, or UNKNOWN when that is before 1970 or too late. */
function timeAt(view: DataView, at: number, little: boolean, source: Interface): bigint {
  const ticks = (BigInt(view.getUint32(at, little)) << 32n) | BigInt(view.getUint32(at + 4, little));
  const ns = (ticks * NS_PER_SECOND) / source.ticksPerSecond + source.offsetSeconds * NS_PER_SECOND;
  return ns < 0n || ns >= UNKNOWN ? UNKNOWN : ns;
}

function sectionByteOrder(view: DataView, start: number): boolean {
  if (start + 12 > view.byteLength) throw new FaultyCapture('cut', start, 'section header is cut');
  if (view.getUint32(start + 8) === 0x1a2b3c4d) return false;
  if (view.getUint32(start + 8, true) === 0x1a2b3c4d) return true;
  throw new FaultyCapture(start === 0 ? 'notACapture' : 'corrupt', start, 'unknown byte-order magic');
}

function blockAt(view: DataView, start: number, little: boolean): Body {
  if (start + 12 > view.byteLength) throw new FaultyCapture('cut', start, 'block header is cut');
  const length = view.getUint32(start + 4, little);
  if (length < 12 || length % 4 !== 0) throw new FaultyCapture('corrupt', start, `block length ${length}`);
  const body = { start, at: start + 8, end: start + length - 4 };
  if (length <= RECORD_SIZE_MAX) checkEnd(view, body, little);
  return body;
}

/** The block is there to its end, where its length stands again. */
function checkEnd(view: DataView, { start, end }: Body, little: boolean): void {
  if (end + 4 > view.byteLength) throw new FaultyCapture('cut', start, 'block is cut');
  if (view.getUint32(end, little) !== end + 4 - start)
    throw new FaultyCapture('corrupt', start, 'the two block lengths differ');
}

/** `size` bytes of the body are there. */
function needWithin(view: DataView, body: Body, size: number): void {
  need(body, size);
  if (body.at + size > view.byteLength) throw new FaultyCapture('cut', body.start, 'block is cut');
}

function need(body: Body, size: number): void {
  if (body.at + size > body.end) throw new FaultyCapture('corrupt', body.start, 'block is too short for its fields');
}

function checkSection(view: DataView, body: Body, little: boolean): void {
  needWithin(view, body, 16);
  const [major, minor] = [view.getUint16(body.at + 4, little), view.getUint16(body.at + 6, little)];
  if (major !== 1 || (minor !== 0 && minor !== 2))
    throw new FaultyCapture('unsupportedVersion', body.start, `version ${major}.${minor}`);
}

function interfaceOf(view: DataView, body: Body, little: boolean): Interface {
  need(body, 8);
  if (body.end + 4 - body.start > RECORD_SIZE_MAX)
    throw new FaultyCapture('corrupt', body.start, 'interface block of that length');
  let ticksPerSecond = 1_000_000n;
  let offsetSeconds = 0n;
  for (const option of options(view, { ...body, at: body.at + 8 }, little)) {
    if (option.code === 9) {
      const resolution = view.getUint8(option.at);
      if (option.length !== 1 || (resolution & 0x7f) > (resolution & 0x80 ? 63 : 19))
        throw new FaultyCapture('corrupt', body.start, 'time resolution');
      ticksPerSecond = resolution & 0x80 ? 1n << BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
    }
    if (option.code === 14 && option.length !== 8) throw new FaultyCapture('corrupt', body.start, 'time offset');
    if (option.code === 14) offsetSeconds = view.getBigInt64(option.at, little);
  }
  return {
    linkType: view.getUint16(body.at, little),
    snaplen: view.getUint32(body.at + 4, little),
    ticksPerSecond,
    offsetSeconds,
  };
}

function* options(
  view: DataView,
  body: Body,
  little: boolean,
): Generator<{ code: number; length: number; at: number }> {
  for (let at = body.at; at + 4 <= body.end; ) {
    const code = view.getUint16(at, little);
    const length = view.getUint16(at + 2, little);
    if (code === 0) return;
    if (at + 4 + length > body.end)
      throw new FaultyCapture('corrupt', body.start, `option ${code} is longer than its block`);
    yield { code, length, at: at + 4 };
    at += 4 + Math.ceil(length / 4) * 4;
  }
}

function interfaceOfPacket(interfaces: readonly Interface[], id: number, body: Body): Interface {
  const found = interfaces[id];
  if (found === undefined) throw new FaultyCapture('corrupt', body.start, `packet on undeclared interface ${id}`);
  return found;
}

function timedPacket(
  view: DataView,
  body: Body,
  little: boolean,
  interfaces: readonly Interface[],
  type: number,
): CapturedFrame {
  needWithin(view, body, 20);
  const id = type === OBSOLETE_PACKET ? view.getUint16(body.at, little) : view.getUint32(body.at, little);
  const from = interfaceOfPacket(interfaces, id, body);
  const capLen = view.getUint32(body.at + 12, little);
  if (capLen > CAP_LEN_MAX) throw new FaultyCapture('corrupt', body.start, `captured length ${capLen}`);
  needWithin(view, body, 20 + Math.ceil(capLen / 4) * 4);
  return {
    timestampNs: timeAt(view, body.at + 4, little, from),
    linkType: from.linkType,
    bytes: new Uint8Array(view.buffer, view.byteOffset + body.at + 20, Math.min(capLen, from.snaplen || capLen)),
    // No more can have been captured than was on the wire.
    wireLen: Math.max(view.getUint32(body.at + 16, little), capLen),
  };
}

function simplePacket(view: DataView, body: Body, little: boolean, interfaces: readonly Interface[]): CapturedFrame {
  needWithin(view, body, 4);
  const from = interfaceOfPacket(interfaces, 0, body);
  const wireLen = view.getUint32(body.at, little);
  const capLen = Math.min(wireLen, from.snaplen || wireLen, body.end - body.at - 4);
  if (capLen > CAP_LEN_MAX) throw new FaultyCapture('corrupt', body.start, `captured length ${capLen}`);
  needWithin(view, body, 4 + capLen);
  return {
    timestampNs: 0n,
    linkType: from.linkType,
    bytes: new Uint8Array(view.buffer, view.byteOffset + body.at + 4, capLen),
    wireLen,
  };
}
