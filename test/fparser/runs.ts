/** Small captures on disk and runs of FParser over them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { FParser } from '../../src/fparser/index.ts';
import type { AnyFlow, FParserInfo, FParserOptions } from '../../src/fparser/index.ts';
import { ethernet, pcap } from '../builders/index.ts';
import type { CaptureRecord, Packet } from '../builders/index.ts';
import type { CapturedFrame } from '../models/index.ts';

export const SECOND_NS = 1_000_000_000n;
/** Captures begin here: 1,700,000,000 s after the epoch. */
export const START_NS = 1_700_000_000n * SECOND_NS;

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-fparser-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Limits far above what small captures need; a parser with a small memory is made in a millisecond. */
export const SMALL = { maxFlows: 1000, softMemLimit: 2 ** 20, hardMemLimit: 2 ** 21 } as const;

/** The path of a new file with these bytes. */
export function fileOf(bytes: Uint8Array): string {
  const path = join(folder, `${files++}.pcap`);
  writeFileSync(path, bytes);
  return path;
}

/** Path of a capture of these records, nanosecond times. */
export const captureOf = (records: readonly CaptureRecord[]): string => fileOf(pcap(records, { format: 'ns' }));

/** A record of an Ethernet frame `seconds` after the start. */
export function at(seconds: number, packet: Packet): CaptureRecord {
  return { timestampNs: START_NS + BigInt(Math.round(seconds * 1e9)), frame: packet.over(ethernet()) };
}

/** The records as the model takes them. */
export const frames = (records: readonly CaptureRecord[]): CapturedFrame[] =>
  records.map(({ timestampNs, frame, wireLen }) => ({
    timestampNs,
    linkType: 1,
    bytes: frame,
    wireLen: wireLen ?? frame.length,
  }));

/** The same callback for flows of every kind. */
export function forAll(
  callback: (flow: AnyFlow) => unknown,
): Pick<FParserOptions<'uni'>, 'tcpCallback' | 'udpCallback' | 'icmpCallback' | 'unknownCallback'> {
  return { tcpCallback: callback, udpCallback: callback, icmpCallback: callback, unknownCallback: callback };
}

/** Runs to the end and gives all flows, in order, with the last figures. */
export async function flowsIn(
  path: string,
  options: FParserOptions<'uni'> = {},
): Promise<{ flows: AnyFlow[]; info: FParserInfo }> {
  const flows: AnyFlow[] = [];
  const info = await new FParser(path, {
    isFile: true,
    filter: '',
    ...SMALL,
    ...options,
    ...forAll((flow) => void flows.push(flow)),
  }).done;
  return { flows, info };
}

/** packetsSeen and flowsEnded are what their parts add up to, and so on. */
export function sumsHold(info: FParserInfo): boolean {
  const packets =
    info.packetsDelivered +
    info.packetsFiltered +
    info.packetsDroppedRing +
    info.packetsMalformed +
    info.packetsNotTracked +
    info.inRing;
  const active = info.tcpFlows + info.udpFlows + info.icmpFlows + info.unknownFlows;
  const ended = info.flowsDelivered + info.flowsDropped + info.flowsUncollected + info.flowsWaiting;
  return (
    info.packetsSeen === packets &&
    info.flowsStarted === info.flowsEnded + active &&
    info.flowsEnded === ended &&
    info.flowsWaiting >= 0 &&
    info.flowHits + info.flowMisses === info.packetsDelivered
  );
}
