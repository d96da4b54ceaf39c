/** Conversations as packets, through the engine: what is said of the flow has to be what its messages say. */

import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ethernet, ipv4, pcap, random, tcp, udp, type CaptureRecord, type Random } from '../builders/index.ts';
import { identify, type Identity } from '../../src/content/index.ts';
import { nodeCrypto } from '../../src/content/node_crypto.ts';
import { readFlows } from '../../src/index.ts';
import { payloadOf, SAMPLES, type Sample } from './messages/index.ts';

const SYN = 2;
const ACK = 16;
const START_NS = 1_700_000_000_000_000_000n;
const ISN = [0xffff_ff80, 7] as const;

/** A piece of a stream. */
interface Piece {
  readonly side: 0 | 1;
  readonly at: number;
  readonly bytes: Uint8Array;
}

class Packets {
  readonly #ports: readonly [number, number];
  readonly records: CaptureRecord[] = [];

  constructor(ports: readonly [number, number]) {
    this.#ports = ports;
  }

  segment(side: 0 | 1, at: number, payload: Uint8Array, flags = ACK): void {
    const seq = (ISN[side] + at + ((flags & SYN) === 0 ? 1 : 0)) >>> 0;
    this.#add(side, tcp({ ...this.#ends(side), seq, flags, payload }));
  }

  datagram(side: 0 | 1, payload: Uint8Array): void {
    this.#add(side, udp({ ...this.#ends(side), payload }));
  }

  #ends(side: 0 | 1): { srcPort: number; dstPort: number } {
    return { srcPort: this.#ports[side], dstPort: this.#ports[side === 0 ? 1 : 0] };
  }

  #add(side: 0 | 1, transport: ReturnType<typeof tcp>): void {
    const [src, dst] = side === 0 ? ['10.0.0.1', '10.0.0.2'] : ['10.0.0.2', '10.0.0.1'];
    const frame = transport.over(ipv4({ src, dst })).over(ethernet());
    this.records.push({ timestampNs: START_NS + BigInt(this.records.length) * 1000n, frame });
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function identityOf(records: readonly CaptureRecord[]): Promise<Identity> {
  const identities: Identity[] = [];
  for await (const { identify: identity } of readFlows(once(pcap(records)), { with: ['identify'], maxFlows: 64 }))
    if (identity !== undefined) identities.push(identity);
  expect(identities).toHaveLength(1);
  return identities[0] ?? expect.unreachable();
}

const expected = (sample: Sample): Identity => identify(payloadOf(sample), nodeCrypto);

/** What is said of the content; the bits say how it came. */
const withoutBits = ({ idBits: _bits, ...rest }: Identity): unknown => rest;

function tcpPackets({ ports }: Sample, pieces: readonly Piece[]): CaptureRecord[] {
  const packets = new Packets(ports);
  packets.segment(0, 0, new Uint8Array(0), SYN);
  packets.segment(1, 0, new Uint8Array(0), SYN | ACK);
  for (const { side, at, bytes } of pieces) packets.segment(side, at, bytes);
  return packets.records;
}

/** Both streams in pieces of `size` bytes. */
const piecesOf = ({ client, server }: Sample, size: number): Piece[] =>
  [client, server].flatMap((parts, side) =>
    parts.flatMap((stream) =>
      Array.from({ length: Math.ceil(stream.length / size) }, (_, n) => ({
        side: side as 0 | 1,
        at: n * size,
        bytes: stream.subarray(n * size, (n + 1) * size),
      })),
    ),
  );

/** Every piece goes on into the next one, by other bytes: the first ones count. */
const overlapped = (pieces: readonly Piece[]): Piece[] =>
  pieces.flatMap((piece, n) => {
    const next = pieces[n + 1];
    const other = next?.side === piece.side ? [{ ...next, bytes: next.bytes.map((byte) => byte ^ 0xff) }] : [];
    return [piece, ...(next === undefined ? [] : [next]), ...other];
  });

const ORDERS: readonly (readonly [string, (sample: Sample) => readonly Piece[]])[] = [
  ['whole', (sample) => piecesOf(sample, 1400)],
  ['in segments of one byte', (sample) => piecesOf(sample, 1)],
  ['in segments of one byte, reversed', (sample) => piecesOf(sample, 1).toReversed()],
  ['in segments of seven bytes, each one twice', (sample) => piecesOf(sample, 7).flatMap((one) => [one, one])],
  ['in segments of five bytes, overlapped by other bytes', (sample) => overlapped(piecesOf(sample, 5))],
];

describe('every protocol over TCP', () => {
  const samples = SAMPLES.filter(({ transport }) => transport === 'tcp');

  it.each(ORDERS)('is the same %s', async (_, order) => {
    const different: string[] = [];
    for (const sample of samples) {
      const identity = await identityOf(tcpPackets(sample, order(sample)));
      if (!isDeepStrictEqual(withoutBits(identity), withoutBits(expected(sample)))) different.push(sample.name);
    }
    expect(different).toEqual([]);
  });
});

describe('every protocol over UDP', () => {
  const samples = SAMPLES.filter(({ transport }) => transport === 'udp');

  it('is the same in packets', async () => {
    for (const sample of samples) {
      const packets = new Packets(sample.ports);
      for (const datagram of sample.client) packets.datagram(0, datagram);
      for (const datagram of sample.server) packets.datagram(1, datagram);
      expect(withoutBits(await identityOf(packets.records)), sample.name).toEqual(withoutBits(expected(sample)));
    }
  });
});

describe('a flow of which nothing is kept', () => {
  const bytesOf = (r: Random): Uint8Array => (r.oneIn(4) ? r.bytes(r.below(20)) : r.bytes(r.between(1, 200)));

  it('is what its messages say, which is nothing', async () => {
    const r = random(17);
    let unnamed = 0;
    for (let round = 0; round < 300; round++) {
      const transport = r.oneIn(2) ? 'tcp' : 'udp';
      const ports = [50_000, r.pick([443, 53, 80, 22, 123, 5683, 9999])] as const;
      const filled = (bytes: Uint8Array): Uint8Array[] => (bytes.length === 0 ? [] : [bytes]);
      const sample = {
        name: '',
        transport,
        ports,
        client: [r.bytes(r.between(1, 200))],
        server: r.oneIn(3) ? [] : filled(bytesOf(r)),
        expected: {},
      } satisfies Sample;
      const packets = new Packets(ports);
      for (const datagram of sample.client) packets.datagram(0, datagram);
      for (const datagram of sample.server) packets.datagram(1, datagram);
      const records = transport === 'tcp' ? tcpPackets(sample, piecesOf(sample, 1400)) : packets.records;
      const identity = await identityOf(records);
      expect(withoutBits(identity), `seed ${r.seed}, round ${round}`).toEqual(withoutBits(expected(sample)));
      if (identity.appConfidence !== 1) unnamed++;
    }
    expect(unnamed).toBeGreaterThan(250);
  });
});
