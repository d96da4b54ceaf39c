import { readFileSync } from 'node:fs';

import { PacketReader } from '../rival/packet_reader.ts';
import type { PacketCounter } from '../rival/packet_reader.ts';
import { KEY_PORTS, KEY_WORDS } from '../rival/records.ts';
import { ensureWorkload } from '../workload.ts';
import { keyText } from './map_baseline.ts';
import type { LoggedPacket } from './map_baseline.ts';

const FILE_HEADER_SIZE = 24;
export const RECORD_HEADER_SIZE = 16;

/** The packets that all versions of a part work on. Keys are runs of KEY_WORDS words, as the rival has them. */
export interface PartInput {
  readonly packetCount: number;
  readonly flowCount: number;
  /** The whole file. */
  readonly capture: Uint8Array;
  /** What is behind the file header, and a view of it. */
  readonly records: Uint8Array;
  readonly view: DataView;
  /** Of each packet. */
  readonly keys: Int32Array;
  readonly packets: readonly LoggedPacket[];
  /** Of each flow, in the order in which they begin. */
  readonly flowKeys: Int32Array;
  /** As many keys that no packet has. */
  readonly absentKeys: Int32Array;
  /** The flow of each packet. */
  readonly flowOfPacket: Int32Array;
}

/** @param scale of the `mix` workload */
export function readPartInput(scale: number): PartInput {
  const { path, packetCount } = ensureWorkload('mix', scale);
  const capture = readFileSync(path);
  const records = capture.subarray(FILE_HEADER_SIZE);
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  const recorder = new KeyRecorder(packetCount);
  decodeAll({ records, view }, recorder);
  const { keys, packets } = recorder;
  const flowKeys = distinctKeys(keys);
  const flowCount = flowKeys.length / KEY_WORDS;
  const absentKeys = flowKeys.map((word, at) => (at % KEY_WORDS === KEY_PORTS ? word ^ 0x5555_5555 : word));
  const flowOfPacket = numberFlows(keys, flowKeys);
  return { packetCount, flowCount, capture, records, view, keys, packets, flowKeys, absentKeys, flowOfPacket };
}

/** Walks and decodes as the rival does. Returns how many packets were counted. */
export function decodeAll({ records, view }: Pick<PartInput, 'records' | 'view'>, counter: PacketCounter): number {
  const reader = new PacketReader(records, counter);
  for (let at = 0; at < records.length; ) {
    const capLen = view.getUint32(at + 8, true);
    reader.read(at + RECORD_HEADER_SIZE, capLen, view.getUint32(at + 12, true));
    at += RECORD_HEADER_SIZE + capLen;
  }
  return reader.delivered;
}

/** Keeps the keys of all packets, one after the other, and what a log stores of each. */
class KeyRecorder implements PacketCounter {
  readonly key = new Int32Array(KEY_WORDS);
  readonly keys: Int32Array;
  readonly packets: LoggedPacket[] = [];

  constructor(packetCount: number) {
    this.keys = new Int32Array(packetCount * KEY_WORDS);
  }

  count(side: 0 | 1, bytes: number, wireLen: number, payloadSize: number, flags: number, sequence: number): void {
    this.keys.set(this.key, KEY_WORDS * this.packets.length);
    this.packets.push({ side, bytes, wireLen, payloadSize, flags, sequence });
  }
}

function distinctKeys(all: Int32Array): Int32Array {
  const texts = new Set<string>();
  const distinct: number[] = [];
  for (let base = 0; base < all.length; base += KEY_WORDS) {
    const text = keyText(all, base);
    if (!texts.has(text)) distinct.push(...all.subarray(base, base + KEY_WORDS));
    texts.add(text);
  }
  return Int32Array.from(distinct);
}

function numberFlows(keys: Int32Array, flowKeys: Int32Array): Int32Array {
  const numbers = new Map<string, number>();
  for (let base = 0; base < flowKeys.length; base += KEY_WORDS) numbers.set(keyText(flowKeys, base), base / KEY_WORDS);
  return Int32Array.from(
    { length: keys.length / KEY_WORDS },
    (_, n) => numbers.get(keyText(keys, n * KEY_WORDS)) ?? -1,
  );
}
