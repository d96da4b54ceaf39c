/**
 * FParser on an interface that goes away, with callbacks that misbehave, with a tracker that is killed: every started
 * flow is handed over once, then the kill callback is called, once. Each case PCAPFLOW_ROUNDS times.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canUseNamespaces, canUseTcpdump, NamespacePair, NEAR } from './netns.ts';
import { Program } from './program.ts';
import type { EndingReport, EndingsOptions } from './programs/endings.ts';
import { trafficFile } from './traffic.ts';
import { capLoads } from '../source/cap/cap_loads.ts';

const ROUNDS = Number(process.env.PCAPFLOW_ROUNDS ?? 1);
/** The source tells within a second; this is for a machine that does much else. Milliseconds. */
const END_MAX_MS = 20_000;
const ROUND_MAX_MS = 30_000;
const LOST = ['ERR_DEVICE_DOWN', 'ERR_NO_SUCH_DEVICE'];

/** Opening takes long with a large buffer. */
const BUFFER = 16 << 20;
const SOURCES: readonly (readonly [name: string, isPossible: boolean, parser: EndingsOptions['parser']])[] = [
  ['cap', canUseNamespaces && capLoads, { capture: 'cap', bufferSize: BUFFER }],
  ['tcpdump', canUseTcpdump, { capture: 'tcpdump', bufferSize: BUFFER }],
  ['cap, promiscuous', canUseNamespaces && capLoads, { capture: 'cap', promiscuous: true, bufferSize: BUFFER }],
];

describe.each(SOURCES)('the end of a capture with FParser through %s', (name, isPossible, parser) => {
  let pair: NamespacePair;
  let file: string;
  beforeAll(() => {
    if (!isPossible) return;
    pair = new NamespacePair();
    file = pair.file('traffic.pcap', trafficFile({ packets: 4000, connections: 200 }));
  });
  afterAll(() => pair?.dispose());

  /** The reports of all rounds, each with what holds for all ends. */
  async function endings(way: EndingsOptions['way'], more: EndingsOptions['parser'] = {}): Promise<EndingReport[]> {
    const options: EndingsOptions = {
      way,
      rounds: ROUNDS,
      parser: { ...parser, ...more },
      near: pair.near.name,
      far: pair.far.name,
      file,
    };
    const program = await Program.start(pair.near, 'endings', JSON.stringify(options));
    const reports: EndingReport[] = [];
    for (let n = 0; n < ROUNDS; n++) {
      const report = (await program.report(n)) as EndingReport;
      const { info } = report;
      expect(report, `round ${n}`).toMatchObject({ kills: 1, late: 0, calls: info.flowsDelivered });
      expect(info, `round ${n}`).toMatchObject({
        state: 'dead',
        flowsEnded: info.flowsStarted,
        flowsWaiting: 0,
        flowsUncollected: 0,
        inRing: 0,
      });
      expect(info.flowsDelivered + info.flowsDropped).toBe(info.flowsEnded);
      expect(
        info.packetsDelivered +
          info.packetsFiltered +
          info.packetsDroppedRing +
          info.packetsMalformed +
          info.packetsNotTracked,
      ).toBe(info.packetsSeen);
      expect(info.flowsStarted).toBeGreaterThan(0);
      // A tracker that is killed within a packet may have put it into its flow, and not counted it.
      const lost = info.packetsDelivered - report.packets;
      if (info.flowsDropped === 0) expect(Math.abs(lost)).toBeLessThanOrEqual(way === 'killed' ? 1 : 0);
      else expect(lost).toBeGreaterThan(0);
      // A slow callback takes the time it takes.
      if (way !== 'slow') expect(report.endMs).toBeLessThan(END_MAX_MS);
      reports.push(report);
    }
    await program.ended;
    expect(pair.near.processes()).toEqual([]);
    const longest = Math.max(...reports.map(({ endMs }) => endMs));
    if (ROUNDS > 10)
      process.stderr.write(
        `${name}, ${way}: ${ROUNDS} rounds, ended within ${longest.toFixed(0)} ms, ${tally(reports)}\n`,
      );
    return reports;
  }

  const timeout = 60_000 + ROUNDS * ROUND_MAX_MS;

  it.skipIf(!isPossible)('comes when the interface is set down', { timeout }, async () => {
    for (const { code, message } of await endings('down')) {
      expect(code).toBe('ERR_DEVICE_DOWN');
      expect(message).toContain(NEAR);
    }
  });

  it.skipIf(!isPossible)('comes, or does not, when it is set down and up at once', { timeout }, async () => {
    for (const { code, goesOn } of await endings('downAndUp')) {
      if (code === null) expect(goesOn).toBe(true);
      else expect(code).toBe('ERR_DEVICE_DOWN');
    }
  });

  it.skipIf(!isPossible)('comes when it is removed', { timeout }, async () => {
    for (const { code, message } of await endings('removed')) {
      expect(LOST).toContain(code);
      expect(message).toContain(NEAR);
    }
  });

  it.skipIf(!isPossible)('comes when it is made again', { timeout }, async () => {
    for (const { code } of await endings('remade')) expect(LOST).toContain(code);
  });

  it.skipIf(!isPossible)('does not come when its carrier is lost', { timeout }, async () => {
    for (const { code, goesOn } of await endings('carrier'))
      expect({ code, goesOn }).toEqual({ code: null, goesOn: true });
  });

  it.skipIf(!isPossible)('comes by stop, also within the kill callback', { timeout }, async () => {
    for (const { code } of await endings('stop')) expect(code).toBeNull();
  });

  it.skipIf(!isPossible)('comes when the tracker is killed', { timeout }, async () => {
    for (const { code } of await endings('killed', { finTimeout: 0 })) expect(code).toBe('ERR_ENGINE');
  });

  // What follows is the same whoever delivers the frames.
  const isOnce = isPossible && (name === 'cap' || ROUNDS > 10);

  it.skipIf(!isOnce)('waits for callbacks that throw', { timeout }, async () => {
    for (const { code, info, calls, problems } of await endings('throws', { finTimeout: 0 })) {
      expect(code).toBeNull();
      expect(info.callbackErrors).toBeGreaterThan(0);
      expect(info.callbackErrors).toBeLessThanOrEqual(calls);
      expect(problems.filter((problem) => problem === 'ERR_CALLBACK')).toHaveLength(info.callbackErrors);
    }
  });

  it.skipIf(!isOnce)('comes by a callback that stops', { timeout }, async () => {
    for (const { code, info } of await endings('stops', { finTimeout: 0 })) {
      expect(code).toBeNull();
      expect(info.flowsDropped).toBe(0);
    }
  });

  it.skipIf(!isOnce)('counts the flows that a slow callback misses', { timeout }, async () => {
    for (const { code, info } of await endings('slow', { finTimeout: 0, maxBacklog: 16 })) {
      expect(code).toBeNull();
      expect(info.flowsDropped).toBeGreaterThan(0);
    }
  });
});

function tally(reports: readonly EndingReport[]): string {
  const counts = new Map<string, number>();
  for (const { code } of reports) counts.set(code ?? 'no error', (counts.get(code ?? 'no error') ?? 0) + 1);
  return [...counts].map(([code, count]) => `${count} x ${code}`).join(', ');
}
