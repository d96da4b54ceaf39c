/**
 * What the flows of an engine are, from their first bytes. Flows that have enough are read between two walks, so that
 * their memory serves others; the rest are read when they end.
 */
import { NIL, ROWS, ROW_FIRST, ROW_FLOW, ROW_GENERATION, ROW_LAST } from '../../assembly/layout.ts';
import { Identifier } from '../content/index.ts';
import type { ContentCrypto, FlowToIdentify, IdentifierOptions } from '../content/index.ts';
import { firstPayloadOf } from '../engine/first_payload.ts';
import { RowView } from '../engine/rows.ts';
import type { FlowTable } from '../engine/table.ts';
import type { FirstBytes, FirstPayload } from '../flow/first_payload.ts';
import type { Identity } from '../flow/identity.ts';

interface Known {
  readonly generation: number;
  readonly identity: Identity;
}

const NO_BYTES: Omit<FirstBytes, 'port'> = { stream: new Uint8Array(0), datagrams: [], timesNs: [] };

export class FlowIdentities {
  readonly #table: FlowTable;
  readonly #identifier: Identifier;
  readonly #view: RowView;
  /** By flow index, of flows that have not ended. */
  readonly #known = new Map<number, Known>();

  constructor(table: FlowTable, crypto: ContentCrypto, options: IdentifierOptions = {}) {
    this.#table = table;
    this.#identifier = new Identifier(crypto, options);
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

  /** What the flow in a row is. Of a flow that has ended, once, before it is released. */
  take(row: number): Identity {
    const { data } = this.#table.views;
    const index = data.getUint32(row + ROW_FLOW, true);
    const known = this.#known.get(index);
    this.#known.delete(index);
    const identity =
      known?.generation === this.#generationOf(row) ? known.identity : (this.#read(row) ?? this.#withoutPayload(row));
    const { view, flow } = this.#flowAt(row);
    return this.#identifier.complete(identity, flow, [view.srcPort, view.dstPort]);
  }

  #generationOf(row: number): number {
    return this.#table.views.data.getUint32(row + ROW_GENERATION, true);
  }

  #read(row: number): Identity | undefined {
    const payload = firstPayloadOf(this.#table.views, row);
    return payload === undefined ? undefined : this.#identifier.identify({ ...this.#flowAt(row).flow, payload });
  }

  /** Only other flows may have said something of it. */
  #withoutPayload(row: number): Identity {
    const { view, flow } = this.#flowAt(row);
    const payload: FirstPayload = {
      transport: 'tcp',
      originator: { port: view.srcPort, ...NO_BYTES },
      responder: { port: view.dstPort, ...NO_BYTES },
      bits: [],
    };
    return this.#identifier.identify({ ...flow, payload });
  }

  #flowAt(row: number): { view: RowView; flow: Omit<FlowToIdentify, 'payload'> } {
    const view = this.#view;
    view.row = row;
    const { data } = this.#table.views;
    const firstNs = data.getBigUint64(row + ROW_FIRST, true);
    const lastNs = data.getBigUint64(row + ROW_LAST, true);
    return { view, flow: { originator: view.srcAddress, responder: view.dstAddress, firstNs, lastNs } };
  }
}
