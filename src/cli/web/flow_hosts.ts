/**
 * Who is behind flows, for pages: rows are held back until their processes are known or given up, for a bounded time,
 * and are given on in their order.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ROW_FLOW } from '../../../assembly/layout.ts';
import type { Identity } from '../../attribution/live_identities.ts';
import type { RowBytes } from '../../engine/row_bytes.ts';
import type { KnownIdentity } from '../../flow/identity.ts';
import type { KnownHost } from '../../query/host_fields.ts';
import { hostOf } from '../annotations.ts';
import type { LaterTest } from '../flow_query.ts';
import type { LiveHub } from './live_hub.ts';

/** Flows wait for their processes no longer than this. Answers take some milliseconds. */
const WAIT_MS = 1000;
/** Batches that may wait; more are not taken from the capture meanwhile. */
const WAITING_MAX = 16;

/** Flows that have ended, with what is known of them. */
export interface EndedFlows {
  /** A copy: the place of the flow's number gets that of who is behind it. */
  readonly rows: Uint8Array<ArrayBuffer>;
  readonly count: number;
  /** What they are, each once; undefined: that is not wanted. */
  readonly contents: readonly KnownIdentity[] | undefined;
  /** What each of them is. */
  readonly contentOf: (n: number) => KnownIdentity | undefined;
  readonly identities: readonly (Identity | undefined)[];
}

export class FlowHosts {
  readonly #hub: LiveHub;
  readonly #later: LaterTest | undefined;
  #waiting = 0;
  #sent: Promise<void> = Promise.resolve();

  /** @param later which flows pages get, once all is known of them; undefined: all */
  constructor(hub: LiveHub, later: LaterTest | undefined) {
    this.#hub = hub;
    this.#later = later;
  }

  /** Resolves when further flows may be taken. */
  async add(flows: EndedFlows): Promise<void> {
    this.#waiting++;
    const before = this.#sent;
    this.#sent = this.#send(flows, before);
    if (this.#waiting > WAITING_MAX) await before;
  }

  /** Resolves when all were given on. */
  finish(): Promise<void> {
    return this.#sent;
  }

  async #send(flows: EndedFlows, before: Promise<void>): Promise<void> {
    const open = flows.identities.flatMap((one) => (one?.answered === undefined ? [] : [one.answered]));
    if (open.length > 0) {
      const waiting = new AbortController();
      const given = sleep(WAIT_MS, undefined, { signal: waiting.signal, ref: false }).catch(() => undefined);
      await Promise.race([Promise.all(open), given]);
      waiting.abort();
    }
    await before;
    this.#waiting--;
    this.#give(flows);
  }

  #give({ rows, count, contents, contentOf, identities }: EndedFlows): void {
    const rowBytes = rows.length / count;
    const data = new DataView(rows.buffer);
    const bytes: RowBytes = { u8: rows, data };
    const numbers = new Map<string, number>();
    const hosts: KnownHost[] = [];
    let kept = 0;
    for (let n = 0; n < count; n++) {
      const host = knownHost(identities[n]);
      if (this.#later?.(bytes, n * rowBytes, host, contentOf(n)) === false) continue;
      const key = JSON.stringify(host);
      let number = numbers.get(key);
      if (number === undefined) numbers.set(key, (number = hosts.push(host) - 1));
      rows.copyWithin(kept * rowBytes, n * rowBytes, (n + 1) * rowBytes);
      data.setUint32(kept * rowBytes + ROW_FLOW, number, true);
      kept++;
    }
    if (kept > 0) this.#hub.flows(rows.subarray(0, kept * rowBytes), kept, { identities: contents, hosts });
  }
}

function knownHost(identity: Identity | undefined): KnownHost {
  const none = { protocol: 0, dstPort: 0, content: undefined, srcOwner: null, dstOwner: null };
  return hostOf({ ...none, identity: identity?.answer });
}
