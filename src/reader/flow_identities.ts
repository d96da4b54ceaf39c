/**
 * What the flows of an engine are, from their first bytes. Flows that have enough are read between two walks, so that
 * their memory serves others; the rest are read when they end. Of most flows the engine has kept nothing, since they
 * start like no protocol: they share the few identities that the port and the bits leave.
 */
import {
  NIL,
  ROWS,
  ROW_DESTINATION_PORT,
  ROW_FIRST,
  ROW_FLOW,
  ROW_GENERATION,
  ROW_LAST,
  ROW_PROTOCOL,
} from '../../assembly/layout.ts';
import { PROTOCOL_TCP } from '../../assembly/wire/numbers.ts';
import { Identifier, startTables } from '../content/index.ts';
import type { ContentCrypto, FlowToIdentify, IdentifierOptions } from '../content/index.ts';
import { FirstPayloads } from '../engine/first_payload.ts';
import { RowView } from '../engine/rows.ts';
import type { FlowTable } from '../engine/table.ts';
import type { Identity } from '../flow/identity.ts';

interface Known {
  readonly generation: number;
  readonly identity: Identity;
}

export class FlowIdentities {
  readonly #table: FlowTable;
  readonly #identifier: Identifier;
  readonly #payloads: FirstPayloads;
  readonly #view: RowView;
  /** By flow index, of flows that have not ended. */
  readonly #known = new Map<number, Known>();
  /** Before the engine's first packet. */
  constructor(table: FlowTable, crypto: ContentCrypto, options: IdentifierOptions = {}) {
    this.#table = table;
    this.#identifier = new Identifier(crypto, options);
    this.#payloads = new FirstPayloads(table.views);
    this.#payloads.writeStarts(startTables(options.apps));
    this.#view = new RowView(table.views);
  }

  /** Reads all flows that have enough. The rows that were written last are gone then. */
  drain(): void {
    const table = this.#table;
    table.locked(() => {
      for (let index = table.takeReady(); index !== NIL; index = table.takeReady()) {
        const identity = this.#read(ROWS);
        table.releaseFirstPayload(index);
        if (identity !== undefined) this.#known.set(index, { generation: this.#generationOf(ROWS), identity });
      }
    });
  }

  /** What an active flow is by what was read of it so far; undefined while nothing was. */
  of(index: number, generation: number): Identity | undefined {
    const known = this.#known.get(index);
    return known?.generation === generation ? known.identity : undefined;
  }

  /** What the flow in a row is. Of a flow that has ended, once, before it is released. */
  take(row: number): Identity {
    const code = this.#payloads.unlike(row);
    const identity = code < 0 ? this.#takeRead(row) : this.#unlikeIdentity(row, code);
    if (!this.#identifier.knowsOthers) return identity;
    const { srcPort, dstPort } = this.#viewOf(row);
    return this.#identifier.complete(identity, new FlowAtRow(this.#view, this.#table.views.data), [srcPort, dstPort]);
  }

  /** Others have this very identity: what is made of it is worth keeping. */
  isShared(identity: Identity): boolean {
    return this.#identifier.unlike.has(identity);
  }

  #takeRead(row: number): Identity {
    const index = this.#table.views.data.getUint32(row + ROW_FLOW, true);
    const known = this.#known.get(index);
    this.#known.delete(index);
    if (known?.generation === this.#generationOf(row)) return known.identity;
    return this.#read(row) ?? this.#unlikeIdentity(row, 0);
  }

  #unlikeIdentity(row: number, code: number): Identity {
    const { u8, data } = this.#table.views;
    const tcp = u8[row + ROW_PROTOCOL] === PROTOCOL_TCP;
    const port = data.getUint16(row + ROW_DESTINATION_PORT, true);
    return this.#identifier.unlike.identify(tcp ? 'tcp' : 'udp', port, this.#payloads.unlikeSides(code));
  }

  #generationOf(row: number): number {
    return this.#table.views.data.getUint32(row + ROW_GENERATION, true);
  }

  #read(row: number): Identity | undefined {
    const payload = this.#payloads.of(row);
    return payload && this.#identifier.identify(payload, new FlowAtRow(this.#viewOf(row), this.#table.views.data));
  }

  #viewOf(row: number): RowView {
    this.#view.row = row;
    return this.#view;
  }
}

/** Few flows need their addresses as text. */
class FlowAtRow implements FlowToIdentify {
  readonly #view: RowView;
  readonly #data: DataView;

  constructor(view: RowView, data: DataView) {
    this.#view = view;
    this.#data = data;
  }

  get originator(): string {
    return this.#view.srcAddress;
  }

  get responder(): string {
    return this.#view.dstAddress;
  }

  get firstNs(): bigint {
    return this.#data.getBigUint64(this.#view.row + ROW_FIRST, true);
  }

  get lastNs(): bigint {
    return this.#data.getBigUint64(this.#view.row + ROW_LAST, true);
  }
}
