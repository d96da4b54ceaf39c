/** A live capture as the full-screen view sees it. Rows are read in pieces, so the table is locked only briefly. */
import { ROWS_MAX } from '../../../assembly/layout.ts';
import type { LiveReader } from '../../reader/live_reader.ts';
import type { TopIdentities } from './top_identities.ts';
import type { FlowIdentity, RowVisitor, TopFigures, TopSource } from './top_source.ts';

/** Flow indices looked at under one lock: about a third of a millisecond when all are active. */
const PIECE = 8 * ROWS_MAX;

export class LiveTopSource implements TopSource {
  readonly name: string;
  readonly identifies: boolean;
  readonly #reader: LiveReader;
  readonly #identities: TopIdentities | undefined;
  /** Keeps its value when the table can no longer be read. */
  #wireBytes = 0;

  constructor(reader: LiveReader, identities?: TopIdentities) {
    this.#reader = reader;
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
