/** What there is to say about a capture's packets: their times, their lengths, and those that are in no flow. */
import type { EngineCounters } from '../engine/counters.ts';
import type { FlowTable } from '../engine/table.ts';

const NS_PER_MS = 1_000_000n;

/** Sentences for people; none when everything can be believed. */
export function captureNotes(engine: Pick<FlowTable, 'counters' | 'figures'>): string[] {
  const counters = engine.counters();
  const { firstOutlier, firstUntimed, firstLate } = engine.figures();
  const notes: string[] = [];
  if (firstOutlier !== undefined) notes.push(outlierNote(counters.timestampOutliers, firstOutlier));
  if (firstUntimed !== undefined) {
    const count = counters.timestampsUnknown;
    const what = `${count === 1 ? 'has' : 'have'} no time, or one before 1970 or after 2554 (first: packet ${firstUntimed})`;
    notes.push(`${packets(count)} ${what}; a time near it is used, else 1970`);
  }
  if (firstLate !== undefined) {
    const { number, byNs } = firstLate;
    const first = `first: packet ${number}, ${Number(byNs / NS_PER_MS) / 1000} s`;
    const what = 'dated earlier than those before, by more than the flow timeout';
    const count = counters.timestampsLate;
    notes.push(`${packets(count)} ${count === 1 ? 'is' : 'are'} ${what} (${first}); flows may be cut in two`);
  }
  const { clockRestarts, wireLengthsTooShort, beyondSnaplen } = counters;
  if (clockRestarts > 0) {
    const times = clockRestarts === 1 ? 'once' : `${clockRestarts} times`;
    notes.push(`times go back by more than a day ${times}; the flows before ended there`);
  }
  if (wireLengthsTooShort > 0) {
    const verb = wireLengthsTooShort === 1 ? 'has' : 'have';
    const whose = wireLengthsTooShort === 1 ? 'its' : 'their';
    const what = `more bytes captured than ${whose} original length says; those are counted`;
    notes.push(`${packets(wireLengthsTooShort)} ${verb} ${what}`);
  }
  if (beyondSnaplen > 1) notes.push(`${packets(beyondSnaplen)} in all are longer than the snaplen`);
  return notes;
}

/** Why packets are in no flow, in words, with how many; only what happened. */
export function packetsWithoutFlow(counters: EngineCounters): readonly (readonly [why: string, count: number])[] {
  const { packetsFiltered, packetsMalformed, notTracked } = counters;
  const all = [
    ['filtered', packetsFiltered],
    ['not IP', notTracked.notIp],
    ['unsupported link type', notTracked.unsupportedLinkType],
    ['malformed', packetsMalformed],
    ['no room', notTracked.noRoom],
    ['seen twice', notTracked.duplicate ?? 0],
  ] as const;
  return all.filter(([, count]) => count > 0);
}

function packets(count: number): string {
  return count === 1 ? '1 packet' : `${count} packets`;
}

function outlierNote(count: number, { number, timeNs }: { readonly number: number; readonly timeNs: bigint }): string {
  const packet = `packet ${number}, ${new Date(Number(timeNs / NS_PER_MS)).toISOString()}`;
  return count === 1
    ? `${packet} is dated more than a day away from its neighbours; it is in a flow of its own`
    : `${count} packets are dated more than a day away from their neighbours (first: ${packet}); ` +
        'each is in a flow of its own';
}
