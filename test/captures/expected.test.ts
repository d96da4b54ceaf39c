/**
 * Captures from public test suites with conversations counted by tshark and tcpdump. They are not part of the
 * repository: without ../shared/captures these tests are skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { etherTypeFilter, flowsOf, readCapture } from '../models/index.ts';
import { difference, modelOptions, run, type RunOptions } from '../engine/harness.ts';
import { flowLine } from '../models/index.ts';

const folder = new URL('../../../shared/captures/', import.meta.url);

interface Capture {
  readonly clean: boolean;
  readonly packets: number | null;
  readonly unreadable: boolean;
  /** Absent where no packet has a time. */
  readonly min_timestamp?: string;
  readonly max_timestamp?: string;
  readonly conv_inner: readonly unknown[] | null;
}
interface Expected {
  readonly captures: Readonly<Record<string, Capture>>;
}
interface Problem {
  readonly kind: string;
  readonly key: string;
  readonly expected?: readonly number[];
  readonly got?: readonly number[];
}
interface Comparer {
  readonly MAP: Readonly<Record<string, readonly string[]>>;
  compare(
    options: object,
    map: object,
    expected: Expected,
    text: string,
  ): { report: { equal: number }; problems: readonly Problem[] };
}

const U64_MAX = (1n << 64n) - 1n;
const YEAR_S = 86_400 * 365;
/** Nothing is cut: a conversation is one flow. */
const NEVER: RunOptions = { flowTimeout: YEAR_S, finTimeout: YEAR_S };
const WIRE_BYTES = { fwdBytes: ['wireBytesForward'], revBytes: ['wireBytesReverse'] };

/** Cut captures: what is before the cut is read, then comes the error. */
const TRUNCATED: Readonly<Record<string, number>> = {
  'dv-cut-in-packet.pcap': 5,
  'dv-cut-in-record-header.pcap': 1,
  'nd-fuzz-2021-10-13.pcap': 1,
};

/** Captures whose link type is not supported: one clear error. Of pcapng the packets are counted as not tracked. */
const UNSUPPORTED: Readonly<Record<string, number>> = {
  'td-unsupported-link-type-160.pcap': 160,
  'td-vsock-1.pcapng': 271,
};

/** Error codes of the captures that every tool refuses. */
const UNREADABLE: Readonly<Record<string, string>> = {
  'dv-cut-in-file-header.pcap': 'ERR_NOT_A_CAPTURE',
  'lp-linktype-reserved-field-not-zero.pcap': 'ERR_UNSUPPORTED_LINKTYPE',
  'lp-pcap-invalid-version-1.pcap': 'ERR_NOT_A_CAPTURE',
  'lp-pcapng-invalid-vers-1.pcapng': 'ERR_CORRUPT',
  'lp-shb-option-too-long.pcapng': 'ERR_CORRUPT',
};

/** Has 2^31 in a field of microseconds. Tools differ; here it is added as it stands. */
const MICROSECONDS_INVALID = 'td-timestamp_invalid_micro.pcap';

/** Where conversations differ although the capture was read, how many of them, and why. */
const DIFFERENCES: Readonly<
  Record<string, { readonly inner: number; readonly outer: number; readonly reason: string }>
> = {
  'lp-AH-IPcomp-IPv6.pcap': {
    inner: 2,
    outer: 0,
    reason: 'tshark decompresses IPComp; here the compressed packets are flows of protocol 108',
  },
  'td-dsa.pcap': { inner: 1, outer: 1, reason: 'tshark does not know the link type' },
  'zk-ip6-ext-trunc.pcap': {
    inner: 2,
    outer: 2,
    reason: 'the chain is cut: tshark names no protocol, here it is the last one known; packets and bytes are equal',
  },
};

describe.skipIf(!existsSync(folder))('shared captures (skipped where ../shared/captures is absent)', async () => {
  if (!existsSync(folder)) return void it('shared captures need ../shared/captures', () => expect.unreachable());
  const expected = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as Expected;
  const { MAP, compare } = (await import(new URL('compare-flows.mjs', folder).href)) as Comparer;
  const names = Object.keys(expected.captures);
  const bytesOf = (name: string): Uint8Array => readFileSync(new URL(name, folder));
  const captureOf = (name: string): Capture => expected.captures[name] as Capture;
  const readable = names.filter((name) => !(name in UNREADABLE) && !(name in UNSUPPORTED));

  for (const layer of ['outer', 'inner'] as const) {
    for (const [policy, fragments] of [
      ['attribute', 'attributed'],
      ['port0', 'port0'],
    ] as const) {
      for (const direction of ['bi', 'uni'] as const) {
        it(`have the conversations of tshark: ${layer} headers, later fragments ${fragments}, ${direction}`, async () => {
          let equal = 0;
          for (const name of readable) {
            const { lines } = await run(bytesOf(name), {
              ...NEVER,
              direction,
              decapsulate: layer === 'inner',
              fragments: policy,
            });
            for (const [bytes, map] of [
              ['ip', MAP],
              ['frame', { ...MAP, ...WIRE_BYTES }],
            ] as const) {
              const { report, problems } = compare(
                { layer, bytes, fragments, protocols: 'all', capture: name },
                map,
                expected,
                lines.join('\n'),
              );
              expect(problems.length, `${name}, ${bytes} bytes: ${JSON.stringify(problems)}`).toBe(
                DIFFERENCES[name]?.[layer] ?? 0,
              );
              if (name === 'zk-ip6-ext-trunc.pcap') expect(problems[0]?.expected).toEqual(problems[1]?.got);
              equal += report.equal;
            }
          }
          expect(equal).toBeGreaterThan(1500);
        });
      }
    }
  }

  it('that are clean differ in the name of one protocol only', () => {
    expect(Object.keys(DIFFERENCES).filter((name) => captureOf(name).clean)).toEqual(['zk-ip6-ext-trunc.pcap']);
    expect(Object.keys(UNSUPPORTED).filter((name) => captureOf(name).clean)).toEqual([]);
  });

  it('are read to the last whole packet', async () => {
    for (const name of readable) {
      const { counters, problems } = await run(bytesOf(name), NEVER);
      expect(counters.packetsSeen, name).toBe(TRUNCATED[name] ?? captureOf(name).packets);
      expect(
        problems.map((problem) => problem.code),
        name,
      ).toEqual(name in TRUNCATED ? ['ERR_TRUNCATED'] : []);
    }
  });

  it('that no tool opens, or of other link types, are one error', async () => {
    expect(names.filter((name) => captureOf(name).unreadable).sort()).toEqual(Object.keys(UNREADABLE).sort());
    for (const [name, code] of Object.entries(UNREADABLE)) {
      const { counters, problems } = await run(bytesOf(name));
      expect(
        problems.map((problem) => problem.code),
        name,
      ).toEqual([code]);
      expect(counters.packetsSeen, name).toBe(0);
    }
    for (const [name, linkType] of Object.entries(UNSUPPORTED)) {
      const { counters, problems } = await run(bytesOf(name));
      expect(problems.map((problem) => problem.message).join(), name).toMatch(new RegExp(`link type ${linkType},`));
      expect(counters.packetsNotTracked, name).toBe(name.endsWith('.pcapng') ? captureOf(name).packets : 0);
    }
  });

  it('have first and last times to the nanosecond', async () => {
    let compared = 0;
    for (const name of readable.filter((one) => captureOf(one).clean)) {
      const { flows, counters } = await run(bytesOf(name), NEVER);
      const { min_timestamp: min, max_timestamp: max } = captureOf(name);
      if (min === undefined || max === undefined || name === MICROSECONDS_INVALID) continue;
      // Packets without flow may be the first or the last: then flows lie between the two.
      const first = flows.reduce((least, { firstSeenNs }) => (firstSeenNs < least ? firstSeenNs : least), 1n << 64n);
      const last = flows.reduce((most, { lastSeenNs }) => (lastSeenNs > most ? lastSeenNs : most), 0n);
      // Simple packet blocks have no time; tools leave them out.
      const whole = counters.packetsSeen === counters.packetsDelivered && first !== 0n;
      if (whole) expect([first, last], name).toEqual([nanoseconds(min), nanoseconds(max)]);
      else
        expect(
          flows.length === 0 || first === 0n || (first >= nanoseconds(min) && last <= nanoseconds(max)),
          name,
        ).toBe(true);
      if (whole) compared++;
    }
    expect(compared).toBeGreaterThan(60);
  });

  it('give the flows of the model with short timeouts, few flows and short snaplens', async () => {
    const settings: readonly RunOptions[] = [
      {},
      { flowTimeout: 0.05, finTimeout: 0 },
      { activeTimeout: 0.5, decapsulate: true },
      { maxFlows: 3, direction: 'uni' },
      { snaplen: 64, decapsulate: true, fragments: 'port0' },
    ];
    for (const name of readable) {
      const file = bytesOf(name);
      const { records } = readCapture(file);
      for (const [n, options] of settings.entries()) {
        const want = flowsOf(records, modelOptions(options));
        const got = await run(file, { ...options, blockSize: [262_144, 997][n % 2] as number });
        expect(difference(want.flows.map(flowLine), got.lines), `${name} ${JSON.stringify(options)}`).toBeUndefined();
        expect(got.counters.packetsMalformed, name).toBe(want.counters.packetsMalformed);
      }
    }
  });

  it('are filtered by ip and ip6 as the model does, and every packet has one counter', async () => {
    const { createFilterFactory } = await import('../../src/reader/filter_maker.ts');
    for (const filter of ['', 'ip', 'ip6']) {
      const makeFilter = await createFilterFactory(filter, () => {});
      for (const name of readable) {
        const { counters } = await run(bytesOf(name), {
          ...NEVER,
          ...(makeFilter === undefined ? {} : { makeFilter }),
        });
        const { records } = readCapture(bytesOf(name));
        if (records.some(({ linkType }) => ![1, 12, 14, 101, 113, 276].includes(linkType))) continue;
        const kept = records.filter(etherTypeFilter(filter)).length;
        expect(counters.packetsFiltered, `${name}, filter "${filter}"`).toBe(records.length - kept);
      }
    }
  });
});

/** At most 2^64-1: one capture says that it is from the year 152,000. */
function nanoseconds(seconds: string): bigint {
  const [whole = '0', fraction = ''] = seconds.split('.');
  const ns = BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
  return ns < U64_MAX ? ns : U64_MAX;
}
