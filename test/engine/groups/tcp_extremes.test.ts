/** The group tcp of flows with more segments, and larger steps, than random conversations have. */
import { describe, expect, it } from 'vitest';
import { tcpGroup } from '../../models/groups/tcp.ts';
import { tcpRecord } from '../../models/groups/tcp_record.ts';
import { flowsOf, readCapture } from '../../models/index.ts';
import { ethernet, ipv4, pcap, tcp } from '../../builders/index.ts';
import { modelOptions, run } from '../harness.ts';
import { difference } from './difference.ts';

const PSH = 0x008;
const ACK = 0x010;
const START_NS = 1_700_000_000_000_000_000n;
const OPTIONS = { with: ['tcp'], flowTimeout: 600 } as const;

const FILE_HEADER_SIZE = 24;
/** Where the nanoseconds of a record's time are, and in a TCP header the sequence number. */
const NANOSECONDS = 4;
const SEQ = 4;
const TCP_SIZE = 20;

interface Segment {
  readonly reverse?: boolean;
  readonly seq: number;
  readonly ack: number;
  readonly flags?: number;
  readonly payload?: number;
}

/** One flow: a segment each 7 microseconds. */
function capture(segments: readonly Segment[]): Uint8Array {
  const pieces = [pcap([], { format: 'ns' })];
  segments.forEach(({ reverse = false, seq, ack, flags = ACK, payload = 0 }, n) => {
    const record = Uint8Array.from(recordOf(reverse, flags, payload));
    const view = new DataView(record.buffer);
    const at = view.byteLength - payload - TCP_SIZE;
    view.setUint32(NANOSECONDS, n * 7_000 + (n % 3 === 0 ? 500 : 0), true);
    view.setUint32(at + SEQ, seq >>> 0);
    view.setUint32(at + SEQ + 4, ack >>> 0);
    pieces.push(record);
  });
  return Buffer.concat(pieces);
}

const made = new Map<string, Uint8Array>();

/** A record at START_NS with the sequence numbers 0: each kind is made once, since there are very many. */
function recordOf(reverse: boolean, flags: number, payload: number): Uint8Array {
  const kind = `${reverse} ${flags} ${payload}`;
  const known = made.get(kind);
  if (known !== undefined) return known;
  const frame = tcp({ ...(reverse ? { srcPort: 80, dstPort: 1000 } : { srcPort: 1000, dstPort: 80 }), flags, payload })
    .over(ipv4(reverse ? { src: '10.0.0.2', dst: '10.0.0.1' } : { src: '10.0.0.1', dst: '10.0.0.2' }))
    .over(ethernet());
  const record = pcap([{ timestampNs: START_NS, frame }], { format: 'ns' }).subarray(FILE_HEADER_SIZE);
  made.set(kind, record);
  return record;
}

/** What the engine has of the one flow. */
async function groupOf(file: Uint8Array): Promise<object> {
  const { flows } = await run(file, OPTIONS);
  expect(flows.length).toBe(1);
  return flows[0]?.tcp ?? {};
}

/** The same, which must be what the model has. */
async function checkedGroupOf(file: Uint8Array): Promise<object> {
  const want: object[] = [];
  flowsOf(readCapture(file).records, {
    ...modelOptions(OPTIONS),
    onEnd: (flow) => want.push(tcpRecord(tcpGroup(flow.packets, flow.originator))),
  });
  const group = await groupOf(file);
  expect(difference(group, want[0], 'tcp')).toBeUndefined();
  return group;
}

describe('the group tcp', () => {
  it('counts more pushed segments and round trips than 16 bits hold', async () => {
    const rounds = 65_537;
    const segments: Segment[] = [];
    for (let n = 0; n < rounds; n++) {
      segments.push({ seq: 10 * n, ack: 5, flags: PSH | ACK, payload: 10 });
      segments.push({ reverse: true, seq: 5, ack: 10 * (n + 1) });
    }
    expect(await groupOf(capture(segments))).toMatchObject({
      forward: { pshCount: rounds, ackCount: rounds, rtt: { n: rounds } },
      reverse: { pshCount: 0, ackCount: rounds, duplicateAcks: 0 },
    });
  });

  it.each([
    // The acknowledgement of nothing new, behind the highest end by as much as is behind at all.
    ['2^31 bytes behind', 0x8000_0000, 1],
    ['2^31 - 1 bytes behind', 0x7fff_ffff, 0],
    ['4 GiB behind', 0x1_0000_0000, 1],
  ])('takes any acknowledgement for that of a segment that is %s', async (_, behind, trips) => {
    const segments: Segment[] = [{ seq: 100, ack: 77, payload: 10 }];
    for (let at = 0; at < behind; ) {
      const step = Math.min(0x4000_0000, behind - at);
      segments.push({ seq: 110 + at + step - 4, ack: 77, payload: 4 });
      at += step;
    }
    segments.push({ reverse: true, seq: 77, ack: 110 + behind - 0x8000_0000 });
    expect(await checkedGroupOf(capture(segments))).toMatchObject({ forward: { rtt: { n: trips } } });
  });
});
