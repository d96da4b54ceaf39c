/**
 * What each header must pass, through the engine itself: all fields read, cut at every byte, every byte impossible.
 * Each frame is a capture of its own kind; what a cut or wrong byte must lead to is said by the model.
 */
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../../src/flow/flow.ts';
import { ipv4, ipv6, pcap, udp, type Packet } from '../../builders/index.ts';
import { commonCounters, difference, modelOptions, run } from '../../engine/harness.ts';
import { flowLine, flowsOf, readCapture } from '../../models/index.ts';

/** What is inside of the headers: a datagram, over IPv4 and IPv6, and what must be read of it. */
export const ENDS = { src: '192.0.2.1', dst: '198.51.100.2' };
export const ENDS6 = { src: '2001:db8::1', dst: '2001:db8::2' };
export const datagram = udp({ srcPort: 1234, dstPort: 53, payload: 5 });
export const packet = datagram.over(ipv4(ENDS));
export const packet6 = datagram.over(ipv6(ENDS6));
export const V4: Partial<Flow> = {
  srcAddress: ENDS.src,
  dstAddress: ENDS.dst,
  srcPort: 1234,
  dstPort: 53,
  protocol: 17,
};
export const V6: Partial<Flow> = { ...V4, srcAddress: ENDS6.src, dstAddress: ENDS6.dst };

export interface HeaderCase {
  readonly name: string;
  readonly linkType: number;
  readonly frame: Packet;
  /** What must be read of it. */
  readonly flow: Partial<Flow>;
  readonly decapsulate?: boolean;
}

/** Each variant is a record of its own, an hour after the one before it: a flow of its own. */
async function expectModel(
  { linkType, decapsulate = false }: HeaderCase,
  frames: readonly Uint8Array[],
  wireLen: number,
): Promise<void> {
  const file = pcap(
    frames.map((frame, n) => ({ timestampNs: BigInt(n) * 3_600_000_000_000n, frame, wireLen })),
    { linkType },
  );
  for (const direction of ['bi', 'uni'] as const) {
    const options = { decapsulate, direction };
    const want = flowsOf(readCapture(file).records, modelOptions(options));
    const got = await run(file, options);
    expect(difference(want.flows.map(flowLine), got.lines)).toBeUndefined();
    expect(commonCounters(got.counters)).toEqual(want.counters);
    expect(got.counters.packetsSeen).toBe(frames.length);
  }
}

export function testHeaders(cases: readonly HeaderCase[]): void {
  for (const one of cases) {
    describe(`the engine, given ${one.name},`, () => {
      const frame = Uint8Array.from(one.frame);

      it('reads every field', async () => {
        const { flows, counters } = await run(
          pcap([{ timestampNs: 5n * 10n ** 9n, frame }], { linkType: one.linkType }),
          { decapsulate: one.decapsulate ?? false },
        );
        expect(flows).toHaveLength(1);
        expect(flows[0]).toMatchObject(one.flow);
        expect((flows[0] as Flow).wireBytesForward + (flows[0] as Flow).wireBytesReverse).toBe(frame.length);
        expect(counters.truncated).toBe(0);
      });

      it('reads no further than the capture goes, wherever it is cut', () =>
        expectModel(
          one,
          Array.from(frame, (_, size) => frame.slice(0, size)),
          frame.length,
        ));

      it('takes no length on trust, whichever byte is impossible', () =>
        expectModel(
          one,
          Array.from(frame, (_, at) =>
            [0, 1, 0x7f, 0xff].map((value) => {
              const changed = frame.slice();
              changed[at] = value;
              return changed;
            }),
          ).flat(),
          frame.length,
        ));
    });
  }
}
