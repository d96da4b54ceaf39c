/**
 * Finds the process behind each flow of a live capture: when the flow starts, because its socket may be closed when it
 * ends. The answer is kept until the flow is delivered. Packets never wait for it.
 */
import { FLOW_BIT_ORIGINATOR_KNOWN, ROW_BITS, ROW_FLOW, ROW_GENERATION } from '../../assembly/layout.ts';
import { RowView } from '../engine/rows.ts';
import { rowAt } from '../engine/table.ts';
import type { RowRange } from '../engine/table.ts';
import type { Attribution, FlowAttribution, FlowStart } from './attribution.ts';
import type { LiveReader } from '../reader/live_reader.ts';

/** Started flows that may wait to be read; more are counted as missed. */
export const STARTS = 16_384;

/** What is known of one flow; the answer comes some milliseconds after the start. */
export interface Identity {
  /** Index and generation of the flow in the engine. */
  readonly flow: number;
  readonly generation: number;
  /** As it was when it started. */
  readonly start: FlowStart;
  answer: Attribution | undefined;
  /** Resolves with the answer; undefined before the query and after the answer. */
  answered: Promise<void> | undefined;
}

export class LiveIdentities {
  /** Flows that were not looked up: too many started at once. */
  missed = 0;
  readonly #reader: LiveReader;
  readonly #attribution: Pick<FlowAttribution, 'attribute' | 'close'>;
  /** By flow index; an index that is used again is overwritten. */
  readonly #identities = new Map<number, Identity>();
  /** Recorded, but not looked up yet. */
  #noted: Identity[] = [];

  /** The reader's engine must record starts. */
  constructor(reader: LiveReader, attribution: Pick<FlowAttribution, 'attribute' | 'close'>) {
    this.#reader = reader;
    this.#attribution = attribution;
    reader.onStarted = () => this.#collect();
  }

  /**
   * Records the flows that have started since the last call. It is short, so it can run under the table's lock together
   * with taking closed flows; a flow that has started and ended since the last call is then known. Call `ask`
   * afterwards.
   */
  note(): void {
    const { engine } = this.#reader;
    for (;;) {
      const missed = engine.takeStarted((rows) => this.#note(rows));
      if (missed === undefined) return;
      this.missed += missed;
    }
  }

  /** Looks up the recorded flows. */
  ask(): void {
    const identities = this.#noted;
    if (identities.length === 0) return;
    this.#noted = [];
    const answered = this.#attribution
      .attribute(identities.map(({ start }) => start))
      .then(
        (answers) => {
          answers.forEach((answer, n) => {
            const identity = identities[n] as Identity;
            identity.answer = answer;
            if (answer.turned) this.#turn(identity);
          });
        },
        // The flows stay without a process.
        () => undefined,
      )
      .then(() => {
        for (const identity of identities) identity.answered = undefined;
      });
    for (const identity of identities) identity.answered = answered;
  }

  /** Takes what is known of a flow that is delivered; its answer may come later. */
  take(flow: number, generation: number): Identity | undefined {
    const identity = this.of(flow, generation);
    if (identity !== undefined) this.#identities.delete(flow);
    return identity;
  }

  /** What is known of an active flow. */
  of(flow: number, generation: number): Identity | undefined {
    const identity = this.#identities.get(flow);
    return identity?.generation === generation ? identity : undefined;
  }

  /** Answers all open queries with what is known. */
  async close(): Promise<void> {
    await this.#attribution.close();
  }

  #collect(): void {
    const { engine } = this.#reader;
    try {
      if (engine.failure === undefined || engine.gone) this.note();
    } catch (error) {
      // The tracker died holding the lock: the reader reports that.
      if (error !== engine.failure) throw error;
    }
    this.ask();
  }

  /** The originator of the record becomes that of the answer, unless the flow is gone. */
  #turn({ flow, generation }: Identity): void {
    const { engine } = this.#reader;
    try {
      if (engine.failure === undefined || engine.gone) engine.turn(flow, generation);
    } catch (error) {
      // The tracker died holding the lock: the reader reports that.
      if (error !== engine.failure) throw error;
    }
  }

  #note(rows: RowRange): void {
    const { data } = this.#reader.engine.views;
    const view = new RowView(this.#reader.engine.views);
    for (let n = 0; n < rows.count; n++) {
      view.row = rowAt(rows, n);
      const { seconds, nanos } = view.firstSeen;
      const start: FlowStart = {
        protocol: view.protocol,
        srcAddress: view.srcAddress,
        srcPort: view.srcPort,
        dstAddress: view.dstAddress,
        dstPort: view.dstPort,
        firstSeenMs: seconds * 1000 + nanos / 1e6,
        originatorKnown: (data.getUint8(view.row + ROW_BITS) & FLOW_BIT_ORIGINATOR_KNOWN) !== 0,
      };
      const generation = data.getUint32(view.row + ROW_GENERATION, true);
      const flow = data.getUint32(view.row + ROW_FLOW, true);
      const identity: Identity = { flow, generation, start, answer: undefined, answered: undefined };
      this.#identities.set(flow, identity);
      this.#noted.push(identity);
    }
  }
}
