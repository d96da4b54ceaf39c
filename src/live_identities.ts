/**
 * Who is behind each flow of a live capture: asked when the flow starts, since its socket may be gone when it ends, and
 * kept until the flow is handed over. Packets are never held up by it.
 */
import { ROW_FLOW, ROW_GENERATION } from '../assembly/layout.ts';
import { RowView } from './engine/rows.ts';
import { rowAt } from './engine/table.ts';
import type { RowRange } from './engine/table.ts';
import type { Attribution, FlowAttribution, FlowStart } from './host/attribution.ts';
import type { LiveReader } from './live_reader.ts';

/** Started flows that may wait to be looked at; more are counted as missed. */
export const STARTS = 16_384;

/** What is known of one flow; the answer comes some milliseconds after the start. */
export interface Identity {
  readonly generation: number;
  /** As it was when it started. */
  readonly start: FlowStart;
  answer: Attribution | undefined;
}

export class LiveIdentities {
  /** Flows that nobody asked about: too many started at once. */
  missed = 0;
  readonly #reader: LiveReader;
  readonly #attribution: FlowAttribution;
  /** By flow index; an index that is used again is overwritten. */
  readonly #identities = new Map<number, Identity>();
  readonly #asked = new Set<Promise<void>>();

  /** The reader's engine must note starts. */
  constructor(reader: LiveReader, attribution: FlowAttribution) {
    this.#reader = reader;
    this.#attribution = attribution;
    reader.onStarted = () => this.collect();
  }

  /** Asks about the flows that have started since the last call. */
  collect(): void {
    const { engine } = this.#reader;
    if (engine.failure !== undefined && !engine.gone) return;
    for (;;) {
      const identities: Identity[] = [];
      const missed = engine.takeStarted((rows) => this.#note(rows, identities));
      if (missed === undefined) return;
      this.missed += missed;
      this.#ask(identities);
    }
  }

  /** Takes what is known of a flow that is handed over; its answer may come later. Call `collect` before. */
  take(flow: number, generation: number): Identity | undefined {
    const identity = this.#identities.get(flow);
    if (identity?.generation !== generation) return undefined;
    this.#identities.delete(flow);
    return identity;
  }

  /** What is known of an active flow. */
  of(flow: number, generation: number): Identity | undefined {
    const identity = this.#identities.get(flow);
    return identity?.generation === generation ? identity : undefined;
  }

  /** Resolves when everything that was asked by now is answered. */
  async settled(): Promise<void> {
    if (this.#asked.size > 0) await Promise.all(this.#asked);
  }

  /** Answers what is still open with what is known. */
  async close(): Promise<void> {
    await this.#attribution.close();
  }

  #note(rows: RowRange, identities: Identity[]): void {
    const { data } = this.#reader.engine.views;
    const view = new RowView(this.#reader.engine.views);
    for (let n = 0; n < rows.count; n++) {
      view.row = rowAt(rows, n);
      const { seconds, nanos } = view.firstSeen;
      const start: FlowStart = {
        protocol: view.protocol, srcAddress: view.srcAddress, srcPort: view.srcPort, dstAddress: view.dstAddress, dstPort: view.dstPort,
        firstSeenMs: seconds * 1000 + nanos / 1e6,
      };
      const identity: Identity = { generation: data.getUint32(view.row + ROW_GENERATION, true), start, answer: undefined };
      this.#identities.set(data.getUint32(view.row + ROW_FLOW, true), identity);
      identities.push(identity);
    }
  }

  #ask(identities: readonly Identity[]): void {
    const asked = this.#attribution.attribute(identities.map(({ start }) => start)).then(
      (answers) => {
        answers.forEach((answer, n) => {
          (identities[n] as Identity).answer = answer;
        });
      },
      // The flows stay without a process.
      () => undefined,
    );
    this.#asked.add(asked);
    void asked.then(() => this.#asked.delete(asked));
  }
}
