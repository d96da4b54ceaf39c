/**
 * The package `cap` (libpcap in the process): loaded when it is needed, with what must be kept about it.
 *
 * Its objects are never collected: one whose `open` failed aborts the process when it is (C4 in the notes on hazards),
 * and one that was closed is still linked from libuv's list of handles, so that its memory would be written to after it
 * was freed. A closed one is about a kilobyte. Buffers are kept as well, because the package has only a raw pointer to
 * them (C5); the buffer of a capture that was closed is used again.
 */
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { FParserError } from '../../errors.ts';
import { FrameBytes } from '../live/frame_source.ts';

/** What libpcap calls the snapshot length; the package always asks for it. */
export const CAP_SNAPLEN = 65_535;

/** A slot of the kernel buffer on devices with the usual 65,536-byte maximum, whatever the packet's size. */
export const CAP_SLOT_SIZE = 65_616;

export type OnFrame = (frameBytes: number) => void;

export interface Capture {
  /** As the package tells it: `LINKTYPE_LINUX_SLL`, `ETHERNET`, ... */
  open(device: string, filter: string, bufferSize: number, buffer: Buffer): string;
  close(): boolean;
  /** Called for each frame, which is then in the buffer: at most 65,535 bytes. */
  onFrame: OnFrame;
}

type CaptureClass = new () => Capture;

/** Where the package puts each frame, and the same memory as sinks want it. */
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

/** 64 KiB that stay where they are until the process ends. */
export function takeBuffer(): CaptureBuffer {
  const idle = idleBuffers.pop();
  if (idle !== undefined) return idle;
  const buffer = Buffer.alloc(CAP_SNAPLEN);
  const made = { buffer, frame: new FrameBytes(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)) };
  buffers.add(made);
  return made;
}

/** Gives a buffer back whose capture was closed; never that of one whose `open` failed. */
export function giveBufferBack(buffer: CaptureBuffer): void {
  idleBuffers.push(buffer);
}

function loadClass(): CaptureClass {
  // In a worker its packets arrive on the main thread's loop, which ends the process (C6).
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

    /** The package calls what is named `emit` when the object is made. This one is spared EventEmitter's work. */
    emit(_event: 'packet', frameBytes: number): void {
      this.onFrame(frameBytes);
    }
  };
}

function ignore(): void {}
