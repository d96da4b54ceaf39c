/** Letters, gaps and cuts of conn.log that hardly any capture has: each as the rules say it, worked out by hand. */

import { describe, expect, test } from 'vitest';
import { ethernet, ipv4, tcp, udp } from '../../builders/index.ts';
import { zeekConnections, type ConnRow } from './zeek.ts';

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;
const SECOND_NS = 1_000_000_000n;

interface Step {
  /** Who sends: the originator or the responder. */
  readonly by: 'o' | 'r';
  readonly flags: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly payload?: number;
  readonly win?: number;
  /** Seconds since the step before; default 1 ms. */
  readonly after?: number;
}

const ORIGINATOR = { address: '10.0.0.1', port: 1000 };
const RESPONDER = { address: '10.0.0.2', port: 9000 };

function frames(steps: readonly Step[]) {
  let timestampNs = 1_700_000_000n * SECOND_NS;
  return steps.map(({ by, after = 0.001, ...fields }) => {
    timestampNs += BigInt(Math.round(after * 1e9));
    const [from, to] = by === 'o' ? [ORIGINATOR, RESPONDER] : [RESPONDER, ORIGINATOR];
    const packet = tcp({ srcPort: from.port, dstPort: to.port, win: 1000, ...fields });
    const bytes = Uint8Array.from(packet.over(ipv4({ src: from.address, dst: to.address })).over(ethernet()));
    return { timestampNs, bytes, wireLen: bytes.length, linkType: 1 };
  });
}

const conns = (steps: readonly Step[]): ConnRow[] => zeekConnections(frames(steps));
const HANDSHAKE: readonly Step[] = [
  { by: 'o', flags: SYN, seq: 0 },
  { by: 'r', flags: SYN | ACK, seq: 100, ack: 1 },
  { by: 'o', flags: ACK, seq: 1, ack: 101 },
];
const repeated = (count: number, step: (n: number) => Step): Step[] => Array.from({ length: count }, (_, n) => step(n));

describe('the history of a connection', () => {
  test('has W for a window of 0 at the 1st and the 10th time', () => {
    const [row] = conns([...HANDSHAKE, ...repeated(12, () => ({ by: 'r', flags: ACK, seq: 101, ack: 1, win: 0 }))]);
    expect(row?.history).toBe('ShAaww');
  });

  test('has no W for a RST, and none when the other side has sent its FIN', () => {
    const reset = conns([...HANDSHAKE, { by: 'r', flags: RST | ACK, seq: 101, ack: 1, win: 0 }]);
    expect(reset[0]).toMatchObject({ history: 'ShAr', conn_state: 'RSTR' });
    const fin: Step = { by: 'o', flags: FIN | ACK, seq: 1, ack: 101 };
    expect(conns([...HANDSHAKE, fin, { by: 'r', flags: ACK, seq: 101, ack: 2, win: 0 }])[0]?.history).toBe('ShAFa');
  });

  test('has Q for SYN with FIN, once', () => {
    const [row] = conns([
      { by: 'o', flags: SYN | FIN, seq: 0 },
      { by: 'o', flags: FIN | SYN, seq: 0 },
    ]);
    expect(row).toMatchObject({ history: 'Q', conn_state: 'SH', orig_pkts: 1 });
  });

  test('has I for FIN with RST', () => {
    const [row] = conns([...HANDSHAKE, { by: 'o', flags: FIN | RST, seq: 1 }]);
    expect(row).toMatchObject({ history: 'ShAI', conn_state: 'RSTO' });
  });

  test('has T for what was sent before, at the 1st and the 10th time', () => {
    const [row] = conns([...HANDSHAKE, ...repeated(11, () => ({ by: 'o', flags: ACK, seq: 1, ack: 101, payload: 5 }))]);
    expect(row).toMatchObject({ history: 'ShADTT', orig_bytes: 5 });
  });

  test('has 62 letters, then X', () => {
    const [row] = conns([...HANDSHAKE, ...repeated(70, (n) => ({ by: 'o', flags: FIN | ACK, seq: 1 + n, ack: 101 }))]);
    expect(row?.history).toBe(`ShA${'F'.repeat(59)}X`);
  });
});

describe('a gap', () => {
  const acked = (n: number): Step => ({ by: 'r', flags: ACK, seq: 101, ack: 1 + 100 * (n + 1) });

  test('is what was acknowledged and not seen: G at the 1st and the 10th, and missed bytes', () => {
    const [row] = conns([...HANDSHAKE, ...repeated(10, acked)]);
    expect(row).toMatchObject({ history: 'ShAaGG', missed_bytes: 1000, orig_bytes: 1000 });
  });

  test('is not counted in a connection that began before the capture', () => {
    const [row] = conns([{ by: 'o', flags: ACK, seq: 1, ack: 101, payload: 5 }, ...repeated(2, acked)]);
    expect(row).toMatchObject({ history: 'Da', missed_bytes: 0 });
  });

  test('is not the FIN, and not what came before the acknowledgement', () => {
    const [row] = conns([
      ...HANDSHAKE,
      { by: 'o', flags: ACK, seq: 51, ack: 101, payload: 50 },
      { by: 'o', flags: ACK, seq: 1, ack: 101, payload: 50 },
      { by: 'o', flags: FIN | ACK, seq: 101, ack: 101 },
      { by: 'r', flags: ACK, seq: 101, ack: 102 },
    ]);
    expect(row).toMatchObject({ history: 'ShADTFa', missed_bytes: 0, orig_bytes: 100, conn_state: 'S2' });
  });

  test('lies around what was seen', () => {
    const [row] = conns([
      ...HANDSHAKE,
      { by: 'o', flags: ACK, seq: 21, ack: 101, payload: 10 },
      { by: 'r', flags: ACK, seq: 101, ack: 51 },
    ]);
    expect(row).toMatchObject({ history: 'ShADaG', missed_bytes: 40 });
  });
});

describe('a connection is over', () => {
  test('5 seconds after the first SYN when nobody answers, however often it is repeated', () => {
    const syn = (after: number): Step => ({ by: 'o', flags: SYN, seq: 0, after });
    const rows = conns([syn(0), syn(3), syn(1.999), syn(0.001)]);
    expect(rows.map(({ history, orig_pkts }) => [history, orig_pkts])).toEqual([
      ['S', 3],
      ['S', 1],
    ]);
  });

  test('5 seconds after both sides closed it, and later packets do not move that', () => {
    const end: readonly Step[] = [
      { by: 'o', flags: FIN | ACK, seq: 1, ack: 101 },
      { by: 'r', flags: FIN | ACK, seq: 101, ack: 2 },
    ];
    const late = (after: number): Step => ({ by: 'o', flags: ACK, seq: 2, ack: 102, after });
    const rows = conns([...HANDSHAKE, ...end, late(4.9), late(0.1)]);
    expect(rows.map(({ history, conn_state }) => [history, conn_state])).toEqual([
      ['ShAFf', 'SF'],
      ['A', 'OTH'],
    ]);
    expect(rows[0]?.durationNs).toBe(4_000_000n);
  });

  test('at a SYN of another number, at once', () => {
    const rows = conns([...HANDSHAKE, { by: 'o', flags: SYN, seq: 7 }]);
    expect(rows.map(({ history }) => history)).toEqual(['ShA', 'S']);
    const again = conns([...HANDSHAKE, { by: 'o', flags: SYN, seq: 0 }]);
    expect(again.map(({ history }) => history)).toEqual(['ShA']);
  });

  test('of names, when a look every 10 seconds finds 9 of silence', () => {
    const at = (seconds: number) => ({
      timestampNs: (1_700_000_000n + BigInt(seconds)) * SECOND_NS,
      bytes: Uint8Array.from(
        udp({ srcPort: 5353, dstPort: 5353 })
          .over(ipv4({ src: '10.0.0.1', dst: '224.0.0.251' }))
          .over(ethernet()),
      ),
      wireLen: 42,
      linkType: 1,
    });
    const packets = (...seconds: number[]): number[] => zeekConnections(seconds.map(at)).map((row) => row.orig_pkts);
    expect(packets(0, 8, 16)).toEqual([3]);
    expect(packets(0, 9, 20)).toEqual([2, 1]);
    expect(packets(0, 10)).toEqual([1, 1]);
    expect(packets(0, 9)).toEqual([2]);
  });
});
