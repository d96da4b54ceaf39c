/**
 * The filter line: an expression as `--where` has it, or plain words, each of which must be part of a flow's text. A
 * text with a sign of comparison, a parenthesis, `in` before a number, `is null` or `has` is an expression.
 */
import { protocolText } from '../../flow/numbers.ts';
import type { FlowView } from '../../flow/flow.ts';
import { RowView } from '../../engine/rows.ts';
import type { RowBytes, RowTest } from '../../engine/row_bytes.ts';
import { WhereError } from '../../query/error.ts';
import { HostSource } from '../../query/host_fields.ts';
import { IdentitySource } from '../../query/identity_fields.ts';
import { compileWhere } from '../../query/where.ts';
import { flowEndpointText } from '../../text/endpoint.ts';
import type { FlowSnapshot } from './flow_rates.ts';
import type { FlowIdentity, TopSource } from './top_source.ts';

const UNKNOWN = 0;
const NO = 1;
const YES = 2;

const EXPRESSION = /[=<>()]|\bin \d|\bis (not )?null\b|\bhas\b/i;
const NOBODY = {
  process: null,
  direction: null,
  evidence: null,
  namespace: null,
  scope: null,
  srcOwner: null,
  dstOwner: null,
};

/** The text that is searched: everything about a flow that stays the same. */
export function flowText(
  flow: Pick<FlowView, 'protocol' | 'srcAddress' | 'srcPort' | 'dstAddress' | 'dstPort'>,
  identity: FlowIdentity | undefined,
): string {
  const source = flowEndpointText(flow.srcAddress, flow.srcPort);
  const text = `${protocolText(flow.protocol)} ${source} ${flowEndpointText(flow.dstAddress, flow.dstPort)}`;
  if (identity === undefined) return text.toLowerCase();
  const { process = '', user = '', direction = '', service = '', owner = '', app = '', name = '' } = identity;
  return `${text} ${process} ${user} ${direction} ${service} ${owner} ${app} ${name}`.toLowerCase();
}

/** What an expression may ask besides the fields of a flow. */
export type FilterSource = Pick<TopSource, 'identityOf' | 'identifies'>;

/** One filter. */
export class FlowFilter {
  readonly text: string;
  /** What is wrong with the expression; nothing matches then. */
  readonly problem: string | undefined;
  readonly #words: readonly string[];
  /** Undefined: it is plain words. */
  readonly #test: ((bytes: RowBytes, row: number, identity: FlowIdentity | undefined) => boolean) | undefined;
  /** Verdicts of words are cached, so only new flows take time. By flow index, and for which flow and identity it holds. */
  #verdicts = new Uint8Array(0);
  #generations = new Uint32Array(0);
  readonly #identities: (FlowIdentity | undefined)[] = [];

  constructor(text: string, source: FilterSource = {}) {
    this.text = text;
    const isExpression = EXPRESSION.test(text);
    const compiled = isExpression ? compiledFilter(text, source) : undefined;
    this.problem = typeof compiled === 'string' ? compiled : undefined;
    this.#test = typeof compiled === 'function' ? compiled : undefined;
    this.#words = isExpression
      ? []
      : text
          .toLowerCase()
          .split(/\s+/)
          .filter((word) => word !== '');
  }

  /** Does everything match? */
  get empty(): boolean {
    return this.#words.length === 0 && this.#test === undefined && this.problem === undefined;
  }

  /** Whether the words are part of the text. */
  matches(text: string): boolean {
    return this.#words.every((word) => text.includes(word));
  }

  /** Writes the places of flows that match. Returns how many. @param places has room for all */
  select(snapshot: FlowSnapshot, source: Pick<TopSource, 'identityOf'>, places: Uint32Array): number {
    if (this.problem !== undefined) return 0;
    let count = 0;
    if (this.empty) {
      while (count < snapshot.count) places[count] = count++;
      return count;
    }
    const { rows } = snapshot;
    const view = new RowView(rows);
    for (let place = 0; place < snapshot.count; place++) {
      const flow = snapshot.flow(place);
      const generation = snapshot.generation(place);
      const identity = source.identityOf?.(flow, generation);
      if (this.#test !== undefined) {
        if (this.#test(rows, snapshot.rowAt(place), identity)) places[count++] = place;
        continue;
      }
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

/** The test of an expression, or what is wrong with it, in one line. */
function compiledFilter(
  text: string,
  { identityOf, identifies = false }: FilterSource,
): ((bytes: RowBytes, row: number, identity: FlowIdentity | undefined) => boolean) | string {
  const isNamed = identityOf !== undefined;
  const host = new HostSource(isNamed, isNamed);
  const identity = identifies ? new IdentitySource() : undefined;
  let test: RowTest;
  try {
    test = compileWhere(text, {
      groups: [],
      placed: (fields) => fields,
      remedy: (group) => (group === 'identify' ? '--with identify' : `--with ${group} to pcapflow live`),
      host,
      identity,
    });
  } catch (error) {
    if (!(error instanceof WhereError)) throw error;
    return (error.message.split('\n')[0] ?? '').trim();
  }
  return (bytes, row, known) => {
    host.known = known?.host ?? NOBODY;
    if (identity !== undefined) identity.reader = { peek: () => known?.content ?? {} };
    return test(bytes, row);
  };
}
