/**
 * Reads the first bytes of a flow from the engine's memory (assembly/side/first_payload.ts), as copies. Imports nothing
 * from Node.
 */
import {
  CONFIG_FIRST_CHUNKS,
  CONFIG_FLOWS,
  CONFIG_SIDE_GROUPS,
  CONTROL,
  FIRST_BITS,
  FIRST_BIT_CONFLICT,
  FIRST_BIT_FULL,
  FIRST_BIT_GAP,
  FIRST_BIT_MIDSTREAM,
  FIRST_BIT_POOL_EMPTY,
  FIRST_BIT_TRUNCATED,
  FIRST_CHUNK_DATA,
  FIRST_CHUNK_DATA_BYTES,
  FIRST_CHUNK_NEXT,
  FIRST_CHUNK_RUNS,
  FIRST_CHUNK_SIZE,
  FIRST_CHUNK_USED,
  FIRST_DATAGRAM_BYTES,
  FIRST_DATAGRAM_SIZE,
  FIRST_DATAGRAM_TIME,
  FIRST_HEAD,
  FIRST_SIZE,
  FIRST_STATE,
  FIRST_STATE_DONE,
  FIRST_STATE_NONE,
  FLOW_BITS,
  FLOW_BIT_ORIGINATOR_HIGH,
  FLOW_SIZE,
  NIL,
  ROW_DESTINATION_PORT,
  ROW_FLOW,
  ROW_PROTOCOL,
  ROW_SOURCE_PORT,
  SIDE_CONFIG_RECORDS,
  SIDE_CONFIG_SIZE,
  SIDE_FIRST_PAYLOAD,
} from '../../assembly/layout.ts';
import { PROTOCOL_TCP } from '../../assembly/wire/numbers.ts';
import type { FirstBytes, FirstPayload, FirstPayloadBit } from '../flow/first_payload.ts';
import type { MemoryViews } from './wasm.ts';

/** In the order of the alphabet. */
const BITS: readonly (readonly [bit: number, name: FirstPayloadBit])[] = [
  [FIRST_BIT_MIDSTREAM, 'midstream'],
  [FIRST_BIT_POOL_EMPTY, 'poolEmpty'],
  [FIRST_BIT_CONFLICT, 'prefixConflict'],
  [FIRST_BIT_FULL, 'prefixFull'],
  [FIRST_BIT_GAP, 'prefixGap'],
  [FIRST_BIT_TRUNCATED, 'truncated'],
];

/** What is kept of the flow in a row; undefined when that was read before, or when it had no payload. */
export function firstPayloadOf({ u8, data }: MemoryViews, row: number): FirstPayload | undefined {
  const word = (offset: number): number => data.getUint32(CONTROL + offset, true);
  const flow = data.getUint32(row + ROW_FLOW, true);
  const record =
    word(CONFIG_SIDE_GROUPS + Math.log2(SIDE_FIRST_PAYLOAD) * SIDE_CONFIG_SIZE + SIDE_CONFIG_RECORDS) +
    flow * FIRST_SIZE;
  const state = u8[record + FIRST_STATE];
  const bits = u8[record + FIRST_BITS] ?? 0;
  if (state === FIRST_STATE_NONE || (state === FIRST_STATE_DONE && (bits & FIRST_BIT_POOL_EMPTY) === 0))
    return undefined;

  const chunks = word(CONFIG_FIRST_CHUNKS);
  const originatorSide =
    (u8[word(CONFIG_FLOWS) + flow * FLOW_SIZE + FLOW_BITS] ?? 0) & FLOW_BIT_ORIGINATOR_HIGH ? 1 : 0;
  const transport = u8[row + ROW_PROTOCOL] === PROTOCOL_TCP ? 'tcp' : 'udp';
  const side = (place: 0 | 1, portAt: number): FirstBytes => {
    const head = data.getUint32(record + FIRST_HEAD + 4 * (place ^ originatorSide), true);
    const port = data.getUint16(row + portAt, true);
    if (head === NIL) return { port, stream: new Uint8Array(0), datagrams: [], timesNs: [] };
    const first = chunks + head * FIRST_CHUNK_SIZE;
    const used = data.getUint32(first + FIRST_CHUNK_USED, true);
    if (transport === 'udp') return { port, stream: new Uint8Array(0), ...datagramsIn(chainBytes(used, head)) };
    const whole = used > 0 && data.getUint16(first + FIRST_CHUNK_RUNS, true) === 0;
    const size = whole ? data.getUint16(first + FIRST_CHUNK_RUNS + 2, true) : 0;
    return { port, stream: chainBytes(size, head), datagrams: [], timesNs: [] };
  };
  const chainBytes = (size: number, head: number): Uint8Array => {
    const bytes = new Uint8Array(size);
    let chunk = head;
    for (let at = 0; at < size && chunk !== NIL; at += FIRST_CHUNK_DATA_BYTES) {
      const from = chunks + chunk * FIRST_CHUNK_SIZE;
      bytes.set(
        u8.subarray(from + FIRST_CHUNK_DATA, from + FIRST_CHUNK_DATA + Math.min(FIRST_CHUNK_DATA_BYTES, size - at)),
        at,
      );
      chunk = data.getUint32(from + FIRST_CHUNK_NEXT, true);
    }
    return bytes;
  };
  return {
    transport,
    originator: side(0, ROW_SOURCE_PORT),
    responder: side(1, ROW_DESTINATION_PORT),
    bits: BITS.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name),
  };
}

/** Each has a head with its time and its size, aligned to the head's size. */
function datagramsIn(bytes: Uint8Array): Pick<FirstBytes, 'datagrams' | 'timesNs'> {
  const data = new DataView(bytes.buffer);
  const datagrams: Uint8Array[] = [];
  const timesNs: bigint[] = [];
  for (let at = 0; at + FIRST_DATAGRAM_SIZE <= bytes.length; ) {
    const size = data.getUint32(at + FIRST_DATAGRAM_BYTES, true);
    timesNs.push(data.getBigUint64(at + FIRST_DATAGRAM_TIME, true));
    datagrams.push(bytes.subarray(at + FIRST_DATAGRAM_SIZE, at + FIRST_DATAGRAM_SIZE + size));
    at += Math.ceil((FIRST_DATAGRAM_SIZE + size) / FIRST_DATAGRAM_SIZE) * FIRST_DATAGRAM_SIZE;
  }
  return { datagrams, timesNs };
}
