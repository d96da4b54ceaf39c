/** What there is to say about the times of a capture's packets. */
import type { FlowTable } from '../engine/table.ts';

const NS_PER_MS = 1_000_000n;

/** Sentences for people; none when the times can be believed. */
export function clockNotes(engine: Pick<FlowTable, 'counters' | 'figures'>): string[] {
  const { timestampOutliers, clockRestarts } = engine.counters();
  const notes: string[] = [];
  const firstOutlier = timestampOutliers > 0 ? engine.figures().firstOutlier : undefined;
  if (firstOutlier !== undefined) {
    const { number, timeNs } = firstOutlier;
    const packet = `packet ${number}, ${new Date(Number(timeNs / NS_PER_MS)).toISOString()}`;
    notes.push(
      timestampOutliers === 1
        ? `${packet} is dated more than a day away from its neighbours; it is in a flow of its own`
        : `${timestampOutliers} packets are dated more than a day away from their neighbours (first: ${packet}); ` +
            'each is in a flow of its own',
    );
  }
  if (clockRestarts > 0) {
    notes.push(
      `times go back by more than a day ${clockRestarts === 1 ? 'once' : `${clockRestarts} times`}; the flows before ended there`,
    );
  }
  return notes;
}
