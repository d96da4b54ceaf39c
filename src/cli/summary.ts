/** Summary of a run: for people, and as the JSON object of `--stats`. */
import type { FileFeed } from '../reader/flow_feed.ts';
import type { LiveReader } from '../reader/live_reader.ts';
import type { FParserError } from '../errors.ts';
import type { EngineCounters } from '../engine/counters.ts';
import type { FlowTable } from '../engine/table.ts';
import { packetsWithoutFlow } from '../reader/capture_notes.ts';
import type { RunOutput } from './output.ts';
import type { OutputFigures } from './output_counters.ts';
import { sizeText } from '../text/figure_text.ts';

interface Problem {
  readonly code: string;
  readonly message: string;
}

/** The figures of a run: numbers by their names, some of them in groups; null: not known. */
export interface RunFigures extends Readonly<Record<string, unknown>> {
  readonly packetsSeen: number;
  readonly flowsStarted: number;
  readonly flowsEnded: number;
  readonly outputs: readonly OutputFigures[];
  readonly problems: readonly Problem[];
}

/** All counters, the input, the outputs, and the problems. */
export function statistics(reader: FileFeed, outputs: readonly RunOutput[]): RunFigures {
  return {
    ...reader.engine.counters(),
    ...leftOut(reader.engine),
    packetsDroppedRing: 0,
    bytesRead: reader.bytesTaken,
    memoryUsedBytes: reader.engine.memoryUsed(),
    outputs: outputFigures(outputs),
    problemsOmitted: reader.problemsOmitted,
    problems: reader.problems.map(problemOf),
  };
}

/** The same for a live capture or a replay. Kernel drops are null when the source does not report them. */
export function liveStatistics({ engine, source, problems }: LiveReader, outputs: readonly RunOutput[]): RunFigures {
  return {
    ...engine.counters(),
    ...leftOut(engine),
    packetsDroppedRing: engine.packetsDroppedRing,
    packetsDroppedKernel: source.packetsDroppedKernel,
    packetsInRing: engine.packetsInRing,
    flowsDropped: engine.flowsDropped,
    timestampSource: source.timestampSource,
    memoryUsedBytes: engine.memoryUsed(),
    outputs: outputFigures(outputs),
    problems: problems.map(problemOf),
  };
}

function outputFigures(outputs: readonly RunOutput[]): readonly OutputFigures[] {
  return outputs.flatMap(({ plan: { counters } }) => (counters === undefined ? [] : [counters.figures]));
}

/** Flows that `--where` left out; nothing without it. */
function leftOut({ stage }: Pick<FlowTable, 'stage'>): { readonly flowsLeftOut?: number } {
  return stage?.keeps === undefined ? {} : { flowsLeftOut: stage.leftOut };
}

function problemOf(problem: FParserError): Problem {
  return { code: problem.code, message: problem.message, ...('offset' in problem ? { offset: problem.offset } : {}) };
}

/** One line for people after the flows of files. */
export function readSummary({ engine }: FileFeed): string {
  return summary(engine.counters(), leftOut(engine));
}

export function liveSummary({ engine, source }: LiveReader): string {
  const kernel = source.packetsDroppedKernel;
  const drops = [
    `${engine.packetsDroppedRing} dropped by the ring`,
    kernel === null ? (source.waits ? undefined : 'kernel drops unknown') : `${kernel} dropped by the kernel`,
    engine.flowsDropped > 0 ? `${engine.flowsDropped} flows dropped` : undefined,
  ];
  return `${summary(engine.counters(), leftOut(engine)).trimEnd()}, ${drops.filter((part) => part !== undefined).join(', ')}\n`;
}

/** One line for people, preceded by an empty one. */
function summary(c: EngineCounters, { flowsLeftOut }: ReturnType<typeof leftOut>): string {
  const parts = [
    flowsLeftOut === undefined ? `${c.flowsEnded} flows` : `${c.flowsEnded - flowsLeftOut} of ${c.flowsEnded} flows`,
    `${c.packetsSeen} packets (${sizeText(c.wireBytes)} on the wire)`,
    `${c.packetsDelivered} in flows`,
  ];
  for (const [why, count] of packetsWithoutFlow(c)) parts.push(`${count} ${why}`);
  if (c.flowsEvicted > 0) parts.push(`${c.flowsEvicted} flows evicted`);
  return `\n${parts.join(', ')}\n`;
}
