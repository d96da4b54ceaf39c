/**
 * The command `live` against the command `read` on the same packets, captured beside it by tcpdump: the same flows,
 * times aside. In network namespaces made for it; without the right to make them it is skipped.
 */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';
import type { CaptureRecord } from '../builders/index.ts';
import { Capture } from './capture.ts';
import { COMMAND, LiveCommand, countersAddUp } from './live_command.ts';
import type { LiveFlow } from './live_command.ts';
import { FAR, NEAR, NamespacePair, canUseTcpdump, canUseVlan } from './netns.ts';
import type { Namespace } from './netns.ts';
import { traffic } from './traffic.ts';
import type { TrafficOptions } from './traffic.ts';
import { capLoads } from '../source/cap/cap_loads.ts';

const PACKETS = 10_000;
const CONNECTIONS = 500;
/** Packets sent at once: the kernel has room for them, however long the capture has to wait. */
const PIECE = 2_000;
const RATE = 10_000;
/** Nothing that a system sends by itself. */
const FILTER = 'tcp or udp';

interface Source {
  readonly name: string;
  readonly isPossible: boolean;
  readonly args: readonly string[];
}

const SOURCES: readonly Source[] = [
  { name: 'cap', isPossible: capLoads, args: ['--capture', 'cap'] },
  { name: 'tcpdump', isPossible: true, args: ['--capture', 'tcpdump'] },
  { name: 'cap, promiscuous', isPossible: capLoads, args: ['--capture', 'cap', '--promiscuous'] },
];

/** Where the traffic is sent, and where it is captured. */
interface Line {
  readonly name: string;
  readonly from: (pair: NamespacePair) => Namespace;
  readonly fromLink: string;
  readonly link: string;
  readonly captured: string;
}

const far = (pair: NamespacePair): Namespace => pair.far;
const LINES: readonly Line[] = [
  { name: 'a veth pair', from: far, fromLink: FAR, link: NEAR, captured: NEAR },
  { name: 'any', from: far, fromLink: FAR, link: NEAR, captured: 'any' },
  { name: 'loopback', from: (pair) => pair.near, fromLink: 'lo', link: 'lo', captured: 'lo' },
];

/** What must be equal: everything but times. In one order. */
function comparable(flows: readonly LiveFlow[]): string[] {
  const aside = new Set(['firstSeen', 'lastSeen']);
  return flows.map((flow) => JSON.stringify(Object.entries(flow).filter(([name]) => !aside.has(name)))).sort();
}

function readFlows(file: string, args: readonly string[] = []): LiveFlow[] {
  const out = execFileSync(process.execPath, [COMMAND, 'read', '-f', 'jsonl', ...args, file], {
    encoding: 'latin1',
    maxBuffer: 1 << 26,
  });
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LiveFlow);
}

/** A UDP datagram with so many bytes of payload, from a port of its own. */
function datagram(size: number): CaptureRecord {
  const layers = udp({ srcPort: 1000 + size, dstPort: 9, payload: size }).over(ipv4());
  return { timestampNs: 1_700_000_000_000_000_000n, frame: Uint8Array.from(layers.over(ethernet())) };
}

describe.skipIf(!canUseTcpdump)('flows of an interface', () => {
  let pair: NamespacePair;
  beforeAll(() => {
    pair = new NamespacePair();
  });
  afterAll(() => pair?.dispose());

  /** Sends piece by piece, each when the one before was seen. */
  async function send(
    live: LiveCommand,
    options: TrafficOptions = {},
    from: Namespace = pair.far,
    link = FAR,
  ): Promise<void> {
    const records = traffic({ packets: PACKETS, connections: CONNECTIONS, ...options });
    for (let sent = 0; sent < PACKETS; sent += PIECE) {
      const piece = pair.file('piece.pcap', pcap(records.slice(sent, sent + PIECE)));
      await pair.replay(piece, { rate: RATE }, from, link);
      await live.seen(sent + PIECE);
    }
  }

  /** @param fields of flows, for `read` as well */
  async function compare(line: Line, args: readonly string[], fields: readonly string[] = []): Promise<void> {
    const beside = await Capture.start(pair.near, line.link, pair.file('beside.pcap'), {
      filter: `(${FILTER}) and not net 127.0.0.0/8`,
    });
    const live = await LiveCommand.start(
      pair,
      pair.near,
      line.captured,
      '-F',
      FILTER,
      '--count',
      String(PACKETS),
      ...args,
      ...fields,
    );
    await send(live, {}, line.from(pair), line.fromLink);
    const result = await live.end();
    expect(await beside.stop(PACKETS)).toMatchObject({ captured: PACKETS, dropped: 0 });
    expect(result.code, result.errors).toBe(0);
    expect(result.stats).toMatchObject({ packetsSeen: PACKETS, packetsDelivered: PACKETS, packetsDroppedRing: 0 });
    expect(countersAddUp(result)).toBe(true);
    const read = comparable(readFlows(beside.file, fields));
    expect(read.length).toBeGreaterThanOrEqual(CONNECTIONS);
    expect(comparable(result.flows)).toEqual(read);
  }

  for (const { name, isPossible, args } of SOURCES) {
    for (const line of LINES) {
      // A device in promiscuous mode is a device: `any` is none.
      if (line.captured === 'any' && args.includes('--promiscuous')) continue;
      it.skipIf(!isPossible)(`of ${line.name} through ${name} are those of its packets`, () => compare(line, args));
    }
  }

  it.skipIf(!capLoads).each([
    ['zeek', 'zeek.missedBytes,zeek.history,zeek.connState'],
    ['payload=500,entropy', 'payloadForward,payloadReverse,payloadCutForward,entropyForward,entropyReverse'],
  ])('with the group %s have what only whole packets show', (group, fields) =>
    compare(LINES[0] as Line, [], ['--with', group, '--fields', `srcAddress,srcPort,${fields}`]),
  );

  // Cooked frames have no VLAN tags to filter by; nothing else is on the line.
  for (const [capture, isPossible, filter] of [
    ['cap', capLoads, ''],
    ['tcpdump', true, 'vlan 7'],
  ] as const) {
    it.skipIf(!isPossible)(`of frames with a VLAN tag through ${capture} are those of its packets`, async () => {
      const beside = await Capture.start(pair.near, NEAR, pair.file('beside.pcap'), { filter: 'vlan 7' });
      const live = await LiveCommand.start(
        pair,
        pair.near,
        NEAR,
        '-F',
        filter,
        '--count',
        String(PACKETS),
        '--capture',
        capture,
      );
      await send(live, { vlanId: 7 });
      const result = await live.end();
      await beside.stop(PACKETS);
      expect(result.stats).toMatchObject({ packetsDelivered: PACKETS });
      expect(comparable(result.flows)).toEqual(comparable(readFlows(beside.file)));
    });

    it.skipIf(!isPossible)(`of datagrams of every small size through ${capture} are complete`, async () => {
      const sizes = Array.from({ length: 24 }, (_, size) => size);
      const live = await LiveCommand.start(
        pair,
        pair.near,
        NEAR,
        '-F',
        'udp',
        '--count',
        String(sizes.length),
        '--capture',
        capture,
      );
      await pair.replay(pair.file('small.pcap', pcap(sizes.map((size) => datagram(size)))), { rate: RATE });
      const { flows } = await live.end();
      expect(flows.map(({ payloadBytesForward }) => payloadBytesForward).sort((a, b) => Number(a) - Number(b))).toEqual(
        sizes,
      );
    });
  }

  it.skipIf(!canUseVlan)('of a VLAN interface are those of its packets', async () => {
    pair.addVlan(7);
    const line: Line = { name: 'VLAN', from: far, fromLink: `${FAR}.7`, link: `${NEAR}.7`, captured: `${NEAR}.7` };
    for (const { isPossible, args } of SOURCES) if (isPossible) await compare(line, args);
  });
});
