/** The engine's gauges: its clock, and the flows and headers it holds now, by kind. */
import {
  CONFIG_INTERFACES,
  CONTROL,
  COUNTER_ACTIVE_BY_CLASS,
  COUNTER_STORED_BY_CLASS,
  FORMAT_NONE,
  FORMAT_PCAPNG,
  INTERFACE_LINK_TYPE,
  PROTOCOL_CLASS_ICMP,
  PROTOCOL_CLASS_OTHER,
  PROTOCOL_CLASS_TCP,
  PROTOCOL_CLASS_UDP,
  PROTOCOL_COUNTERS,
  READER_FORMAT,
  READER_INTERFACES,
  STATE_AVERAGE_PPS,
  STATE_CLOCK,
  STATE_FIRST_TIME,
  STATE_LAST_PACKET,
  STATE_LATE_BY,
  STATE_LATE_NUMBER,
  STATE_OUTLIER_NUMBER,
  STATE_OUTLIER_TIME,
  STATE_SILENT,
  STATE_STARTED,
  STATE_UNTIMED_NUMBER,
} from '../../assembly/layout.ts';
import { counterAt, u64At } from './u64.ts';

/** One number for each kind of protocol. */
export interface ByClass {
  readonly tcp: number;
  readonly udp: number;
  readonly icmp: number;
  readonly other: number;
}

export interface EngineFigures {
  readonly activeFlows: ByClass;
  /** Packets delivered since the start. */
  readonly packets: ByClass;
  /** Headers that are stored now for active flows. */
  readonly stored: ByClass;
  /** Smoothed; of capture time. */
  readonly averagePps: number;
  /** Time of the first packet and the latest one seen, nanoseconds; undefined before the first packet. */
  readonly firstNs: bigint | undefined;
  readonly lastNs: bigint | undefined;
  /** The first packet whose time was not believed: its number, from 1, and that time; undefined: there was none. */
  readonly firstOutlier: { readonly number: number; readonly timeNs: bigint } | undefined;
  /** Number of the first packet whose time is not known, from 1; undefined: there was none. */
  readonly firstUntimed: number | undefined;
  /** The first packet that was behind the clock by more than the flow timeout: its number, and by how much. */
  readonly firstLate: { readonly number: number; readonly byNs: bigint } | undefined;
  /** LINKTYPE_ value of the first interface; undefined while none is known. */
  readonly linkType: number | undefined;
}

export function readFigures(data: DataView): EngineFigures {
  const word = (offset: number): number => data.getUint32(CONTROL + offset, true);
  const u64 = (offset: number): bigint => data.getBigUint64(CONTROL + offset, true);
  const started = word(STATE_STARTED) !== 0;
  const clock = u64(STATE_CLOCK);
  const outlier = counterAt(data, STATE_OUTLIER_NUMBER);
  const late = counterAt(data, STATE_LATE_NUMBER);
  const format = word(READER_FORMAT);
  const described = format !== FORMAT_NONE && (format !== FORMAT_PCAPNG || word(READER_INTERFACES) > 0);
  return {
    activeFlows: readByClass(data, COUNTER_ACTIVE_BY_CLASS),
    packets: readPackets(data),
    stored: readByClass(data, COUNTER_STORED_BY_CLASS),
    averagePps: data.getFloat64(CONTROL + STATE_AVERAGE_PPS, true),
    firstNs: started ? u64(STATE_FIRST_TIME) : undefined,
    // On a silent line the clock advances without packets.
    lastNs: started ? (clock === u64(STATE_SILENT) ? u64(STATE_LAST_PACKET) : clock) : undefined,
    firstOutlier: outlier === 0 ? undefined : { number: outlier, timeNs: u64(STATE_OUTLIER_TIME) },
    firstUntimed: counterAt(data, STATE_UNTIMED_NUMBER) || undefined,
    firstLate: late === 0 ? undefined : { number: late, byNs: u64(STATE_LATE_BY) },
    linkType: described ? data.getUint32(word(CONFIG_INTERFACES) + INTERFACE_LINK_TYPE, true) : undefined,
  };
}

export function readByClass(data: DataView, offset: number): ByClass {
  const at = (kind: number): number => counterAt(data, offset + 8 * kind);
  return {
    tcp: at(PROTOCOL_CLASS_TCP),
    udp: at(PROTOCOL_CLASS_UDP),
    icmp: at(PROTOCOL_CLASS_ICMP),
    other: at(PROTOCOL_CLASS_OTHER),
  };
}

/** Packets delivered. */
export function readPackets(data: DataView): ByClass {
  const of = (protocol: number): number => u64At(data, PROTOCOL_COUNTERS + 8 * protocol);
  let all = 0;
  for (let protocol = 0; protocol < 256; protocol++) all += of(protocol);
  const [tcp, udp, icmp] = [of(6), of(17), of(1) + of(58)];
  return { tcp, udp, icmp, other: all - tcp - udp - icmp };
}

export function sumClasses(kinds: ByClass): number {
  return kinds.tcp + kinds.udp + kinds.icmp + kinds.other;
}
