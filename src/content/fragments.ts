/** Pieces of one message by offset, as QUIC CRYPTO frames and DTLS handshake fragments bring them. First bytes win. */

/** Most separate runs of bytes; a piece that would make one more is left out. */
const INTERVALS_MAX = 16;

export class Fragments {
  readonly #bytes: Uint8Array;
  /** Runs that are filled, in order, none touching the next: start and end by turns. */
  #intervals: number[] = [];
  /** A piece contradicted an earlier one. */
  conflict = false;

  /** @param limit size of the message; later bytes are ignored. Bytes. */
  constructor(limit: number) {
    this.#bytes = new Uint8Array(limit);
  }

  add(offset: number, piece: Uint8Array): void {
    const end = Math.min(offset + piece.length, this.#bytes.length);
    if (offset >= end) return;
    const next = joinInterval(this.#intervals, offset, end);
    if (next.length > INTERVALS_MAX * 2) return;
    let at = offset;
    for (let n = 0; n < this.#intervals.length; n += 2) {
      const start = this.#intervals[n] ?? 0;
      const stop = this.#intervals[n + 1] ?? 0;
      if (stop <= at) continue;
      if (start >= end) break;
      if (start > at) this.#bytes.set(piece.subarray(at - offset, start - offset), at);
      this.#compare(Math.max(at, start), Math.min(stop, end), piece, offset);
      at = stop;
    }
    if (at < end) this.#bytes.set(piece.subarray(at - offset, end - offset), at);
    this.#intervals = next;
  }

  #compare(from: number, to: number, piece: Uint8Array, offset: number): void {
    for (let at = from; at < to; at++) if (this.#bytes[at] !== piece[at - offset]) this.conflict = true;
  }

  /** The bytes from 0 to the first hole. */
  contiguous(): Uint8Array {
    return this.#intervals[0] === 0 ? this.#bytes.subarray(0, this.#intervals[1]) : this.#bytes.subarray(0, 0);
  }
}

function joinInterval(intervals: readonly number[], start: number, end: number): number[] {
  const joined: number[] = [];
  let placed = false;
  for (let n = 0; n < intervals.length; n += 2) {
    const from = intervals[n] ?? 0;
    const to = intervals[n + 1] ?? 0;
    if (to < start) joined.push(from, to);
    else if (from > end) {
      if (!placed) joined.push(start, end);
      placed = true;
      joined.push(from, to);
    } else {
      start = Math.min(start, from);
      end = Math.max(end, to);
    }
  }
  if (!placed) joined.push(start, end);
  return joined;
}
