/**
 * Side records of running records: when the next one of a flow is due, and how many there were. They are due at
 * multiples of the interval since the flow's first packet.
 */
import { addSaturated, interimInterval } from "../control";
import { packetTime } from "../decode/packet";
import {
  FLOW_STATE_CLOSED, INTERIM_BLOCK_FINAL, INTERIM_BLOCK_SEQUENCE, INTERIM_DUE, INTERIM_RUNNING, INTERIM_SEQUENCE,
  INTERIM_SIZE, SIDE_INTERIM,
} from "../layout";
import { flowAt, flowState } from "../table/flow";
import { bump } from "./figures";
import { sideBlock, sideRecord } from "./record";

@inline function interimRecord(index: u32): usize { return sideRecord(SIDE_INTERIM, index); }

@cold export function startInterim(index: u32, packet: usize): void {
  const record = interimRecord(index);
  store<u64>(record, addSaturated(packetTime(packet), interimInterval), INTERIM_DUE);
  store<u64>(record, 0, INTERIM_SEQUENCE);
}

/** Is a running record of the flow due at `time`? */
export function isInterimDue(index: u32, time: u64): bool {
  return time >= load<u64>(interimRecord(index), INTERIM_DUE);
}

/** `copy` has become the record that was due at `time`: the flow has another one after that. */
export function splitInterim(index: u32, copy: u32, time: u64): void {
  const record = interimRecord(index);
  store<u32>(interimRecord(copy), 1, INTERIM_RUNNING);
  const due = load<u64>(record, INTERIM_DUE);
  store<u64>(record, addSaturated(time - (time - due) % interimInterval, interimInterval), INTERIM_DUE);
  bump(record + INTERIM_SEQUENCE);
}

@cold export function writeInterimBlock(row: usize, index: u32): void {
  const block = sideBlock(SIDE_INTERIM, row);
  const record = interimRecord(index);
  const isFinal = load<u32>(record, INTERIM_RUNNING) == 0 && flowState(flowAt(index)) == FLOW_STATE_CLOSED;
  store<u32>(block, load<u32>(record, INTERIM_SEQUENCE), INTERIM_BLOCK_SEQUENCE);
  store<u8>(block, u8(isFinal), INTERIM_BLOCK_FINAL);
}
