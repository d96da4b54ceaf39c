/** What a TCP segment does to a connection by Zeek's rules (conn.log): states, history, gaps. */

import { ACK, FIN, RST, SYN } from './segment.ts';
import { Endpoint, isHandshake } from './zeek_endpoint.ts';
import type { EndpointState } from './zeek_endpoint.ts';

const HISTORY_MAX = 62;

export interface ZeekSegment {
  readonly flags: number;
  readonly seq: number;
  readonly ackno: number;
  readonly payload: number;
  readonly window: number;
  /** All of its payload was captured. */
  readonly whole: boolean;
  /** Its header was cut: it makes or finds its connection, and counts nowhere. */
  readonly cut: boolean;
}

/** Addresses, ports and ends of a connection; the originator's are `orig`. */
export class Connection {
  history = '';
  orig = new Endpoint();
  resp = new Endpoint();
  readonly startNs: bigint;
  lastNs: bigint;
  /** Time of the first SYN, from which an attempt is given up. */
  attemptNs: bigint | undefined;
  /** The handshake is over: silence ends it. */
  left = false;
  established = false;
  /** lastNs when it was closed completely. */
  closedNs: bigint | undefined;
  missed = 0;
  #deferred = false;
  #partial = false;
  #firstSeen = { orig: false, resp: false };

  constructor(timeNs: bigint) {
    this.startNs = this.lastNs = timeNs;
  }

  flip(): void {
    [this.orig, this.resp] = [this.resp, this.orig];
    this.#firstSeen = { orig: this.#firstSeen.resp, resp: this.#firstSeen.orig };
    this.#partial = false;
    this.add('^');
  }

  add(letter: string): void {
    if (this.history.length >= HISTORY_MAX) {
      if (this.history.length === HISTORY_MAX) this.history += 'X';
      return;
    }
    this.history += letter;
  }

  /** Adds the letter the first time. True: it was there before. */
  once(end: Endpoint, letter: string): boolean {
    if (end.letters.has(letter)) return true;
    end.letters.add(letter);
    this.#addOf(end, letter);
    return false;
  }

  #addOf(end: Endpoint, letter: string): void {
    this.add(end === this.orig ? letter : letter.toLowerCase());
  }

  /** At the 1st, 10th, 100th, ... time. */
  #scaled(end: Endpoint, letter: string): void {
    const count = (end.scaled.get(letter) ?? 0) + 1;
    end.scaled.set(letter, count);
    if (/^10*$/.test(String(count))) this.#addOf(end, letter);
  }

  /** A segment that `end` has sent. */
  segment(end: Endpoint, segment: ZeekSegment, timeNs: bigint): void {
    const { flags, seq, ackno, payload } = segment;
    const peer = end === this.orig ? this.resp : this.orig;
    const [syn, fin, rst, ack] = [SYN, FIN, RST, ACK].map((bit) => (flags & bit) !== 0) as [
      boolean,
      boolean,
      boolean,
      boolean,
    ];
    const length = (rst ? 0 : payload) + (syn ? 1 : 0) + (fin ? 1 : 0);
    const oneSide = end === this.orig ? 'orig' : 'resp';
    if (!this.#firstSeen[oneSide]) {
      if (oneSide === 'orig') this.#partial = !syn || ack;
      else if (!this.#partial) this.#partial = !syn;
      this.#firstSeen[oneSide] = true;
    }
    const endSeq = (seq + length) >>> 0;
    end.initialise({ syn }, seq, endSeq);
    const relative = end.relative(seq, end.last);
    this.#note(end, { syn, fin, rst, ack }, relative, payload);
    if (segment.window === 0 && !rst && peer.state !== 'CLOSED' && end.state !== 'RESET') this.#scaled(end, 'W');
    if (!this.orig.didClose || !this.resp.didClose) this.lastNs = timeNs > this.lastNs ? timeNs : this.lastNs;
    if (fin) {
      end.finCount++;
      end.finEnd = relative + length;
    }
    let acked = 0;
    if (ack && peer.state === 'INACTIVE') {
      acked = 1;
      const start = (ackno - 1) >>> 0;
      peer.begin(start, start);
    } else if (ack) {
      acked = Math.max(0, peer.relative(ackno, peer.ack));
      if (peer.relative(ackno, peer.ack) >= 0 && !rst) peer.acknowledge(ackno);
    }
    if (end.advance(endSeq, { syn, fin, rst }, payload)) this.#scaled(end, 'T');
    const closes = this.#change(end, peer, { syn, fin, rst, ack }, seq, payload, timeNs);
    if (ack) {
      peer.acknowledged(acked, this.#partial, (bytes) => {
        if (!isClean(peer) || !isClean(end)) return;
        this.missed += bytes;
        this.#scaled(peer, 'G');
      });
      this.#checkEnd(peer, end);
    }
    if (payload > 0 && segment.whole && !rst && relative >= 0) end.deliver(syn ? relative + 1 : relative, payload);
    this.#checkEnd(end, peer);
    if (closes) this.#close(end, peer);
  }

  #note(
    end: Endpoint,
    { syn, fin, rst, ack }: { syn: boolean; fin: boolean; rst: boolean; ack: boolean },
    relative: number,
    payload: number,
  ): void {
    const count = [syn, fin, rst].filter(Boolean).length;
    if (count > 1) this.once(end, fin && rst ? 'I' : 'Q');
    else if (count === 1) {
      const letter = syn ? (ack ? 'H' : 'S') : fin ? 'F' : 'R';
      const kind = syn ? 'SYN' : letter;
      const at = fin ? relative + payload : relative;
      // S and H share one place.
      const before = end.letters.has(kind);
      end.letters.add(kind);
      if (!before || end.lastOf.get(kind) !== at) this.#addOf(end, letter);
      end.lastOf.set(kind, at);
    } else if (payload > 0) this.once(end, 'D');
    else if (ack) this.once(end, 'A');
  }

  #set(end: Endpoint, peer: Endpoint, state: EndpointState): void {
    if (state !== end.state && !isHandshake(state) && isHandshake(end.state) && isHandshake(peer.state))
      this.left = true;
    end.setState(state);
  }

  /** The state machine. True: the end closes. */
  #change(
    end: Endpoint,
    peer: Endpoint,
    { syn, fin, rst, ack }: { syn: boolean; fin: boolean; rst: boolean; ack: boolean },
    seq: number,
    payload: number,
    timeNs: bigint,
  ): boolean {
    switch (end.state) {
      case 'INACTIVE': {
        if (syn && end === this.orig) {
          this.#set(end, peer, ack ? 'SYN_ACK_SENT' : 'SYN_SENT');
          this.attemptNs ??= timeNs;
        } else if (syn) {
          if (!ack && peer.state === 'SYN_ACK_SENT' && seq === end.start) {
            this.flip();
            this.#set(peer, end, 'ESTABLISHED');
          }
          if (peer.state === 'SYN_SENT') this.#set(peer, end, 'ESTABLISHED');
          this.#set(end, peer, 'ESTABLISHED');
          if (peer.state !== 'PARTIAL') this.established = true;
        }
        if (fin) this.#set(end, peer, 'CLOSED');
        if (rst) this.#set(end, peer, 'RESET');
        if (end.state === 'INACTIVE') {
          const answersAttempt = end === this.resp && payload === 0 && this.orig.state === 'SYN_SENT';
          if (answersAttempt) return false;
          if (ack && peer.state === 'ESTABLISHED') {
            this.#set(end, peer, 'ESTABLISHED');
            this.#partial = false;
          } else this.#set(end, peer, 'PARTIAL');
        }
        return fin || rst;
      }
      case 'SYN_SENT':
      case 'SYN_ACK_SENT':
        if (fin) this.#set(end, peer, 'CLOSED');
        if (rst) this.#set(end, peer, 'RESET');
        return fin || rst;
      case 'ESTABLISHED':
      case 'PARTIAL':
        if (syn && !ack && end.state === 'PARTIAL' && peer.state === 'INACTIVE') this.#set(end, peer, 'SYN_SENT');
        if (fin && !rst) {
          this.#set(end, peer, 'CLOSED');
          if (peer.state === 'RESET' && peer.prev === 'CLOSED') this.#set(peer, end, 'CLOSED');
        }
        if (rst) this.#set(end, peer, 'RESET');
        return fin || rst;
      case 'CLOSED':
        if (!rst || peer.state === 'CLOSED') return false;
        this.#set(end, peer, 'RESET');
        return !end.didClose;
      default:
        return false;
    }
  }

  #isPending(end: Endpoint, peer: Endpoint): boolean {
    return end.dataPending || (end.state !== 'RESET' && peer.hasUndelivered);
  }

  #close(end: Endpoint, peer: Endpoint): void {
    if (this.#isPending(end, peer)) {
      this.#deferred = true;
      return;
    }
    this.#deferred = false;
    if (end.didClose) return;
    end.didClose = true;
    if (end.state === 'RESET' || peer.didClose || peer.state === 'INACTIVE') this.closedNs ??= this.lastNs;
  }

  /** A close that waited for data is done when that has come. */
  #checkEnd(end: Endpoint, peer: Endpoint): void {
    if (end.sawEnd || (end.state !== 'CLOSED' && end.state !== 'RESET') || this.#isPending(end, peer)) return;
    end.sawEnd = true;
    if (this.#deferred) this.#close(end, peer);
  }

  state(): string {
    const { orig, resp } = this;
    const isIdle = ({ state }: Endpoint): boolean => state === 'INACTIVE' || state === 'PARTIAL';
    const [o, r] = [orig.state, resp.state];
    if (r === 'RESET') {
      const refused = o === 'RESET' && orig.size(resp) === 0 && resp.size(orig) === 0;
      if (o === 'SYN_SENT' || o === 'SYN_ACK_SENT' || refused) return 'REJ';
      return isIdle(orig) ? 'RSTRH' : 'RSTR';
    }
    if (o === 'RESET') {
      if (!isIdle(resp)) return 'RSTO';
      return /^\^?S[^HAFGIQ]*R/.test(this.history) ? 'RSTOS0' : 'OTH';
    }
    if (o === 'CLOSED' && r === 'CLOSED') return 'SF';
    if (o === 'CLOSED') return isIdle(resp) ? 'SH' : 'S2';
    if (r === 'CLOSED') return isIdle(orig) ? 'SHR' : 'S3';
    if (o === 'SYN_SENT' && r === 'INACTIVE') return 'S0';
    return o === 'ESTABLISHED' && r === 'ESTABLISHED' ? 'S1' : 'OTH';
  }
}

const isClean = ({ state, prev }: Endpoint): boolean =>
  state === 'ESTABLISHED' || (state === 'CLOSED' && prev === 'ESTABLISHED');
