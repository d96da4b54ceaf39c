/** Tells whether this process would end by itself, but for a capture that holds it. */
import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Standard output and standard error. */
const STREAMS = [1, 2];

/** @param holds by which the capture keeps the process alive: the kind (process.getActiveResourcesInfo) of each resource */
export function isIdle(holds: readonly string[]): boolean {
  const others = process.getActiveResourcesInfo();
  for (const kind of [...holds, ...streamKinds()]) {
    const at = others.indexOf(kind);
    if (at >= 0) others.splice(at, 1);
  }
  return others.length === 0;
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
