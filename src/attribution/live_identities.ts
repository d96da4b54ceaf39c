/**
 * Finds the process behind each flow of a live capture: when the flow starts, because its socket may be closed when it
 * ends. The answer is kept until the flow is delivered. Packets never wait for it.
 */
import { FLOW_BIT_ORIGINATOR_KNOWN, ROW_BITS, ROW_FLOW, ROW_GENERATION } from '../../assembly/layout.ts';
import { PROTOCOL_TCP } from '../../assembly/wire/numbers.ts';
import { RowView } from '../engine/rows.ts';
import { rowAt } from '../engine/table.ts';
import type { RowRange } from '../engine/table.ts';
import type { Attribution, FlowAttribution, FlowStart } from './attribution.ts';
import type { LiveReader } from '../reader/live_reader.ts';

/**
 * When an inbound connection is asked about again: a server has accepted it by then, and has passed it on to the
 * process that serves it. Milliseconds after the first answer.
 */
const AGAIN_MS = 250;

/** Started flows that may wait to be read; more are counted as missed. */
export const STARTS = 16_384;

/** What answers. */
type Asked = Pick<FlowAttribution, 'attribute' | 'close'> & Partial<Pick<FlowAttribution, 'traced'>>;

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
  /** Flows of this host without a process. */
  unnamed = 0;
  readonly #reader: LiveReader;
  readonly #attribution: Asked;
  /** By flow index; an index that is used again is overwritten. */
  readonly #identities = new Map<number, Identity>();
  /** Recorded, but not looked up yet. */
  #noted: Identity[] = [];
  /** Those to be asked about again, the earliest first. */
  #again: { readonly identity: Identity; readonly atMs: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** The reader's engine must record starts. */
  constructor(reader: LiveReader, attribution: Asked) {
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
    this.#attribute(identities, (identity, answer) => {
      identity.answer = answer;
      if (answer.turned) this.#turn(identity);
      if (answer.process === null && answer.inbound !== null) this.unnamed++;
      if (mayBePassedOn(identity)) this.#askLater(identity);
    });
  }

  /** Takes what is known of a flow that is delivered; its answer may come later. */
  take(flow: number, generation: number): Identity | undefined {
    const identity = this.of(flow, generation);
    if (identity === undefined) return undefined;
    this.#identities.delete(flow);
    const { start, answer } = identity;
    if (answer === undefined) return identity;
    const traced = this.#attribution.traced?.(start, answer);
    if (traced !== undefined) identity.answer = traced;
    // The listener is an answer for want of a better one.
    else if (answer.evidence === 'listener') this.#askAgain([identity]);
    return identity;
  }

  /** The same of the flow in a row. */
  takeRow(data: DataView, row: number): Identity | undefined {
    return this.take(data.getUint32(row + ROW_FLOW, true), data.getUint32(row + ROW_GENERATION, true));
  }

  /** What is known of an active flow. */
  of(flow: number, generation: number): Identity | undefined {
    const identity = this.#identities.get(flow);
    return identity?.generation === generation ? identity : undefined;
  }

  /** Answers all open queries with what is known. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#again = [];
    await this.#attribution.close();
  }

  #askLater(identity: Identity): void {
    this.#again.push({ identity, atMs: performance.now() + AGAIN_MS });
    this.#timer ??= setTimeout(() => this.#askDue(), AGAIN_MS).unref();
  }

  #askDue(): void {
    const now = performance.now();
    const due = this.#again.findIndex(({ atMs }) => atMs > now);
    const asked = this.#again.splice(0, due < 0 ? this.#again.length : due);
    const [next] = this.#again;
    this.#timer = next === undefined ? undefined : setTimeout(() => this.#askDue(), next.atMs - now).unref();
    this.#askAgain(asked.map(({ identity }) => identity).filter(({ flow, generation }) => this.of(flow, generation)));
  }

  /** An answer counts only when it is from the connection's own socket. */
  #askAgain(identities: readonly Identity[]): void {
    if (identities.length === 0) return;
    this.#attribute(identities, (identity, answer) => {
      const { turned, inbound } = identity.answer ?? answer;
      const isBetter = answer.evidence === 'socket' || answer.evidence === 'trace';
      if (isBetter && answer.inbound === inbound) identity.answer = { ...answer, turned };
    });
  }

  /** Looks up flows. When that fails they stay as they are: without a process, or with their first answer. */
  #attribute(identities: readonly Identity[], use: (identity: Identity, answer: Attribution) => void): void {
    const answered = this.#attribution
      .attribute(identities.map(({ start }) => start))
      .then(
        (answers) => answers.forEach((answer, n) => use(identities[n] as Identity, answer)),
        () => undefined,
      )
      .then(() => {
        for (const identity of identities) identity.answered = undefined;
      });
    for (const identity of identities) identity.answered = answered;
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

/** An accepted connection, whose server may give it to another process. */
function mayBePassedOn({ start, answer }: Identity): boolean {
  return start.protocol === PROTOCOL_TCP && answer?.inbound === true && answer.process !== null;
}
