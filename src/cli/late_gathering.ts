/**
 * Flows that are sorted, chosen or summed up by what is known only when they are written: their processes, and the
 * owners of their addresses. They are gathered then, and not when they end.
 */
import type { RowBytes } from '../engine/row_bytes.ts';
import { Ranking } from '../query/ranking.ts';
import type { ChosenFormat, FieldFormat } from './flow_options.ts';
import type { Gathering, RankedFlows } from './flow_query.ts';
import { GroupText } from './group_text.ts';
import type { Output } from './output.ts';
import { GroupSums } from './write_gathered.ts';

/** Takes flows, and writes what came of them. */
export interface LateGatherer {
  /** @param text of the flow, if it is written: called at most once */
  add(bytes: RowBytes, row: number, text: () => string): void;
  /** @param until end of the interval; undefined: there is only one result */
  write(output: Output, until: Date | undefined): Promise<void>;
  /** After the last result. */
  end(): void;
}

export function lateGatherer(
  format: FieldFormat,
  gathering: Gathering,
  { localTime: local, look }: Pick<ChosenFormat, 'localTime' | 'look'>,
): LateGatherer {
  return gathering.kind === 'ranked'
    ? new LateRanking(gathering)
    : new GroupSums(gathering, new GroupText(format, gathering.plan.names, local, look));
}

class LateRanking implements LateGatherer {
  readonly #ranked: RankedFlows;
  readonly #ranking: Ranking<() => string>;

  constructor(ranked: RankedFlows) {
    this.#ranked = ranked;
    this.#ranking = new Ranking(ranked);
  }

  add(bytes: RowBytes, row: number, text: () => string): void {
    this.#ranking.add(this.#ranked.key(bytes, row), () => text);
  }

  async write(output: Output): Promise<void> {
    for (const text of this.#ranking.take()) await output.add(text());
  }

  end(): void {}
}
