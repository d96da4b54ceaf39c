/** Community IDs of the engine against a second implementation, the baseline of the specification, and tshark's. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { CaptureError, readFlows } from '../../src/index.ts';
import { icmp, icmpv6, ipv4, ipv6, ethernet, pcap, random, sctp, tcp, udp, udpLite } from '../builders/index.ts';
import type { Packet } from '../builders/index.ts';
import { communityId } from '../models/groups/community_id.ts';

const FOLDER = new URL('../../../shared/captures/', import.meta.url);
const NEVER_S = 31_536_000;

async function idsOf(bytes: Uint8Array, communityIdSeed = 0, snaplen = 262_144): Promise<(string | null)[]> {
  const source = (async function* () {
    yield bytes;
  })();
  const ids: (string | null)[] = [];
  for await (const flow of readFlows(source, { with: ['community-id'], maxFlows: 64, communityIdSeed, snaplen })) {
    ids.push(flow.communityId ?? null);
  }
  return ids;
}

/** What each protocol has in place of ports: see the specification. */
interface Shape {
  readonly name: string;
  readonly protocol: number;
  readonly packet: (a: number, b: number) => Packet;
  readonly ports: (a: number, b: number) => readonly [number, number] | undefined;
  readonly oneWay?: (a: number) => boolean;
}

const PAIRS = new Map([8, 0, 13, 14, 15, 16, 17, 18, 10, 9].map((type, n, all) => [type, all[n ^ 1] as number]));
const PAIRS6 = new Map(
  [128, 129, 133, 134, 135, 136, 130, 131, 139, 140, 144, 145].map((type, n, all) => [type, all[n ^ 1] as number]),
);

const portsOf = (srcPort: number, dstPort: number) => ({ srcPort, dstPort });
const SHAPES: readonly Shape[] = [
  { name: 'TCP', protocol: 6, packet: (a, b) => tcp(portsOf(a, b)), ports: (a, b) => [a, b] },
  { name: 'UDP', protocol: 17, packet: (a, b) => udp(portsOf(a, b)), ports: (a, b) => [a, b] },
  { name: 'SCTP', protocol: 132, packet: (a, b) => sctp(portsOf(a, b)), ports: (a, b) => [a, b] },
  { name: 'UDP-Lite', protocol: 136, packet: (a, b) => udpLite(portsOf(a, b)), ports: () => undefined },
  {
    name: 'ICMP',
    protocol: 1,
    packet: (a, b) => icmp({ type: a & 31, code: b & 255 }),
    ports: (a, b) => [a & 31, PAIRS.get(a & 31) ?? b & 255],
    oneWay: (a) => !PAIRS.has(a & 31),
  },
  {
    name: 'ICMPv6',
    protocol: 58,
    packet: (a, b) => icmpv6({ type: 120 + (a & 31), code: b & 255 }),
    ports: (a, b) => [120 + (a & 31), PAIRS6.get(120 + (a & 31)) ?? b & 255],
    oneWay: (a) => !PAIRS6.has(120 + (a & 31)),
  },
];

describe('the Community ID of a flow', () => {
  const numbers = random(7);

  it.each(SHAPES)('is that of a second implementation: $name', async ({ protocol, packet, ports, oneWay }) => {
    for (let round = 0; round < 40; round++) {
      const [a, b, seed] = [1 + numbers.below(65_535), 1 + numbers.below(65_535), numbers.below(65_536)];
      const octet = (): number => 1 + numbers.below(250);
      const six = protocol === 58 || numbers.below(2) === 0;
      const [src, dst] = six
        ? [`2001:db8::${octet()}`, `2001:db8::${octet()}`]
        : [`192.0.2.${octet()}`, `192.0.2.${octet()}`];
      const frame = packet(a, b)
        .over(six ? ipv6({ src, dst }) : ipv4({ src, dst }))
        .over(ethernet());
      const wanted = communityId({ src, dst, protocol, ports: ports(a, b), oneWay: oneWay?.(a) ?? false }, seed);
      expect(await idsOf(pcap([{ timestampNs: 0n, frame }]), seed), `${src} ${a} ${dst} ${b}`).toEqual([wanted]);
    }
  });

  it('is null for ICMP whose code was not captured, whatever comes after it', async () => {
    const frame = icmp({ type: 3, code: 1, payload: 40 }).over(ipv4()).over(ethernet());
    const captured = 14 + 20 + 1;
    const packets = [
      { timestampNs: 0n, frame: frame.slice(0, captured), wireLen: frame.length },
      { timestampNs: 0n, frame },
    ];
    expect(await idsOf(pcap(packets))).toEqual([null]);
  });
});

/** Both ways round; undefined: the link type of the capture cannot be decoded. */
async function idsByEnds(path: string): Promise<ReadonlyMap<string, string | null> | undefined> {
  const ids = new Map<string, string | null>();
  const options = { with: ['community-id'], maxFlows: 20_000, flowTimeout: NEVER_S, finTimeout: NEVER_S } as const;
  try {
    for await (const flow of readFlows(path, { ...options, onProblem: () => undefined })) {
      const [a, b] = [`${flow.srcAddress} ${flow.srcPort}`, `${flow.dstAddress} ${flow.dstPort}`];
      for (const key of [`${a} ${b}`, `${b} ${a}`]) ids.set(`${flow.protocol} ${key}`, flow.communityId ?? null);
    }
    return ids;
  } catch (error) {
    if (error instanceof CaptureError && error.code === 'ERR_UNSUPPORTED_LINKTYPE') return undefined;
    throw error;
  }
}

interface Baseline {
  readonly seed: number;
  readonly base64: boolean;
  readonly rows: readonly { readonly communityid: string }[];
}
interface OracleFlow {
  readonly proto: string;
  readonly a: string;
  readonly a_port: number;
  readonly b: string;
  readonly b_port: number;
  readonly community_id: string | null;
}

describe.skipIf(!existsSync(FOLDER))('the Community ID in given captures (../shared/captures)', () => {
  const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));

  it('is that of the baseline of the specification', async () => {
    const { baseline } = read('communityid.json') as { baseline: Readonly<Record<string, Baseline>> };
    const captures = readdirSync(FOLDER).filter((name) => name.startsWith('ci-'));
    expect(captures).toHaveLength(4);
    for (const { seed, base64, rows } of Object.values(baseline)) {
      if (!base64) continue;
      const ids = await Promise.all(captures.map((name) => idsOf(readFileSync(new URL(name, FOLDER)), seed)));
      expect(new Set(ids.flat())).toEqual(new Set(rows.map(({ communityid }) => communityid)));
    }
  });

  test('is that of tshark', async () => {
    const { captures } = read('oracle-analytics.json') as {
      captures: Readonly<Record<string, { readonly flows: readonly OracleFlow[] }>>;
    };
    let equal = 0;
    let undecoded = 0;
    const different: string[] = [];
    for (const [name, { flows }] of Object.entries(captures)) {
      const ids = await idsByEnds(new URL(name, FOLDER).pathname);
      if (ids === undefined) undecoded += flows.filter(({ community_id }) => community_id !== null).length;
      if (ids === undefined) continue;
      for (const { proto, a, a_port, b, b_port, community_id } of flows) {
        if (community_id === null) continue;
        const key = `${proto === 'tcp' ? 6 : 17} ${a} ${a_port} ${b} ${b_port}`;
        if (ids.get(key) === community_id) equal++;
        else different.push(`${name} ${key}`);
      }
    }
    // Both ends are the same there.
    expect(different).toEqual(['td-udp-length-heapoverflow.pcap 17 48.48.48.48 12336 48.48.48.48 12336']);
    expect(equal + undecoded).toBe(1521);
    expect(undecoded).toBeLessThanOrEqual(13);
  });
});
