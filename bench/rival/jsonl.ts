import { writeSync } from 'node:fs';

import type { EndReason } from './flow_table.ts';
import {
  BYTES,
  FIRST,
  HIGH_ORIGINATES,
  KEY_HIGH,
  KEY_PORTS,
  KEY_PROTOCOL,
  LAST,
  PACKETS,
  PAYLOAD,
  RECORD_WORDS,
  STATE,
  WIRE,
  flagsOf,
} from './records.ts';
import type { FlowRecords } from './records.ts';

const CHUNK_LENGTH = 1 << 16;
const TCP = 6;
const ICMP = 1;
const ICMPV6 = 58;

/** The fields that the rival knows, in their order. Our command writes the same lines with `--fields` and these. */
export const RIVAL_FIELDS = [
  ...['srcAddress', 'srcPort', 'dstAddress', 'dstPort', 'protocol', 'firstSeen', 'lastSeen'],
  ...['packetsForward', 'packetsReverse', 'bytesForward', 'bytesReverse', 'wireBytesForward', 'wireBytesReverse'],
  ...['payloadBytesForward', 'payloadBytesReverse', 'tcpFlagsForward', 'tcpFlagsReverse', 'endReason'],
] as const;

/** Writes ended flows as JSON Lines. */
export class JsonlWriter {
  readonly #file: number;
  #text = '';

  constructor(file: number) {
    this.#file = file;
  }

  write(records: FlowRecords, record: number, reason: EndReason): void {
    this.#text += flowLine(records, record, reason);
    if (this.#text.length >= CHUNK_LENGTH) this.flush();
  }

  flush(): void {
    const bytes = Buffer.from(this.#text, 'latin1');
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
    this.#text = '';
  }
}

/** One record as a line of JSON. */
export function flowLine(records: FlowRecords, record: number, reason: EndReason): string {
  const { words, doubles } = records;
  const base = record * RECORD_WORDS;
  const half = base >>> 1;
  const state = words[base + STATE]!;
  const forward = (state & HIGH_ORIGINATES) === 0 ? 0 : 1;
  const reverse = 1 - forward;
  const protocol = words[base + KEY_PROTOCOL]! & 0xff;
  const ports = protocol === ICMP || protocol === ICMPV6 ? 0 : words[base + KEY_PORTS]!;
  const pair = (name: string, at: number): string =>
    `,"${name}Forward":${doubles[half + at + forward]},"${name}Reverse":${doubles[half + at + reverse]}`;
  const flags = (side: number): string => (protocol === TCP ? `${flagsOf(state, side)}` : 'null');
  return (
    `{"srcAddress":"${addressText(words, base, forward)}","srcPort":${portOf(ports, forward)}` +
    `,"dstAddress":"${addressText(words, base, reverse)}","dstPort":${portOf(ports, reverse)},"protocol":${protocol}` +
    `,"firstSeen":${timeText(doubles[half + FIRST]!)},"lastSeen":${timeText(doubles[half + LAST]!)}` +
    `,"packetsForward":${words[base + PACKETS + forward]},"packetsReverse":${words[base + PACKETS + reverse]}` +
    `${pair('bytes', BYTES)}${pair('wireBytes', WIRE)}${pair('payloadBytes', PAYLOAD)}` +
    `,"tcpFlagsForward":${flags(forward)},"tcpFlagsReverse":${flags(reverse)},"endReason":"${reason}"}\n`
  );
}

function portOf(ports: number, side: number): number {
  return side === 0 ? ports >>> 16 : ports & 0xffff;
}

/** Seconds with nine digits. */
function timeText(timeUs: number): string {
  const seconds = Math.floor(timeUs / 1e6);
  return `${seconds}.${String(timeUs - seconds * 1e6).padStart(6, '0')}000`;
}

function addressText(words: Int32Array, base: number, side: number): string {
  const at = base + side * KEY_HIGH;
  if (words[base + KEY_PROTOCOL]! >>> 8 === 6) return ipv6Text(words, at);
  const address = words[at]!;
  return `${address >>> 24}.${(address >>> 16) & 0xff}.${(address >>> 8) & 0xff}.${address & 0xff}`;
}

/** RFC 5952: the longest run of two or more zero groups becomes `::`. */
function ipv6Text(words: Int32Array, at: number): string {
  let zerosAt = 8;
  let zeros = 1;
  let run = 0;
  for (let group = 0; group < 8; group++) {
    run = groupOf(words, at, group) === 0 ? run + 1 : 0;
    if (run > zeros) {
      zeros = run;
      zerosAt = group + 1 - run;
    }
  }
  let text = '';
  for (let group = 0; group < 8; group++) {
    if (group === zerosAt) {
      text += '::';
      group += zeros - 1;
    } else {
      text += (text === '' || text.endsWith('::') ? '' : ':') + groupOf(words, at, group).toString(16);
    }
  }
  return text;
}

function groupOf(words: Int32Array, at: number, group: number): number {
  return (words[at + (group >>> 1)]! >>> (group % 2 === 0 ? 16 : 0)) & 0xffff;
}
