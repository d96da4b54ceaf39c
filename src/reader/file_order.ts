/** Looks into the files of one capture to find the order in which they are read. */
import { CaptureError } from '../errors.ts';
import type { FileOrder } from './capture_reader.ts';
import { notCapturesNotice, orderNotice } from './order_notice.ts';
import { givenOrder, isReordered, timeOrder } from './reading_order.ts';
import type { FileGlance, FileGroup } from './reading_order.ts';

export interface OrderHost {
  /** Number of files. */
  readonly count: number;
  readonly order: FileOrder;
  /** Time of the first packet of file number `n`, nanoseconds. */
  glanceAt(n: number): Promise<bigint | 'not a capture' | 'unknown'>;
  /** Whether reading has been stopped: then no file is in the order. */
  isStopped(): boolean;
  warn(message: string): void;
}

/** @throws {CaptureError} ERR_NOT_A_CAPTURE when none of the files is one */
export async function orderFiles({ count, order, glanceAt, isStopped, warn }: OrderHost): Promise<FileGroup[]> {
  const glances: FileGlance[] = [];
  const left: string[] = [];
  for (let number = 0; number < count; number++) {
    const seen = order.canLookInto(number) && (order.by === 'time' || order.isOptional(number));
    const glance = seen ? await glanceAt(number) : 'unknown';
    if (glance === 'not a capture' && order.isOptional(number)) left.push(order.name(number));
    else glances.push({ number, seen, first: typeof glance === 'bigint' ? glance : undefined });
    if (isStopped()) return [];
  }
  if (glances.length === 0) {
    const reason = 'is not a capture, and nor is any other file of its folder';
    throw new CaptureError('ERR_NOT_A_CAPTURE', left[0] ?? '', 0, reason);
  }
  if (left.length > 0) warn(notCapturesNotice(left));
  if (order.by === 'given') return givenOrder(glances.map(({ number }) => number));
  const groups = timeOrder(glances);
  if (isReordered(groups)) warn(orderNotice(groups.flatMap((group) => group.map(({ number }) => order.name(number)))));
  return groups;
}
