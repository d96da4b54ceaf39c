/**
 * The package `cap` (libpcap in the process): loaded when it is needed, with the objects that must never be released.
 *
 * Its objects are never garbage-collected. Collecting one whose `open()` failed aborts the process (C4 in the notes on
 * hazards). A closed one is still in libuv's list of handles, which would write to freed memory; it takes about a
 * kilobyte. Buffers are kept as well, because the package keeps only a raw pointer to them (C5); the buffer of a closed
 * capture is reused.
 */
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { FParserError } from '../../errors.ts';
import { FrameBytes } from '../live/frame_source.ts';

/** The snapshot length that the package always requests. */
export const CAP_SNAPLEN = 65_535;

/** A slot of the kernel buffer on devices with the usual 65,536-byte maximum, whatever the packet's size. */
export const CAP_SLOT_SIZE = 65_616;

export type OnFrame = (frameBytes: number) => void;

export interface Capture {
  /** As the package reports it: `LINKTYPE_LINUX_SLL`, `ETHERNET`, ... */
  open(device: string, filter: string, bufferSize: number, buffer: Buffer): string;
  close(): boolean;
  /** Called for each frame, which is then in the buffer: at most 65,535 bytes. */
  onFrame: OnFrame;
}

type CaptureClass = new () => Capture;

/** The buffer where the package puts each frame, and a view of it for sinks. */
export interface CaptureBuffer {
  readonly buffer: Buffer;
  readonly frame: FrameBytes;
}

const captures = new Set<Capture>();
const buffers = new Set<CaptureBuffer>();
const idleBuffers: CaptureBuffer[] = [];

let captureClass: CaptureClass | undefined;

/** A capture that is not open yet. @throws {FParserError} ERR_LIVE_UNAVAILABLE */
export function makeCapture(): Capture {
  captureClass ??= loadClass();
  const capture = new captureClass();
  captures.add(capture);
  return capture;
}

/** 64 KiB that keep their address until the process ends. */
export function takeBuffer(): CaptureBuffer {
  const idle = idleBuffers.pop();
  if (idle !== undefined) return idle;
  const buffer = Buffer.alloc(CAP_SNAPLEN);
  const made = { buffer, frame: new FrameBytes(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)) };
  buffers.add(made);
  return made;
}

/** Returns the buffer of a closed capture; never call it for one whose `open()` failed. */
export function giveBufferBack(buffer: CaptureBuffer): void {
  idleBuffers.push(buffer);
}

function loadClass(): CaptureClass {
  // In a worker its packets would arrive on the main thread's event loop, which crashes the process (C6).
  if (!isMainThread)
    throw new FParserError(
      'ERR_LIVE_UNAVAILABLE',
      "the package `cap` works on the main thread only; use capture: 'tcpdump' in a worker",
    );
  let Cap: new () => Omit<Capture, 'onFrame'>;
  try {
    ({ Cap } = createRequire(import.meta.url)('cap') as { Cap: typeof Cap });
  } catch (cause) {
    const reason = (cause as Error).message.split('\n', 1)[0];
    throw new FParserError(
      'ERR_LIVE_UNAVAILABLE',
      `the package \`cap\` cannot be loaded (${reason}); install the headers of libpcap (Debian: libpcap-dev) and run \`npm ci\`, or use capture: 'tcpdump'`,
      { cause },
    );
  }
  return class extends Cap {
    onFrame: OnFrame = ignore;

    /**
     * The package calls the `emit` that it finds when the object is made. A plain function avoids EventEmitter's
     * overhead.
     */
    emit(_event: 'packet', frameBytes: number): void {
      this.onFrame(frameBytes);
    }
  };
}

function ignore(): void {}
