/** Counters of a run at intervals, one JSON object a line. */
import { messageOf } from '../../errors.ts';
import { warn } from '../print_error.ts';
import type { WatchedRun } from './run_watch.ts';
import { say } from '../standard_streams.ts';

/**
 * The time of a line and the figures at that time. A line that cannot be written is a warning: the flows matter more.
 * @returns ends it
 */
export function writeFigures({ figures, stats }: Pick<WatchedRun, 'figures' | 'stats'>, stepMs: number): () => void {
  let writing = false;
  let failed = false;
  const write = async (): Promise<void> => {
    const line = `${JSON.stringify({ time: new Date().toISOString(), ...figures() })}\n`;
    if (stats === undefined) say(line);
    else {
      await stats.add(line);
      await stats.flush();
    }
  };
  const timer = setInterval(() => {
    // A slow reader gets fewer lines.
    if (writing || failed) return;
    writing = true;
    write()
      .catch((error: unknown) => {
        failed = true;
        warn(messageOf(error));
      })
      .finally(() => {
        writing = false;
      });
  }, stepMs).unref();
  return () => clearInterval(timer);
}
