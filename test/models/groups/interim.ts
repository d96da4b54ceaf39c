/** Running records of a flow, and its last one, from the list of its packets. */
import type { EndReason, Flow } from '../../../src/flow/flow.ts';
import { ActiveFlow, type FlowPacket } from '../active_flow.ts';
import type { Side } from '../key.ts';

/** A record of a flow, and the packets that it has. */
export interface InterimRecord {
  readonly flow: Flow;
  readonly sequence: number;
  readonly final: boolean;
  readonly packets: readonly FlowPacket[];
  readonly originator: Side;
}

/** @returns the records of the flow in their order, at least the last one */
export function interimRecords(
  whole: ActiveFlow,
  direction: 'uni' | 'bi',
  intervalNs: bigint,
  endReason: EndReason,
): readonly InterimRecord[] {
  const records: InterimRecord[] = [];
  const first = whole.packets[0] as FlowPacket;
  const sofar = new ActiveFlow(whole.key, direction, first.packet, first.side, whole.startNs);
  const note = (reason: EndReason, final: boolean): void => {
    const { originator } = sofar;
    const packets = [...sofar.packets];
    records.push({ flow: sofar.ended(reason), sequence: records.length, final, packets, originator });
  };
  // Which of the spans of `intervalNs` since the beginning had a packet last.
  let span = 0n;
  for (const { packet, side, timestampNs } of whole.packets) {
    const spanNow = (timestampNs - whole.startNs) / intervalNs;
    if (spanNow > span) {
      note('active', false);
      span = spanNow;
    }
    sofar.add(packet, side, timestampNs);
  }
  note(endReason, true);
  return records;
}
