/** Finds out whether only unreffed captures keep this process alive. */
import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Standard output and standard error. */
const STREAMS = [1, 2];

/**
 * A capture whose child processes keep this process alive. The poll handle of `cap` does too, but Node does not list
 * it.
 */
export interface UnreffedCapture {
  readonly processCount?: number;
}

/** Captures that may end with the process. */
const unreffed = new Set<UnreffedCapture>();

export function trackUnreffed(capture: UnreffedCapture): void {
  unreffed.add(capture);
}

export function untrackUnreffed(capture: UnreffedCapture): void {
  unreffed.delete(capture);
}

/** Whether nothing but unreffed captures keeps the process alive. */
export function isIdle(): boolean {
  const others = process.getActiveResourcesInfo();
  for (const kind of [...processKinds(), ...streamKinds()]) {
    const at = others.indexOf(kind);
    if (at >= 0) others.splice(at, 1);
  }
  return others.length === 0;
}

function processKinds(): string[] {
  return [...unreffed].flatMap(({ processCount = 0 }) => new Array<string>(processCount).fill('ProcessWrap'));
}

/**
 * Node lists standard streams that are terminals, pipes or sockets while they are open, but they keep nothing alive.
 */
function streamKinds(): string[] {
  return STREAMS.flatMap((fd) => {
    if (isatty(fd)) return 'TTYWrap';
    try {
      const status = fstatSync(fd);
      return status.isFIFO() || status.isSocket() ? 'PipeWrap' : [];
    } catch {
      return []; // It was closed.
    }
  });
}
