/**
 * Filters inside the engine: it keeps what libpcap keeps, or where libpcap stops reading, what the interpreter keeps.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FParser, CaptureError, FParserError, readFlows } from '../../src/index.ts';
import type { EngineCounters, Flow } from '../../src/index.ts';
import { FilterError, compileProgram, formatProgram, interpret } from '../../src/filter/index.ts';
import type { BpfProgram } from '../../src/filter/index.ts';
import type { FilterOption } from '../../src/reader/filter_maker.ts';
import { engineOptions } from '../../src/reader/options.ts';
import type { ReadOptions } from '../../src/reader/read_options.ts';
import { openReader } from '../../src/reader/open_reader.ts';
import { enhancedPacket, ethernet, interfaceBlock, ipv4, pcap, pcapng, sll, tcp, udp } from '../builders/index.ts';
import { readFrames } from './capture_reader.ts';
import type { CapturedFrame } from './capture_reader.ts';

const SHARED = new URL('../../../shared/captures/', import.meta.url);
const OWN = new URL('../../pcaps/', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-filter-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** `counters` is undefined when reading could not begin. */
interface Outcome {
  readonly counters: EngineCounters | undefined;
  readonly problems: readonly FParserError[];
}

/** Reads a capture as the command does, and throws its flows away. */
async function read(path: string, filter: FilterOption, options: ReadOptions = {}): Promise<Outcome> {
  try {
    const reader = await openReader(
      [path],
      engineOptions({ maxFlows: 64, blockSize: 65536, ...options }),
      filter,
      () => {},
    );
    await reader.start();
    while (await reader.advance()) reader.engine.release(reader.engine.closedCount);
    return { counters: reader.engine.counters(), problems: reader.problems };
  } catch (error) {
    if (error instanceof FParserError) return { counters: undefined, problems: [error] };
    throw error;
  }
}

/** Packets of link types that the engine knows which passed the filter. */
function kept({ packetsSeen, packetsFiltered, notTracked }: EngineCounters): number {
  return packetsSeen - packetsFiltered - notTracked.unsupportedLinkType;
}

/** How many of the frames the plain interpreter keeps; 'E' when a link type refuses the expression. */
function interpreted(expression: string, frames: readonly CapturedFrame[]): number | 'E' {
  const programs = new Map<string, BpfProgram>();
  try {
    return frames.filter(({ linkType, bigEndian, bytes, wireLength }) => {
      const key = `${linkType} ${bigEndian}`;
      const program = programs.get(key) ?? compileProgram(expression, { linkType, byteSwapped: bigEndian });
      programs.set(key, program);
      return interpret(program, bytes, wireLength) !== 0;
    }).length;
  } catch (error) {
    if (error instanceof FilterError) return 'E';
    throw error;
  }
}

/** Captures of link types that are newer than the libpcap of the expected counts. */
const COMPILED_HERE: ReadonlySet<string> = new Set(['td-dsa.pcap', 'td-ipoib.pcap']);

/**
 * Each capture goes through the engine with every so many of the expressions, beginning with another one than the
 * capture before it. captures.test.ts has all of them without the engine.
 */
const EVERY = Number(process.env.FILTER_EVERY ?? 12);

/** What the engine keeps of a capture; 'E' when it refuses the filter. */
async function keptByEngine(path: string, expression: string): Promise<number | 'E'> {
  const { counters, problems } = await read(path, expression);
  if (problems.some((problem) => problem instanceof FilterError || problem.cause instanceof FilterError)) return 'E';
  return counters === undefined ? 0 : kept(counters);
}

describe.skipIf(!existsSync(SHARED))('the engine keeps of the shared captures what libpcap keeps', () => {
  interface Expected {
    readonly filters: readonly string[];
    readonly captures: Readonly<Record<string, { readonly filter_counts?: readonly (number | 'R' | 'E')[] | null }>>;
  }
  const { filters, captures } = existsSync(SHARED)
    ? (JSON.parse(readFileSync(new URL('expected.json', SHARED), 'utf8')) as Expected)
    : { filters: [], captures: {} };

  for (const [number, [name, { filter_counts: counts }]] of Object.entries(captures).entries()) {
    if (!counts) continue;
    it(name, async () => {
      const path = new URL(name, SHARED).pathname;
      const file = readFileSync(path);
      const frames = readFrames(file, 'all');
      const libpcapReadsAll = readFrames(file).length === frames.length;
      const unfiltered = await read(path, '');
      const isSupported = unfiltered.counters !== undefined && kept(unfiltered.counters) > 0;
      if (!isSupported && frames.length > 0)
        expect(unfiltered.problems).toMatchObject([{ code: 'ERR_UNSUPPORTED_LINKTYPE' }]);
      const differences: string[] = [];
      for (const [index, expression] of filters.entries()) {
        if ((number + index) % EVERY !== 0) continue;
        const count = counts[index] === 'R' ? 0 : counts[index];
        // This libpcap compiles no such filter for its link type, and we do.
        if (count === 'E' && COMPILED_HERE.has(name)) continue;
        const wanted = libpcapReadsAll ? count : interpreted(expression, frames);
        const got = await keptByEngine(path, expression);
        if (got !== (isSupported ? wanted : 0)) differences.push(`${expression}: ${got}, expected ${wanted}`);
      }
      // A file without packets has interfaces that may refuse an expression all the same.
      if (frames.length > 0) expect(differences).toEqual([]);
    });
  }
});

describe('the engine keeps of the captures here what the interpreter keeps', () => {
  const expressions = [
    'tcp',
    'udp port 53',
    'not ip',
    'ip6 and not icmp6',
    'vlan and ip',
    'tcp[tcpflags] & tcp-syn != 0',
    'ip[6:2] & 0x1fff != 0',
    'len > 100',
    'greater 70 and less 90',
    'net 10.0.0.0/8',
    'port 80 or port 443',
    'ip proto 47',
    'mpls',
    'pppoes and ip',
  ];
  for (const name of readdirSync(OWN).filter((file) => /\.pcap(ng)?$/.test(file))) {
    it(name, async () => {
      const path = new URL(name, OWN).pathname;
      const frames = readFrames(readFileSync(path), 'all');
      for (const expression of expressions) {
        expect(await keptByEngine(path, expression), expression).toBe(interpreted(expression, frames));
      }
    });
  }
});

/** A frame a second. */
function timed(frames: readonly Uint8Array[]): { timestampNs: bigint; frame: Uint8Array }[] {
  return frames.map((frame, second) => ({ timestampNs: BigInt(second) * 1_000_000_000n, frame }));
}

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function collect(flows: AsyncIterable<Flow>): Promise<Flow[]> {
  const list: Flow[] = [];
  for await (const flow of flows) list.push(flow);
  return list;
}

describe('a filter that a link type refuses', () => {
  const overEthernet = [1, 2, 3].map((srcPort) => tcp({ srcPort }).over(ipv4()).over(ethernet()));
  const cooked = tcp({ srcPort: 4 }).over(ipv4()).over(sll());
  const packets = (frames: readonly Uint8Array[], interfaceId: number) =>
    timed(frames).map((record) => enhancedPacket({ ...record, interfaceId }));
  const later = file(
    'later.pcapng',
    pcapng([
      interfaceBlock({ linkType: 1 }),
      ...packets(overEthernet, 0),
      interfaceBlock({ linkType: 113 }),
      ...packets([cooked], 1),
      ...packets(overEthernet, 0),
    ]),
  );
  const first = file('first.pcap', pcap(timed([cooked]), { linkType: 113 }));
  const expression = 'tcp or vlan';
  const refusal = {
    code: 'ERR_FILTER_SYNTAX',
    message: expect.stringMatching(/link type 113: no VLAN support .*\n {2}tcp or vlan\n {9}\^$/s),
  };

  it('is a problem where its interface comes, and costs only that interface', async () => {
    const problems: Error[] = [];
    const flows = await collect(
      readFlows(later, { filter: expression, onProblem: (problem) => problems.push(problem) }),
    );
    expect(flows.map(({ srcPort, packetsForward }) => [srcPort, packetsForward])).toEqual([
      [1, 2],
      [2, 2],
      [3, 2],
    ]);
    expect(problems).toEqual([expect.objectContaining(refusal)]);
    expect(problems[0]).toBeInstanceOf(CaptureError);
    expect(problems[0]?.cause).toBeInstanceOf(FilterError);
  });

  it('is thrown after the last flow when nobody takes problems', async () => {
    const flows: Flow[] = [];
    const reading = (async () => {
      for await (const flow of readFlows(later, { filter: expression })) flows.push(flow);
    })();
    await expect(reading).rejects.toMatchObject(refusal);
    expect(flows).toHaveLength(3);
  });

  it('is an error at once for the link type of the file', async () => {
    const { counters, problems } = await read(first, expression);
    expect(counters).toBeUndefined();
    expect(problems).toEqual([expect.objectContaining(refusal)]);
  });

  it('does not keep the next file from being read', async () => {
    const problems: Error[] = [];
    const next = file('next.pcap', pcap(timed(overEthernet)));
    const reader = readFlows([later, next], { filter: expression, onProblem: (problem) => problems.push(problem) });
    await collect(reader);
    expect(reader.counters).toMatchObject({ packetsSeen: 10, packetsDelivered: 9, packetsNotTracked: 1 });
    expect(problems).toHaveLength(1);
  });
});

describe('a filter option', () => {
  const frames = [53, 80, 443].flatMap((dstPort) =>
    [tcp, udp].map((make) => make({ dstPort, payload: 200 }).over(ipv4()).over(ethernet())),
  );
  const path = file('ports.pcap', pcap(timed(frames)));
  const numbers = (expression: string): number[] =>
    formatProgram(compileProgram(expression), 'ddd').trim().split(/\s+/).map(Number);

  it('may be the numbers of a program', async () => {
    const byText = await collect(readFlows(path, { filter: 'udp dst port 53 or tcp dst port 443' }));
    const byNumbers = await collect(readFlows(path, { filter: numbers('udp dst port 53 or tcp dst port 443') }));
    expect(byText.map(({ protocol, dstPort }) => [protocol, dstPort])).toEqual([
      [17, 53],
      [6, 443],
    ]);
    expect(byNumbers).toEqual(byText);
  });

  it('may be the numbers of a program for FParser', async () => {
    const parser = new FParser(path, { isFile: true, filter: numbers('tcp') });
    const info = await parser.done;
    expect([info.packetsSeen, info.packetsFiltered]).toEqual([6, 3]);
  });

  it('is refused when the numbers are no program', async () => {
    await expect(collect(readFlows(path, { filter: [1, 6, 0, 0] }))).rejects.toMatchObject({
      code: 'ERR_FILTER_PROGRAM',
    });
    await expect(collect(readFlows(path, { filter: [1, 21, 0, 0, 0] }))).rejects.toMatchObject({
      code: 'ERR_FILTER_PROGRAM',
    });
    expect(() => readFlows(path, { filter: [0.5] })).toThrow(TypeError);
  });

  it('is wrong before the file is looked at', async () => {
    const { problems } = await read(join(folder, 'nowhere.pcap'), 'tcp port');
    expect(problems).toEqual([expect.objectContaining({ code: 'ERR_FILTER_SYNTAX' })]);
  });

  it('sees the whole captured frame whatever the snap length', async () => {
    const { counters } = await read(path, 'ether[200:4] != 0xffffffff and len > 200', { snaplen: 64 });
    expect(counters).toMatchObject({ packetsSeen: 6, packetsFiltered: 0, packetsDelivered: 6 });
  });

  it('that can never match keeps nothing and says so', async () => {
    const warnings: string[] = [];
    const reader = await openReader([path], engineOptions({}), 'arp and udp', (warning) => warnings.push(warning));
    await reader.start();
    while (await reader.advance()) reader.engine.release(reader.engine.closedCount);
    expect(reader.engine.counters()).toMatchObject({ packetsSeen: 6, packetsFiltered: 6, flowsStarted: 0 });
    expect(warnings).toEqual(["filter 'arp and udp': expression rejects all packets"]);
  });
});
