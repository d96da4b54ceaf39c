/** What a run of `read` has seen: for people, and as the JSON object of `--stats`. */
import type { CaptureReader } from '../capture_reader.ts';
import type { EngineCounters } from '../engine/engine.ts';
import { sizeText } from '../export/table.ts';

/** Every counter, what the file gave, and what went wrong. */
export function statistics(reader: CaptureReader): object {
  return {
    ...reader.engine.counters(),
    packetsDroppedRing: 0,
    bytesRead: reader.bytesTaken,
    memoryUsedBytes: reader.engine.memoryUsed(),
    problemsOmitted: reader.problemsOmitted,
    problems: reader.problems.map((problem) => ({
      code: problem.code,
      message: problem.message,
      ...('offset' in problem ? { offset: problem.offset } : {}),
    })),
  };
}

/** Two or three lines. */
export function summary(c: EngineCounters): string {
  const parts = [
    `${c.flowsEnded} flows`,
    `${c.packetsSeen} packets (${sizeText(c.wireBytes)} on the wire)`,
    `${c.packetsDelivered} in flows`,
  ];
  const others: readonly (readonly [string, number])[] = [
    ['filtered', c.packetsFiltered],
    ['not IP', c.notTracked.notIp],
    ['unsupported link type', c.notTracked.unsupportedLinkType],
    ['malformed', c.packetsMalformed],
    ['no room', c.notTracked.noRoom],
  ];
  for (const [name, count] of others) if (count > 0) parts.push(`${count} ${name}`);
  if (c.flowsEvicted > 0) parts.push(`${c.flowsEvicted} flows evicted`);
  return `\n${parts.join(', ')}\n`;
}
