import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { flowLines, flowsOf, readCapture, type FlowOptions } from './index.ts';

// Captures from public test suites with conversations counted by tshark and tcpdump. They are not part of the
// repository.
const folder = new URL('../../../shared/captures/', import.meta.url);

interface Expected {
  readonly captures: Readonly<
    Record<string, { readonly clean: boolean; readonly packets: number | null; readonly unreadable: boolean }>
  >;
}
interface Comparer {
  readonly MAP: Readonly<Record<string, readonly string[]>>;
  compare(
    options: object,
    map: object,
    expected: Expected,
    text: string,
  ): { report: { equal: number }; problems: readonly { kind: string; key: string }[] };
}

/** The chain of headers is cut: tshark names no protocol, the model the last one it knows. */
const CHAIN_CUT = 'zk-ip6-ext-trunc.pcap';

const NEVER: FlowOptions = { flowTimeoutNs: 1n << 62n, finTimeoutNs: 1n << 61n };
const WIRE_BYTES = { fwdBytes: ['wireBytesForward'], revBytes: ['wireBytesReverse'] };

describe.skipIf(!existsSync(folder))(
  'the oracle on the shared captures (skipped where ../shared/captures is absent)',
  async () => {
    if (!existsSync(folder)) return void it('needs the captures', () => expect.unreachable());
    const expected = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as Expected;
    const { MAP, compare } = (await import(new URL('compare-flows.mjs', folder).href)) as Comparer;
    const read = (name: string) => readCapture(readFileSync(new URL(name, folder)));
    const clean = Object.keys(expected.captures).filter((name) => expected.captures[name]?.clean === true);

    it('reads as many records as every tool', () => {
      for (const name of clean) expect(read(name).records.length, name).toBe(expected.captures[name]?.packets);
    });

    it('refuses what every tool refuses', () => {
      const unreadable = Object.keys(expected.captures).filter((name) => expected.captures[name]?.unreadable === true);
      expect(unreadable.length).toBeGreaterThan(3);
      for (const name of unreadable)
        expect(read(name), name).toMatchObject({ records: [], error: { code: expect.any(String) } });
    });

    for (const layer of ['inner', 'outer'] as const) {
      for (const [policy, fragments] of [
        ['attribute', 'attributed'],
        ['port0', 'port0'],
      ] as const) {
        it(`counts the conversations of tshark: ${layer} headers, later fragments ${fragments}`, () => {
          let equal = 0;
          for (const name of clean.filter((one) => one !== CHAIN_CUT)) {
            const { flows } = flowsOf(read(name).records, {
              ...NEVER,
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
                flowLines(flows),
              );
              expect(problems, `${name}, ${bytes} bytes`).toEqual([]);
              equal += report.equal;
            }
          }
          expect(equal).toBeGreaterThan(1000);
        });
      }
    }

    it('sums both directions of uni flows to the bi flow', () => {
      for (const name of clean) {
        const { records } = read(name);
        const total = (direction: 'uni' | 'bi') => {
          const { flows, counters } = flowsOf(records, { ...NEVER, direction });
          const sums = flows.reduce(
            (sum, flow) => [
              (sum[0] ?? 0) + flow.packetsForward + flow.packetsReverse,
              (sum[1] ?? 0) + flow.bytesForward + flow.bytesReverse,
              (sum[2] ?? 0) + flow.payloadBytesForward + flow.payloadBytesReverse,
            ],
            [0, 0, 0],
          );
          expect(sums[0], name).toBe(counters.packetsDelivered);
          return sums;
        };
        expect(total('uni'), name).toEqual(total('bi'));
      }
    });
  },
);
