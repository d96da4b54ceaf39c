/**
 * `live --process` and `lookup` say the same of the same connection at the same moment: who has it, who opened it, on
 * what evidence. The connections began before the capture, in network namespaces, seen from the near one.
 */
import { describe, expect, it } from 'vitest';
import { ACK, ethernet, ipv4, pcap, tcp } from '../builders/index.ts';
import { Peer } from '../host/state/peer.ts';
import { capLoads } from '../source/cap/cap_loads.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { COMMAND, LiveCommand } from './live_command.ts';
import { FAR_ADDRESS, NEAR, NEAR_ADDRESS, NamespacePair, canUseNamespaces } from './netns.ts';

/** What both say. */
interface Said {
  readonly pid: number | null;
  readonly uid: number | null;
  readonly direction: 'inbound' | 'outbound';
  readonly evidence: string | null;
}

/** What is expected of the flow whose next packet is seen first, and the flow's record as well. */
interface Scene {
  readonly protocol: 'tcp' | 'udp';
  readonly own: number;
  readonly peer: number;
  /** Sends that packet. */
  readonly next: () => Promise<void>;
  /** It comes in. */
  readonly inbound: boolean;
}

interface Parties {
  readonly pair: NamespacePair;
  readonly near: Peer;
  /** Another process beside it. */
  readonly beside: Peer;
  readonly far: Peer;
}

const lookup = (pair: NamespacePair, { protocol, own, peer, inbound }: Scene): Said => {
  const ends = [`${NEAR_ADDRESS}:${own}`, `${FAR_ADDRESS}:${peer}`];
  const args = ['lookup', protocol, ...ends, '-f', 'json', ...(inbound ? ['--inbound'] : [])];
  const { pid, uid, direction, evidence } = JSON.parse(pair.near.run(process.execPath, COMMAND, ...args)) as Said;
  return { pid, uid, direction, evidence };
};

/** @returns what both say, and ports of originator and responder in the record */
async function asked(parties: Parties, scene: Scene): Promise<readonly [Said, Said, number, number]> {
  const { pair } = parties;
  const { own, peer, next } = scene;
  const filter = `port ${own} and port ${peer}`;
  const live = await LiveCommand.start(pair, pair.near, NEAR, '--process', '-F', filter, '--flow-timeout', '1');
  await next();
  const byTable = lookup(pair, scene);
  await waitFor(
    () => live.flowCount > 0,
    () => `no flow: ${live.errors}`,
  );
  const { flows } = await live.end('SIGINT');
  expect(flows).toHaveLength(1);
  const [{ process: found, direction, evidence, srcPort, dstPort } = {}] = flows as unknown as readonly (Said & {
    readonly process: { readonly pid: number; readonly uid: number } | null;
    readonly srcPort: number;
    readonly dstPort: number;
  })[];
  const byCapture = { pid: found?.pid ?? null, uid: found?.uid ?? null, direction, evidence } as Said;
  return [byTable, byCapture, Number(srcPort), Number(dstPort)];
}

const FAR_PORT = 7000;
const NEAR_PORT = 7001;
const toNear = (port: number) => ({ host: NEAR_ADDRESS, port });
const toFar = (port: number) => ({ host: FAR_ADDRESS, port });

const tcpClient = async ({ near, far }: Parties): Promise<readonly [number, number]> => {
  const peer = await far.make('listen', { host: FAR_ADDRESS });
  return [await near.make('connect', toFar(peer)), peer];
};
const tcpServer = async ({ near, far }: Parties): Promise<readonly [number, number]> => {
  const own = await near.make('listen', { host: NEAR_ADDRESS });
  return [own, await far.make('connect', toNear(own))];
};
const udpClient = async ({ near, far }: Parties): Promise<readonly [number, number]> => {
  const peer = await far.make('udp', { host: FAR_ADDRESS });
  return [await near.make('connectUdp', { host: NEAR_ADDRESS, to: toFar(peer) }), peer];
};

/** Ends the connection from the near side, and waits until the kernel alone has it. */
const timeWait = async ({ pair, near }: Parties): Promise<void> => {
  await near.end();
  await waitFor(
    () => pair.near.run('ss', '-Htan').includes('TIME-WAIT'),
    () => pair.near.run('ss', '-Htan'),
  );
};

/** A segment of a connection that is over. */
const late = ({ pair }: Parties, own: number, peer: number): Promise<void> => {
  const segment = tcp({ srcPort: peer, dstPort: own, flags: ACK, payload: 1 });
  const frame = segment.over(ipv4({ src: FAR_ADDRESS, dst: NEAR_ADDRESS })).over(ethernet());
  return pair.replay(pair.file('late.pcap', pcap([{ timestampNs: 0n, frame: Uint8Array.from(frame) }])));
};

/** Title, how it is made, and what both say. */
const SCENES: readonly (readonly [
  string,
  'inbound' | 'outbound',
  (parties: Parties) => Promise<Scene>,
  (parties: Parties) => Omit<Said, 'direction'>,
])[] = [
  [
    'a tcp connection that this host made, when it sends first',
    'outbound',
    async (all) => {
      const [own, peer] = await tcpClient(all);
      return { protocol: 'tcp', own, peer, next: () => all.near.write(), inbound: false };
    },
    ({ near }) => ({ pid: near.pid, uid: 0, evidence: 'socket' }),
  ],
  [
    'a tcp connection that this host made, when the peer sends first',
    'outbound',
    async (all) => {
      const [own, peer] = await tcpClient(all);
      return { protocol: 'tcp', own, peer, next: () => all.far.write(), inbound: true };
    },
    ({ near }) => ({ pid: near.pid, uid: 0, evidence: 'socket' }),
  ],
  [
    'a tcp connection that this host has accepted, when the peer sends first',
    'inbound',
    async (all) => {
      const [own, peer] = await tcpServer(all);
      return { protocol: 'tcp', own, peer, next: () => all.far.write(), inbound: true };
    },
    ({ near }) => ({ pid: near.pid, uid: 0, evidence: 'socket' }),
  ],
  [
    'a tcp connection that this host has accepted, when it sends first',
    'inbound',
    async (all) => {
      const [own, peer] = await tcpServer(all);
      return { protocol: 'tcp', own, peer, next: () => all.near.write(), inbound: false };
    },
    ({ near }) => ({ pid: near.pid, uid: 0, evidence: 'socket' }),
  ],
  [
    'a tcp connection in time-wait, which has left its user and process',
    'inbound',
    async (all) => {
      const [own, peer] = await tcpServer(all);
      await timeWait(all);
      return { protocol: 'tcp', own, peer, next: () => late(all, own, peer), inbound: true };
    },
    () => ({ pid: null, uid: null, evidence: null }),
  ],
  [
    'a tcp connection in time-wait that this host had made, when the peer sends first',
    'outbound',
    async (all) => {
      const [own, peer] = await tcpClient(all);
      await timeWait(all);
      return { protocol: 'tcp', own, peer, next: () => late(all, own, peer), inbound: true };
    },
    () => ({ pid: null, uid: null, evidence: null }),
  ],
  [
    'udp that the peer has begun, over a socket without a peer',
    'inbound',
    async (all) => {
      const own = await all.near.make('udp', { host: '0.0.0.0' });
      const peer = await all.far.make('connectUdp', { host: FAR_ADDRESS, to: toNear(own) });
      return { protocol: 'udp', own, peer, next: () => all.far.write(), inbound: true };
    },
    ({ near }) => ({ pid: near.pid, uid: 0, evidence: 'socket' }),
  ],
  [
    'udp of a socket that is connected to the peer, when it sends first',
    'outbound',
    async (all) => {
      const [own, peer] = await udpClient(all);
      return { protocol: 'udp', own, peer, next: () => all.near.write(), inbound: false };
    },
    ({ near }) => ({ pid: near.pid, uid: 0, evidence: 'socket' }),
  ],
  [
    'udp of a socket that is connected to the peer, when the peer sends first',
    'outbound',
    async (all) => {
      const [own, peer] = await udpClient(all);
      return { protocol: 'udp', own, peer, next: () => all.far.send(toNear(own)), inbound: true };
    },
    ({ near }) => ({ pid: near.pid, uid: 0, evidence: 'socket' }),
  ],
  [
    'udp to a port where one socket is connected to the peer and another process takes what others send',
    'inbound',
    async (all) => {
      await all.beside.make('udp', { host: '0.0.0.0', port: NEAR_PORT });
      await all.near.make('connectUdp', { host: NEAR_ADDRESS, port: NEAR_PORT, to: toFar(FAR_PORT) });
      await all.far.make('connectUdp', { host: FAR_ADDRESS, port: FAR_PORT, to: toNear(NEAR_PORT) });
      return { protocol: 'udp', own: NEAR_PORT, peer: FAR_PORT, next: () => all.far.write(), inbound: true };
    },
    ({ near }) => ({ pid: near.pid, uid: 0, evidence: 'socket' }),
  ],
];

describe.skipIf(!canUseNamespaces || !capLoads)('live --process and lookup agree on', () => {
  it.each(SCENES)('%s: it is %s, and so is the record', async (_title, direction, make, who) => {
    using pair = new NamespacePair();
    pair.addAddresses();
    using near = new Peer(pair.near.name);
    using beside = new Peer(pair.near.name);
    using far = new Peer(pair.far.name);
    const parties = { pair, near, beside, far };
    const scene = await make(parties);
    const [byTable, byCapture, srcPort, dstPort] = await asked(parties, scene);
    expect(byTable).toEqual({ ...who(parties), direction });
    expect(byCapture).toEqual(byTable);
    const { own, peer } = scene;
    expect([srcPort, dstPort]).toEqual(direction === 'inbound' ? [peer, own] : [own, peer]);
  });
});
