/** Tells whether this process would end by itself, but for captures that hold it. */
import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Standard output and standard error. */
const STREAMS = [1, 2];

/** Keeps this process alive by its child processes. The poll handle of `cap` does so as well, but is not listed. */
export interface UnreffedCapture {
  readonly processCount?: number;
}

/** What may end with the process. */
const unreffed = new Set<UnreffedCapture>();

export function trackUnreffed(capture: UnreffedCapture): void {
  unreffed.add(capture);
}

export function untrackUnreffed(capture: UnreffedCapture): void {
  unreffed.delete(capture);
}

/** Is nothing left that keeps the process alive, but what may end with it? */
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

/** Standard streams that are terminals, pipes or sockets are listed as long as they are open, and keep nothing alive. */
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
