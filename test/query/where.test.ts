/** The language of `where`: what it means, compared with plain JavaScript over the records, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { readFlows } from '../../src/index.ts';
import type { Flow } from '../../src/index.ts';
import { WhereError } from '../../src/query/error.ts';

const TOUR = 'pcaps/tour.pcap';

async function flowsOf(where?: string, groups: readonly ('tcp' | 'community-id')[] = []): Promise<Flow[]> {
  const flows: Flow[] = [];
  for await (const flow of readFlows(TOUR, { maxFlows: 4096, with: groups, ...(where === undefined ? {} : { where }) }))
    flows.push(flow);
  return flows;
}

const bytes = (f: Flow): number => f.bytesForward + f.bytesReverse;
const packets = (f: Flow): number => f.packetsForward + f.packetsReverse;
const seconds = (f: Flow): number => Number(f.lastSeenNs - f.firstSeenNs) / 1e9;
const isPort = (f: Flow, ...ports: number[]): boolean => ports.includes(f.srcPort) || ports.includes(f.dstPort);

const all = await flowsOf(undefined, ['tcp', 'community-id']);

const MEANINGS: readonly (readonly [string, (flow: Flow) => boolean])[] = [
  [
    'bytes > 1e3 and duration < 2 and dstPort in (80,443) and srcAddress in 192.0.2.0/24',
    (f) => bytes(f) > 1000 && seconds(f) < 2 && [80, 443].includes(f.dstPort) && f.srcAddress.startsWith('192.0.2.'),
  ],
  ['bytes >= 573', (f) => bytes(f) >= 573],
  ['573 < bytes', (f) => bytes(f) > 573],
  ['bytes = 92', (f) => bytes(f) === 92],
  ['bytes != 92', (f) => bytes(f) !== 92],
  ['not bytes = 92', (f) => bytes(f) !== 92],
  ['bytes <= 1KiB', (f) => bytes(f) <= 1024],
  ['bytes > 1_000 && bytes < 0.1MB', (f) => bytes(f) > 1000 && bytes(f) < 100_000],
  ['packets = 2 or packets = 3 and protocol = udp', (f) => packets(f) === 2 || (packets(f) === 3 && f.protocol === 17)],
  ['(packets = 2 or packets = 3) and protocol = udp', (f) => [2, 3].includes(packets(f)) && f.protocol === 17],
  ['protocol in (TCP, icmp, 58)', (f) => [6, 1, 58].includes(f.protocol)],
  ['protocol not in (tcp, udp)', (f) => f.protocol !== 6 && f.protocol !== 17],
  ['dstPort in (20..25, 443)', (f) => (f.dstPort >= 20 && f.dstPort <= 25) || f.dstPort === 443],
  ['dstPort in 0x16', (f) => f.dstPort === 22],
  ['port = 53', (f) => isPort(f, 53)],
  ['port != 53', (f) => !isPort(f, 53)],
  ['port in (53, 123)', (f) => isPort(f, 53, 123)],
  ['port not in (53, 123)', (f) => !isPort(f, 53, 123)],
  ['port in 100..200', (f) => [f.srcPort, f.dstPort].some((port) => port >= 100 && port <= 200)],
  ['address in 2001:db8::/32', (f) => f.srcAddress.startsWith('2001:db8:')],
  ['address = 203.0.113.80', (f) => [f.srcAddress, f.dstAddress].includes('203.0.113.80')],
  ['srcAddress != "2001:db8:1::10"', (f) => f.srcAddress !== '2001:db8:1::10'],
  ['srcAddress in (198.51.100.66, 2001:db8:1::/48)', (f) => /^(198\.51\.100\.66|2001:db8:1:.*)$/.test(f.srcAddress)],
  ['srcAddress = dstAddress', (f) => f.srcAddress === f.dstAddress],
  ['endReason = fin', (f) => f.endReason === 'fin'],
  ["endReason in (rst, 'idle')", (f) => ['rst', 'idle'].includes(f.endReason)],
  ['endReason != idle', (f) => f.endReason !== 'idle'],
  ['tcpFlagsForward is null', (f) => f.tcpFlagsForward === null],
  ['tcpFlagsForward is not null', (f) => f.tcpFlagsForward !== null],
  ['tcpFlagsForward = null', (f) => f.tcpFlagsForward === null],
  ['tcpFlagsForward != 2', (f) => f.tcpFlagsForward !== null && f.tcpFlagsForward !== 2],
  ['tcpFlagsForward not in (2, 3)', (f) => f.tcpFlagsForward !== null && ![2, 3].includes(f.tcpFlagsForward)],
  ['not tcpFlagsForward = 2', (f) => f.tcpFlagsForward !== 2],
  ['tcpFlagsReverse has (syn, ack)', (f) => ((f.tcpFlagsReverse ?? 0) & 0x12) === 0x12],
  ['tcpFlagsForward has rst', (f) => ((f.tcpFlagsForward ?? 0) & 4) !== 0],
  ['tcpFlagsForward & 0x05 = 4', (f) => f.tcpFlagsForward !== null && (f.tcpFlagsForward & 5) === 4],
  ['duration > 100ms', (f) => seconds(f) > 0.1],
  ['duration <= 217ms', (f) => seconds(f) <= 0.217],
  ['duration >= 1min or duration = 0s', (f) => seconds(f) >= 60 || seconds(f) === 0],
  ['bitsPerSecond > 100kbps', (f) => seconds(f) > 0 && (bytes(f) * 8) / seconds(f) > 100_000],
  ['packetsPerSecond < 50', (f) => seconds(f) > 0 && packets(f) / seconds(f) < 50],
  ['bitsPerSecond is null', (f) => seconds(f) === 0],
  ['service = https', (f) => f.dstPort === 443],
  ['service is null', (f) => ![20, 21, 22, 23, 53, 80, 123, 443, 445, 3389, 5353, 8080].includes(f.dstPort)],
  ['bytesForward > 2 * bytesReverse', (f) => f.bytesForward > 2 * f.bytesReverse],
  ['bytesForward + bytesReverse - bytes = 0', () => true],
  ['bytes / packets > 100', (f) => bytes(f) / packets(f) > 100],
  ['-bytes < -1000', (f) => bytes(f) > 1000],
  ['lastSeen - firstSeen > 0.4', (f) => seconds(f) > 0.4],
  ['firstSeen >= 2023-11-14T22:13:28Z', (f) => f.firstSeenNs >= 1_700_000_008_000_000_000n],
  ['firstSeen < "2023-11-14T23:13:28+01:00"', (f) => f.firstSeenNs < 1_700_000_008_000_000_000n],
  ['firstSeen = 1700000000.56', (f) => f.firstSeenNs === 1_700_000_000_560_000_000n],
  ['firstSeen = lastSeen', (f) => f.firstSeenNs === f.lastSeenNs],
  ['firstSeen in 2023-11-14T22:13:20Z..2023-11-14T22:13:25Z', (f) => f.firstSeenNs <= 1_700_000_005_000_000_000n],
  ['true and not false', () => true],
];

describe('where', () => {
  it.each(MEANINGS)('chooses the flows with %s', async (where, means) => {
    const plain = await flowsOf();
    expect(await flowsOf(where)).toEqual(plain.filter(means));
  });

  it('tells flows from others: no meaning above is trivial by accident', () => {
    const trivial = MEANINGS.filter(([, means]) => new Set(all.map(means)).size === 1).map(([where]) => where);
    expect(trivial).toEqual([
      'srcAddress = dstAddress',
      'bytesForward + bytesReverse - bytes = 0',
      'true and not false',
    ]);
  });

  it('reads fields of groups, which UDP flows lack', async () => {
    const where = 'tcp.forward.rtt.n >= 1';
    const found = await flowsOf(where, ['tcp']);
    expect(found).toEqual((await flowsOf(undefined, ['tcp'])).filter(({ tcp }) => (tcp?.forward.rtt.n ?? 0) >= 1));
    expect(found.length).toBeGreaterThan(0);
    const lacking = await flowsOf('tcp.forward.rtt.n is null', ['tcp']);
    expect(lacking.length).toBe(all.filter(({ tcp }) => tcp?.forward.rtt.n == null).length);
  });

  it('scales times to fields of nanoseconds', async () => {
    const found = await flowsOf('tcp.rttSynAck > 10ms', ['tcp']);
    expect(found).toEqual((await flowsOf(undefined, ['tcp'])).filter(({ tcp }) => (tcp?.rttSynAck ?? 0) > 1e7));
    expect(found.length).toBeGreaterThan(0);
  });

  it('compares texts of groups', async () => {
    const { communityId = null } = all[3] ?? {};
    const found = await flowsOf(`communityId = "${communityId}"`, ['community-id']);
    expect(found.map((flow) => flow.communityId)).toEqual([communityId]);
  });
});

const REFUSED: readonly (readonly [string, string, number])[] = [
  ['', 'the expression is empty', 0],
  ['byts > 1', "unknown field 'byts'; did you mean 'bytes'?", 0],
  ['bytes > 1 and dstprot = 2', "unknown field 'dstprot'; did you mean 'dstPort'?", 14],
  ['colour = 1', "unknown field 'colour'; docs/schema.md lists the fields", 0],
  ['bytes >', 'the expression ends where a field or a value is expected', 7],
  ['bytes > 1 duration', "found 'duration' where and, or, or the end is expected", 10],
  ['(bytes > 1', "the expression ends where ')' is expected", 10],
  ['bytes', 'bytes is a number, not a condition; compare it: bytes > 0', 0],
  ['srcAddress', 'srcAddress is an address, not a condition; compare it: srcAddress = ...', 0],
  ['srcAddress in 10.0.0.1/8', '10.0.0.1/8 has bits behind its prefix; is a shorter or a longer prefix meant?', 14],
  ['srcAddress in 10.0.0.0/33', 'the prefix length 33 is too large; it is at most 32', 23],
  ['srcAddress = 10.0.0.256', "'10.0.0.256' is not an IPv4 address; each part is a number from 0 to 255", 13],
  ['srcAddress = 1:2:3:4:5:6:7:8:9', "'1:2:3:4:5:6:7:8:9' is not an IPv6 address", 13],
  ['srcAddress = 1::2::3', "'1::2::3' is not an IPv6 address", 13],
  ['srcAddress > 10.0.0.1', 'srcAddress is an address, which has no order; use =, != or in', 11],
  ['srcAddress = 1', 'srcAddress is an address, 1 is a number: they cannot be compared', 11],
  ['bytes > 5s', '5s counts seconds, but bytes counts bytes', 8],
  ['dstPort > 5s', '5s counts seconds, but dstPort is a plain number', 10],
  ['bytes > 5 parsecs', "found 'parsecs' where and, or, or the end is expected", 10],
  ['bytes > 5parsecs', "unknown unit 'parsecs'", 9],
  ['bytes = "5"', 'bytes is a number, "5" is a text: they cannot be compared', 6],
  ['endReason = fni', "unknown endReason 'fni'; did you mean 'fin'?", 12],
  ['endReason = 1', 'endReason is a text, 1 is a number: they cannot be compared', 10],
  ['protocol = tpc', "unknown protocol 'tpc'; did you mean 'tcp'?", 11],
  ['tcpFlagsForward has sin', "unknown TCP flag 'sin'", 20],
  ['bytes has syn', 'bytes has no TCP flags; tcpFlagsForward and tcpFlagsReverse have', 0],
  ['tcp.forward.isn = 1', "'tcp.forward.isn' is a field of a group that is not on; add with: ['tcp']", 0],
  ['port * 2 = 4', 'port is either of two values; name one of them to compute with it', 0],
  ['srcAddress + 1 = 2', 'srcAddress is an address; only numbers can be computed with', 0],
  ['firstSeen > "yesterday"', `'yesterday' is not a time; write 2024-05-31T12:00:00Z or seconds since the epoch`, 12],
  ['firstSeen > "2023-02-31"', "'2023-02-31' is not a time", 12],
  ['1 is null', '1 is not a field; only a field can be null', 0],
  ['bytes is 1', "found '1' where 'null' is expected", 9],
  ['bytes not 1', "found '1' where 'in' is expected", 10],
  ['"abc', 'the text has no closing "', 0],
  ['bytes # 1', "'#' is not a part of an expression", 6],
  [`${'('.repeat(300)}true`, 'the expression is nested too deeply', 201],
];

describe('where refuses', () => {
  it.each(REFUSED)('with its place: %s', (where, message, column) => {
    const refused = catching(() => readFlows(TOUR, { where }));
    expect(refused).toBeInstanceOf(WhereError);
    expect(refused).toMatchObject({ code: 'ERR_WHERE_SYNTAX', column });
    const [first = '', , caret = ''] = refused.message.split('\n');
    expect(first).toContain(message);
    expect(caret.trim()).toBe('^');
    if (column <= 60) expect(caret).toHaveLength(column + 3);
  });

  it('what is not text', () => {
    expect(() => readFlows(TOUR, { where: 1 as unknown as string })).toThrow(TypeError);
  });
});

function catching(work: () => unknown): WhereError {
  try {
    work();
  } catch (error) {
    return error as WhereError;
  }
  throw new Error('it was not refused');
}
