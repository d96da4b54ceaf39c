/** Turns the engine's rows into flow records: the only place that makes them. */
import {
  COUNT_IP_BYTES, COUNT_PACKETS, COUNT_PAYLOAD_BYTES, COUNT_WIRE_BYTES, END_ACTIVE, END_EVICTED, END_FIN, END_FORCED,
  END_IDLE, END_RST, ROW_DESTINATION, ROW_DESTINATION_PORT, ROW_END_REASON, ROW_FIRST, ROW_FORWARD, ROW_LAST,
  ROW_PROTOCOL, ROW_REVERSE, ROW_SOURCE, ROW_SOURCE_PORT, ROW_TCP_FLAGS_FORWARD, ROW_TCP_FLAGS_REVERSE, ROW_VERSION,
} from '../../assembly/layout.ts';
import { ipv4Text, ipv6Text } from '../address_text.ts';
import type { EndReason, Flow } from '../flow.ts';
import type { MemoryViews } from './wasm.ts';

const TCP = 6;

const REASONS: Readonly<Record<number, EndReason>> = {
  [END_IDLE]: 'idle',
  [END_ACTIVE]: 'active',
  [END_FIN]: 'fin',
  [END_RST]: 'rst',
  [END_EVICTED]: 'evicted',
  [END_FORCED]: 'end',
};

/** The flow in the row at `row`. A flow that is still active has the end reason `end`. */
export function readFlow(views: Pick<MemoryViews, 'u8' | 'data'>, row: number): Flow {
  const { u8, data } = views;
  const text = u8[row + ROW_VERSION] === 4 ? ipv4Text : ipv6Text;
  const protocol = data.getUint8(row + ROW_PROTOCOL);
  const forward = row + ROW_FORWARD;
  const reverse = row + ROW_REVERSE;
  return Object.freeze({
    srcAddress: text(u8, row + ROW_SOURCE),
    srcPort: data.getUint16(row + ROW_SOURCE_PORT, true),
    dstAddress: text(u8, row + ROW_DESTINATION),
    dstPort: data.getUint16(row + ROW_DESTINATION_PORT, true),
    protocol,
    firstSeenNs: data.getBigUint64(row + ROW_FIRST, true),
    lastSeenNs: data.getBigUint64(row + ROW_LAST, true),
    packetsForward: data.getFloat64(forward + COUNT_PACKETS, true),
    packetsReverse: data.getFloat64(reverse + COUNT_PACKETS, true),
    bytesForward: data.getFloat64(forward + COUNT_IP_BYTES, true),
    bytesReverse: data.getFloat64(reverse + COUNT_IP_BYTES, true),
    wireBytesForward: data.getFloat64(forward + COUNT_WIRE_BYTES, true),
    wireBytesReverse: data.getFloat64(reverse + COUNT_WIRE_BYTES, true),
    payloadBytesForward: data.getFloat64(forward + COUNT_PAYLOAD_BYTES, true),
    payloadBytesReverse: data.getFloat64(reverse + COUNT_PAYLOAD_BYTES, true),
    tcpFlagsForward: protocol === TCP ? data.getUint16(row + ROW_TCP_FLAGS_FORWARD, true) : null,
    tcpFlagsReverse: protocol === TCP ? data.getUint16(row + ROW_TCP_FLAGS_REVERSE, true) : null,
    endReason: REASONS[u8[row + ROW_END_REASON] ?? 0] ?? 'end',
  });
}
