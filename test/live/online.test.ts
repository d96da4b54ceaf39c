/** FParser on an interface while packets flow. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canUseNamespaces, canUseTcpdump, NamespacePair } from './netns.ts';
import { Program } from './program.ts';
import type { OnlineOptions, OnlineReport } from './programs/online.ts';
import { trafficFile } from './traffic.ts';
import { capLoads } from '../source/cap/cap_loads.ts';

/** The kernel has room for all of them, however long the program has to wait. */
const PACKETS = 4_000;
const CONNECTIONS = 200;
const COOKED = 113;
const ETHERNET = 1;
/** Besides the second for late packets: of a machine that does much else. */
const SLACK_MS = 20_000;

interface Subject {
  readonly name: string;
  readonly isPossible: boolean;
  readonly parser: OnlineOptions['parser'];
  readonly linkType: number;
  readonly timestampSource: string;
  readonly knowsKernelDrops: boolean;
}

const usual = { knowsKernelDrops: false, timestampSource: 'user', isPossible: canUseNamespaces && capLoads } as const;
const SUBJECTS: readonly Subject[] = [
  { ...usual, name: 'cap', parser: {}, linkType: COOKED },
  { ...usual, name: 'cap, promiscuous', parser: { promiscuous: true }, linkType: ETHERNET },
  {
    name: 'tcpdump',
    parser: { capture: 'tcpdump' },
    linkType: ETHERNET,
    timestampSource: 'kernel',
    knowsKernelDrops: true,
    isPossible: canUseTcpdump,
  },
];

describe('FParser on an interface', () => {
  let pair: NamespacePair;
  let file: string;
  beforeAll(() => {
    if (!canUseNamespaces) return;
    pair = new NamespacePair();
    file = pair.file('traffic.pcap', trafficFile({ packets: PACKETS, connections: CONNECTIONS }));
  });
  afterAll(() => pair?.dispose());

  for (const { name, isPossible, parser, linkType, timestampSource, knowsKernelDrops } of SUBJECTS) {
    it.skipIf(!isPossible)(`keeps its word through ${name}`, async () => {
      const options: OnlineOptions = { parser, far: pair.far.name, file, packets: PACKETS };
      const program = await Program.start(pair.near, 'online', JSON.stringify(options));
      const report = (await program.report(0)) as OnlineReport;
      expect(report.states).toEqual(['opening', 'running', 'draining', 'dead']);
      expect(report).toMatchObject({
        wrong: [],
        wrongSnapshots: 0,
        missed: 0,
        stateAfterUsing: 'dead',
        endReasons: ['end'],
      });
      expect(report.looks).toBeGreaterThan(10);
      expect(report.found).toBeGreaterThan(10);
      expect(report.running).toMatchObject({
        state: 'running',
        packetsSeen: PACKETS,
        packetsDelivered: PACKETS,
        packetsDroppedRing: 0,
        inRing: 0,
        flowsStarted: 2 * CONNECTIONS,
        linkType,
        timestampSource,
        packetsDroppedKernel: knowsKernelDrops ? 0 : null,
      });
      expect(report.running.avgPps).toBeLessThanOrEqual(PACKETS);
      expect(report.last).toMatchObject({
        state: 'dead',
        flowsEnded: 2 * CONNECTIONS,
        flowsDelivered: 2 * CONNECTIONS,
        flowsWaiting: 0,
      });
      const stopped = 'ERR_STOPPED';
      expect(report.afterStop).toEqual({
        flowIter: stopped,
        flows: stopped,
        findTcpFlow: stopped,
        findUdpFlow: stopped,
        setTcpCallback: stopped,
        setUdpCallback: stopped,
        getInfo: 'nothing',
        samePromise: 'true',
      });
      // Every fourth connection is UDP; the others end after their FIN.
      expect(report.idle).toBe((2 * CONNECTIONS) / 4);
      // From the last packet: the second in which packets may come late, and the steps of the clocks.
      expect(report.idleLateMs).toBeLessThan(1000 + SLACK_MS);
      // A parser that may end with the process does so, when the process has nothing else to do.
      expect([await program.report(1), await program.report(2)]).toEqual(['running', 'killed']);
      await program.ended;
      expect(pair.near.processes()).toEqual([]);
    });
  }
});
