/** Turns the engine's rows into flow records, and lets text formats look at them without making any. */
import { PROTOCOL_TCP } from '../../assembly/wire/numbers.ts';
import {
  COUNT_IP_BYTES,
  COUNT_PACKETS,
  COUNT_PAYLOAD_BYTES,
  COUNT_WIRE_BYTES,
  END_ACTIVE,
  END_EVICTED,
  END_FIN,
  END_FORCED,
  END_IDLE,
  END_RST,
  ROW_DESTINATION,
  ROW_DESTINATION_PORT,
  ROW_END_REASON,
  ROW_FIRST,
  ROW_FIRST_NANOS,
  ROW_FIRST_SECONDS,
  ROW_FORWARD,
  ROW_LAST,
  ROW_LAST_NANOS,
  ROW_LAST_SECONDS,
  ROW_PROTOCOL,
  ROW_REVERSE,
  ROW_SOURCE,
  ROW_SOURCE_PORT,
  ROW_TCP_FLAGS_FORWARD,
  ROW_TCP_FLAGS_REVERSE,
  ROW_VERSION,
} from '../../assembly/layout.ts';
import { ipv4Text, ipv6Text } from '../flow/address_text.ts';
import type { EndReason, Flow, FlowView, Moment } from '../flow/flow.ts';
import type { MemoryViews } from './wasm.ts';

/** Bytes that hold rows: the engine's memory, or a copy of some. */
export type RowBytes = Pick<MemoryViews, 'u8' | 'data'>;

/** By END_ code. */
export const REASONS: readonly EndReason[] = (() => {
  const reasons: EndReason[] = [];
  reasons[END_IDLE] = 'idle';
  reasons[END_ACTIVE] = 'active';
  reasons[END_FIN] = 'fin';
  reasons[END_RST] = 'rst';
  reasons[END_EVICTED] = 'evicted';
  reasons[END_FORCED] = 'end';
  return reasons;
})();

/** A row, field by field: set `row` to its address. A flow that is still active has the end reason `end`. */
export class RowView implements FlowView {
  row = 0;
  readonly #u8: Uint8Array;
  readonly #data: DataView;

  constructor(views: RowBytes) {
    this.#u8 = views.u8;
    this.#data = views.data;
  }

  #address(at: number): string {
    const text = this.#u8[this.row + ROW_VERSION] === 4 ? ipv4Text : ipv6Text;
    return text(this.#u8, this.row + at);
  }

  #u16(at: number): number {
    return this.#data.getUint16(this.row + at, true);
  }

  #f64(at: number): number {
    return this.#data.getFloat64(this.row + at, true);
  }

  #moment(seconds: number, nanos: number): Moment {
    return { seconds: this.#f64(seconds), nanos: this.#data.getUint32(this.row + nanos, true) };
  }

  get srcAddress(): string {
    return this.#address(ROW_SOURCE);
  }
  get srcPort(): number {
    return this.#u16(ROW_SOURCE_PORT);
  }
  get dstAddress(): string {
    return this.#address(ROW_DESTINATION);
  }
  get dstPort(): number {
    return this.#u16(ROW_DESTINATION_PORT);
  }
  get protocol(): number {
    return this.#u8[this.row + ROW_PROTOCOL] ?? 0;
  }
  get firstSeen(): Moment {
    return this.#moment(ROW_FIRST_SECONDS, ROW_FIRST_NANOS);
  }
  get lastSeen(): Moment {
    return this.#moment(ROW_LAST_SECONDS, ROW_LAST_NANOS);
  }
  get packetsForward(): number {
    return this.#f64(ROW_FORWARD + COUNT_PACKETS);
  }
  get packetsReverse(): number {
    return this.#f64(ROW_REVERSE + COUNT_PACKETS);
  }
  get bytesForward(): number {
    return this.#f64(ROW_FORWARD + COUNT_IP_BYTES);
  }
  get bytesReverse(): number {
    return this.#f64(ROW_REVERSE + COUNT_IP_BYTES);
  }
  get wireBytesForward(): number {
    return this.#f64(ROW_FORWARD + COUNT_WIRE_BYTES);
  }
  get wireBytesReverse(): number {
    return this.#f64(ROW_REVERSE + COUNT_WIRE_BYTES);
  }
  get payloadBytesForward(): number {
    return this.#f64(ROW_FORWARD + COUNT_PAYLOAD_BYTES);
  }
  get payloadBytesReverse(): number {
    return this.#f64(ROW_REVERSE + COUNT_PAYLOAD_BYTES);
  }
  get tcpFlagsForward(): number | null {
    return this.protocol === PROTOCOL_TCP ? this.#u16(ROW_TCP_FLAGS_FORWARD) : null;
  }
  get tcpFlagsReverse(): number | null {
    return this.protocol === PROTOCOL_TCP ? this.#u16(ROW_TCP_FLAGS_REVERSE) : null;
  }
  get endReason(): EndReason {
    return REASONS[this.#u8[this.row + ROW_END_REASON] ?? 0] ?? 'end';
  }
}

/** The flow in the row at `row`, as a record that holds nothing of the table. */
export function readFlow(views: RowBytes, row: number): Flow {
  const view = new RowView(views);
  view.row = row;
  return Object.freeze({
    srcAddress: view.srcAddress,
    srcPort: view.srcPort,
    dstAddress: view.dstAddress,
    dstPort: view.dstPort,
    protocol: view.protocol,
    firstSeenNs: views.data.getBigUint64(row + ROW_FIRST, true),
    lastSeenNs: views.data.getBigUint64(row + ROW_LAST, true),
    packetsForward: view.packetsForward,
    packetsReverse: view.packetsReverse,
    bytesForward: view.bytesForward,
    bytesReverse: view.bytesReverse,
    wireBytesForward: view.wireBytesForward,
    wireBytesReverse: view.wireBytesReverse,
    payloadBytesForward: view.payloadBytesForward,
    payloadBytesReverse: view.payloadBytesReverse,
    tcpFlagsForward: view.tcpFlagsForward,
    tcpFlagsReverse: view.tcpFlagsReverse,
    endReason: view.endReason,
  });
}
