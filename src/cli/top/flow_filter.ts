/** The filter line: plain words, each of which must be part of a flow's text. */
import { protocolText } from '../../flow/numbers.ts';
import type { FlowView } from '../../flow/flow.ts';
import { RowView } from '../../engine/rows.ts';
import { flowEndpointText } from '../../text/endpoint.ts';
import type { FlowSnapshot } from './flow_rates.ts';
import type { FlowIdentity, TopSource } from './top_source.ts';

const UNKNOWN = 0;
const NO = 1;
const YES = 2;

/** The text that is searched: everything about a flow that stays the same. */
export function flowText(
  flow: Pick<FlowView, 'protocol' | 'srcAddress' | 'srcPort' | 'dstAddress' | 'dstPort'>,
  identity: FlowIdentity | undefined,
): string {
  const source = flowEndpointText(flow.srcAddress, flow.srcPort);
  const text = `${protocolText(flow.protocol)} ${source} ${flowEndpointText(flow.dstAddress, flow.dstPort)}`;
  if (identity === undefined) return text.toLowerCase();
  const { process = '', direction = '', service = '', owner = '', app = '', name = '' } = identity;
  return `${text} ${process} ${direction} ${service} ${owner} ${app} ${name}`.toLowerCase();
}

/** One filter. Verdicts are cached, so only new flows take time. */
export class FlowFilter {
  readonly text: string;
  readonly #words: readonly string[];
  /** By flow index: the verdict, and for which flow and identity it holds. */
  #verdicts = new Uint8Array(0);
  #generations = new Uint32Array(0);
  readonly #identities: (FlowIdentity | undefined)[] = [];

  constructor(text: string) {
    this.text = text;
    this.#words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
  }

  /** Does everything match? */
  get empty(): boolean {
    return this.#words.length === 0;
  }

  matches(text: string): boolean {
    return this.#words.every((word) => text.includes(word));
  }

  /** Writes the places of flows that match. Returns how many. @param places has room for all */
  select(snapshot: FlowSnapshot, source: Pick<TopSource, 'identityOf'>, places: Uint32Array): number {
    let count = 0;
    if (this.empty) {
      while (count < snapshot.count) places[count] = count++;
      return count;
    }
    const view = new RowView(snapshot.rows);
    for (let place = 0; place < snapshot.count; place++) {
      const flow = snapshot.flow(place);
      const generation = snapshot.generation(place);
      const identity = source.identityOf?.(flow, generation);
      if (flow >= this.#verdicts.length) this.#growTo(flow + 1);
      if (
        this.#verdicts[flow] === UNKNOWN ||
        this.#generations[flow] !== generation ||
        this.#identities[flow] !== identity
      ) {
        view.row = snapshot.rowAt(place);
        this.#verdicts[flow] = this.matches(flowText(view, identity)) ? YES : NO;
        this.#generations[flow] = generation;
        if (source.identityOf !== undefined) this.#identities[flow] = identity;
      }
      if (this.#verdicts[flow] === YES) places[count++] = place;
    }
    return count;
  }

  #growTo(flows: number): void {
    const size = 2 * flows;
    const verdicts = new Uint8Array(size);
    verdicts.set(this.#verdicts);
    this.#verdicts = verdicts;
    const generations = new Uint32Array(size);
    generations.set(this.#generations);
    this.#generations = generations;
  }
}
