/**
 * One end of a TCP connection by Zeek's rules: state, sequence numbers, what was delivered. Sequence numbers count on
 * beyond 2^32.
 */

import { sequenceDistance } from './segment.ts';

export type EndpointState = 'INACTIVE' | 'SYN_SENT' | 'SYN_ACK_SENT' | 'PARTIAL' | 'ESTABLISHED' | 'CLOSED' | 'RESET';

/** A larger step of some sequence numbers is not believed. */
const STEP_MAX = 1 << 20;
/** Bytes above a hole with nothing acknowledged: the rest is not followed. */
const UNACKED_MAX = 16_384;
/** Blocks above the edge that are remembered. */
const BLOCKS_MAX = 8;
/** Payload further above the edge is not looked at. */
const ABOVE_MAX = 2 ** 31 - 1;

const HANDSHAKE: ReadonlySet<EndpointState> = new Set(['INACTIVE', 'SYN_SENT', 'SYN_ACK_SENT']);
export const isHandshake = (state: EndpointState): boolean => HANDSHAKE.has(state);

export class Endpoint {
  packets = 0;
  ipBytes = 0;
  payloadBytes = 0;
  state: EndpointState = 'INACTIVE';
  prev: EndpointState = 'INACTIVE';
  didClose = false;
  start = 0;
  last = 0;
  ack = 0;
  finCount = 0;
  /** Relative number behind the FIN. */
  finEnd: number | undefined;
  /** Times that a scaled letter was due. */
  readonly scaled = new Map<string, number>();
  /** Relative sequence numbers of the last SYN, FIN and RST. */
  readonly lastOf = new Map<string, number>();
  readonly letters = new Set<string>();

  /** Relative number up to which all was delivered or given up. */
  edge = 1;
  blocks: { from: number; to: number }[] = [];
  #trimmed = 1;
  #skips = false;
  sawEnd = false;
  gapsLost = false;

  setState(state: EndpointState): void {
    if (state === this.state) return;
    this.prev = this.state;
    this.state = state;
  }

  begin(start: number, last: number): void {
    this.start = start;
    this.ack = start;
    this.last = start + sequenceDistance(last, start);
  }

  /** Of a sequence number near `near`: its distance from the start, below 0 when it is before that. */
  relative(seq: number, near: number): number {
    return near + sequenceDistance(seq, near) - this.start;
  }

  initialise(flags: { syn: boolean }, seq: number, end: number): void {
    switch (this.state) {
      case 'INACTIVE':
        if (flags.syn) this.begin(seq, end);
        else this.begin((seq - 1) >>> 0, seq);
        break;
      case 'SYN_SENT':
      case 'SYN_ACK_SENT':
        if (flags.syn && seq !== this.start) this.begin(seq, end);
        break;
      case 'ESTABLISHED':
      case 'PARTIAL':
        if (flags.syn) this.begin(seq, end);
        break;
      case 'RESET':
        if (flags.syn && this.prev === 'INACTIVE') this.begin(seq, end);
        break;
      default:
    }
  }

  acknowledge(ackno: number): void {
    const step = sequenceDistance(ackno, this.ack);
    if (ackno === 0 && step > STEP_MAX) return;
    if (step > 0) this.ack += step;
  }

  /** Moves `last` to the end of a segment. True: it is a retransmission. */
  advance(end: number, { syn, fin, rst }: { syn: boolean; fin: boolean; rst: boolean }, payload: number): boolean {
    const step = sequenceDistance(end, this.last);
    if ((syn || rst) && Math.abs(step) > STEP_MAX) return false;
    if (fin && this.last === this.start + 1) {
      this.last += step < 0 ? step + 2 ** 32 : step;
      return false;
    }
    if (this.state === 'RESET') return false;
    if (step > 0) this.last += step;
    return step <= 0 && payload > 0;
  }

  /** Bytes sent, as the log has them. */
  size(peer: Endpoint): number {
    const aborted = this.prev === 'SYN_SENT' && this.state === 'RESET' && peer.state === 'INACTIVE';
    if (aborted && !(this.ack === this.start || this.ack === this.start + 1)) return 0;
    let size = Math.max(this.last, this.ack) - this.start;
    if (size !== 0) size--;
    if (this.finCount > 0 && size !== 0) size--;
    return size;
  }

  /** Payload [from, from + length) came, whole; numbers are relative. */
  deliver(from: number, length: number): void {
    if (this.#skips) return;
    const acked = this.ack - this.start;
    const to = from + length;
    if (to <= acked || Math.max(from, acked) - this.edge > ABOVE_MAX) return;
    this.#insert({ from: Math.max(from, acked), to });
    this.#move();
    const above = this.blocks.reduce((sum, block) => sum + block.to - block.from, 0);
    if (acked <= 1 && above > UNACKED_MAX) {
      this.blocks = [];
      this.#skips = true;
    }
  }

  /** Blocks that touch become one; of too many the lowest two, with the hole between them. */
  #insert(block: { from: number; to: number }): void {
    if (block.to <= this.edge) return;
    const touching = this.blocks.filter(({ from, to }) => from <= block.to && to >= block.from);
    const all = [block, ...touching];
    const joined = { from: Math.min(...all.map(({ from }) => from)), to: Math.max(...all.map(({ to }) => to)) };
    this.blocks = [...this.blocks.filter((one) => !touching.includes(one)), joined].sort((a, b) => a.from - b.from);
    const [first, second, ...rest] = this.blocks;
    if (rest.length < BLOCKS_MAX - 1 || first === undefined || second === undefined) return;
    this.blocks = [{ from: first.from, to: second.to }, ...rest];
    this.gapsLost = true;
  }

  #move(): void {
    for (const block of this.blocks) if (block.from <= this.edge) this.edge = Math.max(this.edge, block.to);
    this.blocks = this.blocks.filter(({ to }) => to > this.edge);
  }

  /** The peer has acknowledged up to `ack`. Calls back with each hole before it. */
  acknowledged(ack: number, isPartial: boolean, gap: (bytes: number) => void): void {
    if (ack <= this.#trimmed) return;
    this.#trimmed = ack;
    if (ack <= this.edge) return;
    if (ack <= 2 && isPartial) return;
    // The FIN is no byte.
    const to = this.finEnd !== undefined && ack >= this.finEnd ? this.finEnd - 1 : ack;
    while (this.edge < to) {
      const next = this.blocks[0];
      if (next === undefined || next.from >= to) {
        gap(to - this.edge);
        this.edge = to;
      } else {
        if (next.from > this.edge) gap(next.from - this.edge);
        this.edge = Math.max(this.edge, next.to);
        this.blocks.shift();
      }
    }
    this.#move();
  }

  get hasUndelivered(): boolean {
    return this.blocks.length > 0;
  }

  /** Bytes that were sent and not delivered. */
  get dataPending(): boolean {
    if (this.#skips) return false;
    const last = this.last - this.start;
    if (last < this.edge) return false;
    return this.edge + 1 < last;
  }
}
