import type { ProfileName } from '../options/generate_options.ts';
import { FlowScript, ICMP, TCP, UDP } from './flow_script.ts';
import type { Conversation, Course, Ending } from './flow_script.ts';
import type { Random } from './random.ts';

/** What a capture is made of: how many packets, which flows, and how often one begins. */
export interface Profile {
  /** What it is like, for help and documents: one sentence without its full stop. */
  readonly about: string;
  /** Packets of the usual size. More or fewer change `flowCount` and the pace, not the duration. */
  readonly packetCount: number;
  /** Flows of the usual size; without it flows begin until all packets are written. */
  readonly flowCount?: number;
  /** Mean time between the starts of two flows at the usual size, microseconds. */
  readonly startGapUs: number;
  /** Frames with their payload, or cut behind the last header. */
  readonly withPayload: boolean;
  /** Draws the flow with the given number, 0-based. `packetCount` is that of the whole scaled capture. */
  readonly draw: (random: Random, index: number, startUs: number, packetCount: number) => FlowScript;
}

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  mix: {
    about: 'a busy uplink, headers only: TCP, DNS, QUIC, pings and scans, sizes of flows by the law of Zipf',
    packetCount: 10_000_000,
    startGapUs: 350,
    withPayload: false,
    draw: drawMixed,
  },
  churn: {
    about: 'flows of two packets, headers only; each answer comes some 11 ms after its question, and no flow times out',
    packetCount: 2_000_000,
    flowCount: 1_000_000,
    startGapUs: 20,
    withPayload: false,
    draw: drawPair,
  },
  'churn-held': {
    about: 'flows of two packets, headers only; all begin before the first answer comes, and answers come in any order',
    packetCount: 2_000_000,
    flowCount: 1_000_000,
    startGapUs: 10,
    withPayload: false,
    draw: drawHeldPair,
  },
  elephant: {
    about: '20 flows for each 2 million packets, headers only',
    packetCount: 2_000_000,
    flowCount: 20,
    startGapUs: 50,
    withPayload: false,
    draw: drawElephant,
  },
  full: {
    about: 'flows as in mix, whole frames',
    packetCount: 1_000_000,
    startGapUs: 2_000,
    withPayload: true,
    draw: drawMixed,
  },
};

const SILENT_COURSE: Course = {
  startUs: 0,
  packetCount: 2,
  ending: 'silent',
  answered: true,
  roundTripUs: 20_000,
  gapUs: 10_000,
  serverShare: 0.6,
  segmentSize: 1_400,
};

function drawMixed(random: Random, _index: number, startUs: number, captureSize: number): FlowScript {
  const roundTripUs = 500 + Math.floor(150_000 * random.unit() * random.unit());
  const common: Course = { ...SILENT_COURSE, startUs, roundTripUs };
  // No flow has more than a 150th of the capture, however small the scale is.
  const packetCountMax = Math.max(10, Math.floor(captureSize / 150));
  const kind = random.unit();
  if (kind < 0.05) return unansweredSyn(random, common);
  if (kind < 0.1) return refusedConnection(random, common);
  if (kind < 0.6) return connection(random, common, packetCountMax);
  if (kind < 0.84) return lookup(random, common);
  if (kind < 0.96) return datagramStream(random, common, packetCountMax);
  return echo(random, common);
}

function unansweredSyn(random: Random, common: Course): FlowScript {
  const course: Course = { ...common, packetCount: random.between(1, 4), answered: false };
  return new FlowScript(mixedConversation(random, TCP, random.between(1, 1023)), course, random);
}

function refusedConnection(random: Random, common: Course): FlowScript {
  const course: Course = { ...common, ending: 'rst' };
  return new FlowScript(mixedConversation(random, TCP, random.between(1, 9_999)), course, random);
}

function connection(random: Random, common: Course, packetCountMax: number): FlowScript {
  const end = random.unit();
  const ending: Ending = end < 0.8 ? 'fin' : end < 0.92 ? 'rst' : 'silent';
  const packetCount = 7 + random.pareto(3, packetCountMax);
  const course: Course = { ...common, packetCount, ending, gapUs: drawGapUs(random, packetCount), segmentSize: 1_428 };
  const port = random.chance(0.85) ? 443 : random.chance(0.6) ? 80 : random.between(1, 9_999);
  return new FlowScript(mixedConversation(random, TCP, port), course, random);
}

function lookup(random: Random, common: Course): FlowScript {
  const course: Course = { ...common, segmentSize: 300, answered: random.chance(0.97) };
  return new FlowScript(mixedConversation(random, UDP, 53), course, random);
}

function datagramStream(random: Random, common: Course, packetCountMax: number): FlowScript {
  const packetCount = random.pareto(3, packetCountMax);
  const course: Course = { ...common, packetCount, gapUs: drawGapUs(random, packetCount), segmentSize: 1_200 };
  const port = random.chance(0.7) ? 443 : random.between(1_024, 65_535);
  return new FlowScript(mixedConversation(random, UDP, port), course, random);
}

function echo(random: Random, common: Course): FlowScript {
  const course: Course = { ...common, packetCount: 2 * random.between(1, 5), gapUs: 500_000, segmentSize: 56 };
  return new FlowScript(mixedConversation(random, ICMP, 0), course, random);
}

/** Large flows are fast enough to end within some minutes; one small flow in ten waits for seconds between packets. */
function drawGapUs(random: Random, packetCount: number): number {
  if (packetCount > 200) return random.between(500, 8_000);
  if (random.chance(0.2)) return random.between(1_000_000, 15_000_000);
  return random.between(1_000, 150_000);
}

/** Hosts of one site (4,096) talk to servers whose popularity falls off as a cube. */
function mixedConversation(random: Random, protocol: Conversation['protocol'], serverPort: number): Conversation {
  const site = random.below(4_096);
  const popularity = random.unit();
  const server = Math.floor(65_536 * popularity * popularity * popularity);
  return {
    protocol,
    ipv6: random.chance(0.2),
    vlan: (site & 3) === 0 ? 100 + ((site >>> 2) & 7) : 0,
    client: 0x0a00_0000 + site,
    server: 0x2000_0000 + ((server * 0x1_0bd5) & 0x1fff_ffff),
    clientPort: random.between(1_024, 65_535),
    serverPort,
    timestamps: random.chance(0.7),
  };
}

function drawPair(random: Random, index: number, startUs: number): FlowScript {
  return new FlowScript(pairConversation(random, index), { ...SILENT_COURSE, startUs, segmentSize: 300 }, random);
}

/** Flows begin within 10 s. The answer comes after half a round trip and up to an eighth more: 11 to 28 s later. */
function drawHeldPair(random: Random, index: number, startUs: number): FlowScript {
  const course: Course = { ...SILENT_COURSE, startUs, roundTripUs: random.between(22_000_000, 45_000_000) };
  return new FlowScript(pairConversation(random, index), { ...course, segmentSize: 300 }, random);
}

/** 2^24 flows have each a client of their own: the multiplier is odd, so the host numbers do not repeat before. */
function pairConversation(random: Random, index: number): Conversation {
  return {
    protocol: random.chance(0.7) ? UDP : TCP,
    ipv6: random.chance(0.2),
    vlan: 0,
    client: 0x0a00_0000 + (Math.imul(index, 0x9e37_79b1) & 0xff_ffff),
    server: 0x2000_0000 + random.below(256),
    clientPort: random.between(1_024, 65_535),
    serverPort: 53,
    timestamps: true,
  };
}

function drawElephant(random: Random, index: number, startUs: number, captureSize: number): FlowScript {
  const conversation: Conversation = {
    protocol: index % 5 === 4 ? UDP : TCP,
    ipv6: index % 4 === 3,
    vlan: 0,
    client: 0x0a00_0001 + index,
    server: 0x2000_0001 + index * 7,
    clientPort: 40_000 + index,
    serverPort: 443,
    timestamps: true,
  };
  const course: Course = { ...SILENT_COURSE, startUs, packetCount: captureSize, gapUs: 600, segmentSize: 1_200 };
  return new FlowScript(conversation, course, random);
}
