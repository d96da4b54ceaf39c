/**
 * The columns of the corrected CICFlowMeter, from the whole list of a flow's packets. Microseconds that are whole there
 * are cut off.
 */

import type { Flow } from '../../../src/flow/flow.ts';
import type { FlowPacket } from '../active_flow.ts';
import type { Side } from '../key.ts';
import { activityGroup, bulkRate, type ActivityDirection } from './activity.ts';
import { gapsOf } from './stats.ts';
import { summaryOf, type Summary } from './summary.ts';
import { tcpGroup, type TcpDirection } from './tcp.ts';

const IDLE_NS = 5_000_000_000n;

type FlagCount = 'finCount' | 'synCount' | 'rstCount' | 'pshCount' | 'ackCount' | 'urgCount' | 'cwrCount' | 'eceCount';

export type CicRow = Readonly<Record<string, string | number>>;

export function cicRow(packets: readonly FlowPacket[], originator: Side, flow: Flow): CicRow {
  const { srcAddress, dstAddress, srcPort, dstPort, protocol } = flow;
  const sides = [packets.filter(({ side }) => side === originator), packets.filter(({ side }) => side !== originator)];
  const [forward, reverse] = sides as [FlowPacket[], FlowPacket[]];
  const activity = activityGroup(packets, originator, IDLE_NS);
  const tcp = protocol === 6 ? tcpGroup(packets, originator) : undefined;
  const times = packets.map(({ timestampNs }) => timestampNs).sort((a, b) => (a < b ? -1 : 1));
  const durationUs = wholeUs((times.at(-1) ?? 0n) - (times[0] ?? 0n));
  const perSecond = (amount: number, none: number): number =>
    durationUs === 0 ? none : (amount * 1_000_000) / durationUs;
  const all = payloads(packets);
  const both = summaryOf(all.map(BigInt));
  const flag = (name: FlagCount): number => (tcp?.forward[name] ?? 0) + (tcp?.reverse[name] ?? 0);
  const subflow = (amount: number): number => (activity.subflows === 0 ? 0 : amount / activity.subflows);
  return {
    'Flow ID': `${srcAddress}-${dstAddress}-${srcPort}-${dstPort}-${protocol}`,
    'Src IP': srcAddress,
    'Src Port': srcPort,
    'Dst IP': dstAddress,
    'Dst Port': dstPort,
    Protocol: protocol,
    Timestamp: timestamp(flow.firstSeenNs),
    'Flow Duration': durationUs,
    'Total Fwd Packet': forward.length,
    'Total Bwd packets': reverse.length,
    'Total Length of Fwd Packet': sum(payloads(forward)),
    'Total Length of Bwd Packet': sum(payloads(reverse)),
    ...lengths('Fwd', forward),
    ...lengths('Bwd', reverse),
    'Flow Bytes/s': perSecond(sum(all), -1),
    'Flow Packets/s': perSecond(packets.length, -1),
    ...spans('Flow IAT', summaryOf(gapsOf(packets.map(({ timestampNs }) => timestampNs)))),
    ...intervals('Fwd IAT', forward),
    ...intervals('Bwd IAT', reverse),
    'Fwd PSH Flags': tcp?.forward.pshCount ?? 0,
    'Bwd PSH Flags': tcp?.reverse.pshCount ?? 0,
    'Fwd URG Flags': tcp?.forward.urgCount ?? 0,
    'Bwd URG Flags': tcp?.reverse.urgCount ?? 0,
    'Fwd RST Flags': tcp?.forward.rstCount ?? 0,
    'Bwd RST Flags': tcp?.reverse.rstCount ?? 0,
    'Fwd Header Length': activity.forward.headerBytes,
    'Bwd Header Length': activity.reverse.headerBytes,
    'Fwd Packets/s': perSecond(forward.length, 0),
    'Bwd Packets/s': perSecond(reverse.length, 0),
    'Packet Length Min': Math.min(...all),
    'Packet Length Max': Math.max(...all),
    'Packet Length Mean': both?.mean ?? 0,
    'Packet Length Std': both?.sd ?? 0,
    'Packet Length Variance': (both?.sd ?? 0) ** 2,
    'FIN Flag Count': flag('finCount'),
    'SYN Flag Count': flag('synCount'),
    'RST Flag Count': flag('rstCount'),
    'PSH Flag Count': flag('pshCount'),
    'ACK Flag Count': flag('ackCount'),
    'URG Flag Count': flag('urgCount'),
    'CWR Flag Count': flag('cwrCount'),
    'ECE Flag Count': flag('eceCount'),
    'Down/Up Ratio': forward.length === 0 ? 0 : reverse.length / forward.length,
    'Average Packet Size': both?.mean ?? 0,
    'Fwd Segment Size Avg': mean(payloads(forward)),
    'Bwd Segment Size Avg': mean(payloads(reverse)),
    ...bulks('Fwd', activity.forward),
    ...bulks('Bwd', activity.reverse),
    'Subflow Fwd Packets': subflow(forward.length),
    'Subflow Fwd Bytes': subflow(sum(payloads(forward))),
    'Subflow Bwd Packets': subflow(reverse.length),
    'Subflow Bwd Bytes': subflow(sum(payloads(reverse))),
    'FWD Init Win Bytes': tcp?.forward.windowFirst ?? 0,
    'Bwd Init Win Bytes': activity.reverse.window ?? 0,
    'Fwd Act Data Pkts': payloads(forward).filter((one) => one >= 1).length,
    'Bwd Act Data Pkts': payloads(reverse).filter((one) => one >= 1).length,
    'Fwd Seg Size Min': activity.forward.headerMin ?? 0,
    'Bwd Seg Size Min': activity.reverse.headerMin ?? 0,
    ...spans('Active', activity.activeOver),
    ...spans('Idle', activity.idle),
    'ICMP Code': flow.icmpCode ?? -1,
    'ICMP Type': flow.icmpType ?? -1,
    'Fwd TCP Retrans. Count': retransmitted(tcp?.forward),
    'Bwd TCP Retrans. Count': retransmitted(tcp?.reverse),
    'Total TCP Retrans. Count': retransmitted(tcp?.forward) + retransmitted(tcp?.reverse),
    'Total Connection Flow Time': durationUs,
    Label: 'NeedManualLabel',
  };
}

const payloads = (packets: readonly FlowPacket[]): number[] => packets.map(({ packet }) => packet.payloadBytes);
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const mean = (numbers: readonly number[]): number => (numbers.length === 0 ? 0 : sum(numbers) / numbers.length);
const wholeUs = (ns: bigint): number => Number(ns / 1000n);
const retransmitted = (direction: TcpDirection | undefined): number => direction?.retransmittedPackets ?? 0;

/** UTC: 2017-07-04 11:55:18.505123 */
function timestamp(ns: bigint): string {
  const text = new Date(Number(ns / 1_000_000n)).toISOString().replace('T', ' ').slice(0, 19);
  return `${text}.${String((ns / 1000n) % 1_000_000n).padStart(6, '0')}`;
}

function lengths(title: string, packets: readonly FlowPacket[]): CicRow {
  const summary = summaryOf(payloads(packets).map(BigInt));
  return {
    [`${title} Packet Length Max`]: Number(summary?.max ?? 0),
    [`${title} Packet Length Min`]: Number(summary?.min ?? 0),
    [`${title} Packet Length Mean`]: summary?.mean ?? 0,
    [`${title} Packet Length Std`]: summary?.sd ?? 0,
  };
}

function spans(title: string, summary: Summary | null): CicRow {
  return {
    [`${title} Mean`]: (summary?.mean ?? 0) / 1000,
    [`${title} Std`]: (summary?.sd ?? 0) / 1000,
    [`${title} Max`]: wholeUs(summary?.max ?? 0n),
    [`${title} Min`]: wholeUs(summary?.min ?? 0n),
  };
}

function intervals(title: string, packets: readonly FlowPacket[]): CicRow {
  const gaps = gapsOf(packets.map(({ timestampNs }) => timestampNs));
  return { [`${title} Total`]: wholeUs(gaps.reduce((a, b) => a + b, 0n)), ...spans(title, summaryOf(gaps)) };
}

function bulks(title: string, { bulk }: ActivityDirection): CicRow {
  const average = (amount: number): number => (bulk.n === 0 ? 0 : amount / bulk.n);
  return {
    [`${title} Bytes/Bulk Avg`]: average(bulk.bytes),
    [`${title} Packet/Bulk Avg`]: average(bulk.packets),
    [`${title} Bulk Rate Avg`]: bulkRate(bulk) ?? 0,
  };
}
