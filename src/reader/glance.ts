/** Looks into a capture for the time of its first packet. */
import {
  STATUS_DONE,
  STATUS_FILTER,
  STATUS_LATER,
  STATUS_LINK_TYPE,
  STATUS_MORE,
  STATUS_SNAPLEN,
} from '../../assembly/layout.ts';
import { CaptureError, FParserError } from '../errors.ts';
import type { ByteSource } from '../source/file/source.ts';
import type { CaptureWalker } from './capture_walker.ts';

/** Bytes read at a time: the first packet is usually among the first ones. */
const READ_SIZE = 65536;

/**
 * Nanoseconds; 'unknown' if the file has no packets or cannot be read; reading it later reports why. Nothing is
 * tracked. The engine must not have an open file.
 * @throws bugs of ours
 */
export async function glanceAt(
  engine: CaptureWalker,
  open: () => Promise<ByteSource>,
): Promise<bigint | 'not a capture' | 'unknown'> {
  let source: ByteSource | undefined;
  try {
    source = await open();
    engine.select(0);
    engine.beginFile();
    return await firstTime(engine, source);
  } catch (error) {
    if (!(error instanceof FParserError)) throw error;
    return error instanceof CaptureError && error.code === 'ERR_NOT_A_CAPTURE' ? 'not a capture' : 'unknown';
  } finally {
    source?.close();
  }
}

async function firstTime(engine: CaptureWalker, source: ByteSource): Promise<bigint | 'not a capture' | 'unknown'> {
  let ended = false;
  while (true) {
    const { status, value, detail } =
      engine.pending > 0 ? engine.walk(0n) : { status: STATUS_DONE, value: 0, detail: 0 };
    switch (status) {
      case STATUS_DONE:
      case STATUS_MORE: {
        const size = ended ? 0 : await source.read(engine.space().subarray(0, READ_SIZE));
        if (size > 0) engine.filled(size);
        else if (!engine.opened) return 'not a capture';
        else if (ended || engine.pending === 0) return 'unknown';
        else {
          ended = true;
          engine.endFile();
        }
        break;
      }
      case STATUS_LATER:
        return (BigInt(detail) << 32n) | BigInt(value);
      case STATUS_FILTER:
        engine.filters?.addFilter(value, detail !== 0);
        break;
      case STATUS_LINK_TYPE:
      case STATUS_SNAPLEN:
        if (!engine.opened) return 'unknown';
        break;
      default:
        return engine.opened ? 'unknown' : 'not a capture';
    }
  }
}
