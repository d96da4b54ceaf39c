/** A live capture as the full-screen view sees it. Rows are read in pieces, so the table is locked only briefly. */
import { ROWS_MAX, ROW_FLOW, ROW_GENERATION } from '../../../assembly/layout.ts';
import { RowView } from '../../engine/rows.ts';
import { rowAt } from '../../engine/table.ts';
import type { LiveReader } from '../../reader/live_reader.ts';
import type { TopIdentities } from './top_identities.ts';
import { EndedTotals } from './ended_totals.ts';
import type { EndedSum, GroupView } from './groups.ts';
import type { HostNames } from './host_names.ts';
import { LinkCounter } from './link_totals.ts';
import type { FlowIdentity, RowVisitor, TopFigures, TopSource } from './top_source.ts';

/** Flow indices looked at under one lock: about a third of a millisecond when all are active. */
const PIECE = 8 * ROWS_MAX;

export class LiveTopSource implements TopSource {
  readonly name: string;
  readonly identifies: boolean;
  readonly #reader: LiveReader;
  readonly #identities: TopIdentities | undefined;
  readonly #ended = new EndedTotals();
  /** Keeps its value when the table can no longer be read. */
  #wireBytes = 0;
  readonly #link: LinkCounter;
  /** Undefined where nobody is asked. */
  readonly nameOf?: (address: string) => string | undefined;

  /** @param interfaces that are captured @param names of hosts; undefined: they are not wanted */
  constructor(reader: LiveReader, interfaces: readonly string[], identities?: TopIdentities, names?: HostNames) {
    this.#reader = reader;
    this.#link = new LinkCounter(interfaces);
    if (names !== undefined) this.nameOf = (address) => names.of(address);
    this.#identities = identities;
    this.name = reader.source.name;
    this.identifies = reader.identities !== undefined;
  }

  figures(): TopFigures {
    const { engine, source } = this.#reader;
    this.#look(() => {
      this.#wireBytes = engine.counters().wireBytes;
    });
    return {
      packetsSeen: engine.packetsSeen,
      wireBytes: this.#wireBytes,
      link: this.#link.totals(),
      ringDrops: engine.packetsDroppedRing,
      kernelDrops: source.packetsDroppedKernel,
      flowsActive: engine.activeCount,
      clockSeconds: Date.now() / 1000,
      problem: source.problems.at(-1)?.message,
    };
  }

  readRows(from: number, visit: RowVisitor): number | undefined {
    const { engine } = this.#reader;
    return this.#look(() => {
      const end = Math.min(engine.indexEnd, from + PIECE);
      for (let index = from; index < end; index += engine.rowsMax) {
        const { base, count } = engine.activeRows(index);
        visit(engine.views.u8, base, count);
      }
      return end < engine.indexEnd ? end : undefined;
    });
  }

  ended(view: GroupView): ReadonlyMap<string, EndedSum> {
    return this.#ended.of(view);
  }

  /** Takes the flows that have ended, and keeps their sums. */
  takeEnded(): void {
    const { engine } = this.#reader;
    const view = new RowView(engine.views);
    while (engine.closedCount > 0)
      engine.takeClosed(ROWS_MAX, (rows) => {
        for (let n = 0; n < rows.count; n++) {
          view.row = rowAt(rows, n);
          const { data } = engine.views;
          const [flow, generation] = [ROW_FLOW, ROW_GENERATION].map((at) => data.getUint32(view.row + at, true));
          this.#ended.add(view, this.identityOf(flow as number, generation as number));
          this.#reader.identities?.take(view.row);
        }
      });
  }

  identityOf(flow: number, generation: number): FlowIdentity | undefined {
    return this.#identities?.of(flow, generation);
  }

  /** Undefined when the tracker has failed or ended: the reader reports that, and the view ends. */
  #look<T>(work: () => T): T | undefined {
    const { engine } = this.#reader;
    if (engine.failure !== undefined || engine.gone) return undefined;
    try {
      return engine.locked(work);
    } catch (error) {
      if (error !== engine.failure) throw error;
      return undefined;
    }
  }
}
