/** What a command that runs in this process writes to standard output and standard error. */
import { vi } from 'vitest';

export interface CaughtOutput {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export async function caughtOutput(run: () => Promise<number>): Promise<CaughtOutput> {
  const texts = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk: unknown, ...rest: readonly unknown[]) => {
      texts[name] += String(chunk);
      // Whoever writes may wait until it is written.
      for (const done of rest) if (typeof done === 'function') done();
      return true;
    }),
  );
  try {
    const status = await run();
    return { status, out: texts.stdout, err: texts.stderr };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
