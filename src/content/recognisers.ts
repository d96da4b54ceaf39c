/**
 * Which recognisers look at a flow: chosen by the first bytes of either side, TCP and UDP apart. Rank 1 is fixed magic,
 * 2 is structure that its own lengths confirm, 3 is text; on equal confidence the lower rank wins.
 */

import { Starts } from './starts.ts';
import { TCP_RECOGNISERS } from './tcp_recognisers.ts';
import { UDP_RECOGNISERS } from './udp_recognisers.ts';
import type { Recogniser } from './recogniser.ts';
import type { FirstBytes } from '../flow/first_payload.ts';

/** Lists of recognisers that are remembered; with one more all are forgotten. */
const LISTS_MAX = 1024;

/** The recognisers of a transport, and which one each start belongs to. */
class Chooser {
  readonly #recognisers: readonly Recogniser[];
  readonly starts: Starts;
  /** By the starts that fit. */
  readonly #lists = new Map<bigint, readonly Recogniser[]>();

  constructor(recognisers: readonly Recogniser[]) {
    this.#recognisers = recognisers.flatMap((recogniser) => recogniser.starts.map(() => recogniser));
    this.starts = new Starts(recognisers.flatMap(({ starts }) => starts));
  }

  choose(one: FirstBytes, other: FirstBytes): readonly Recogniser[] {
    const fitting = this.starts.fitting([startOf(one), startOf(other)], [one.port, other.port]);
    const known = this.#lists.get(fitting);
    if (known !== undefined) return known;
    const list = [...new Set(this.#recognisers.filter((_, n) => ((fitting >> BigInt(n)) & 1n) !== 0n))];
    if (this.#lists.size === LISTS_MAX) this.#lists.clear();
    this.#lists.set(fitting, list);
    return list;
  }
}

const NO_BYTES = new Uint8Array(0);

/** Of a side that starts like nothing too little is kept to look at it again. */
const startOf = ({ first, unlike }: FirstBytes): Uint8Array => (unlike === undefined ? first : NO_BYTES);

const CHOOSERS = { tcp: new Chooser(TCP_RECOGNISERS), udp: new Chooser(UDP_RECOGNISERS) };

/** Recognisers for the first bytes of two sides, either of which may have sent nothing. */
export const recognisersFor = (transport: 'tcp' | 'udp', one: FirstBytes, other: FirstBytes): readonly Recogniser[] =>
  CHOOSERS[transport].choose(one, other);

/** The tables of starts as the engine has them: those of TCP, then those of UDP. @param apps only these protocols */
export function startTables(apps?: ReadonlySet<string>): readonly Uint32Array[] {
  if (apps === undefined) return [CHOOSERS.tcp.starts.tables, CHOOSERS.udp.starts.tables];
  return [TCP_RECOGNISERS, UDP_RECOGNISERS].map((recognisers) => {
    const chosen = recognisers.filter((recogniser) => recogniser.apps.some((app) => apps.has(app)));
    return new Starts(chosen.flatMap(({ starts }) => starts)).tables;
  });
}

/** Every protocol that content can name, in the order of the alphabet. */
export const CONTENT_APPS: readonly string[] = [
  ...new Set([...TCP_RECOGNISERS, ...UDP_RECOGNISERS].flatMap(({ apps }) => apps)),
].sort();
