/** What shows a run while it works: metrics that programs fetch (`--metrics`), lines of counters (`--stats-every`). */
import type { FParserError } from '../../errors.ts';
import type { ValuesAt } from '../../options/table.ts';
import { withPackages } from '../optional_package.ts';
import type { Output } from '../output.ts';
import type { RunFigures } from '../summary.ts';
import { writeFigures } from './figure_lines.ts';
import { metricsAddress } from './metrics_address.ts';

export type WatchValues = Pick<ValuesAt<'read'>, 'metrics' | 'statsEvery'>;

/** What can be seen of a run. */
export interface WatchedRun {
  readonly figures: () => RunFigures;
  /** Why it is about to end early. */
  readonly failure: () => FParserError | undefined;
  /** Where lines of counters go; undefined: standard error. */
  readonly stats: Output | undefined;
}

export interface RunWatch {
  /** Called when the capture is open. @throws {FParserError} ERR_READ when the address cannot be listened at */
  begin(run: WatchedRun): Promise<void>;
  /** Idempotent. */
  end(): void;
}

const SECOND_MS = 1000;

/** Loads what is needed. @throws {RangeError} for an address that is none, and when a package is missing */
export async function runWatch({ metrics, statsEvery }: WatchValues): Promise<RunWatch> {
  const address = metrics === undefined ? undefined : metricsAddress(metrics);
  const served =
    address === undefined
      ? undefined
      : await withPackages('--metrics', ['prom-client'], () => import('./metrics_server.ts'));
  const ends: (() => void)[] = [];
  return {
    async begin(run) {
      if (statsEvery !== undefined) ends.push(writeFigures(run, statsEvery * SECOND_MS));
      if (served !== undefined && address !== undefined) ends.push(await served.startMetricsServer(address, run));
    },
    end() {
      for (const end of ends.splice(0)) end();
    },
  };
}
