/** A capture in which two addresses have nearly all packets. */
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';

const PACKETS = 2_000;
/** One of so many is of another pair, of which there are so many. */
const OTHERS = 20;
const OTHER_PAIRS = 100;

/** Packets of the two addresses. */
export const SKEWED_PACKETS = PACKETS - PACKETS / OTHERS;

export function skewedCapture(): Uint8Array {
  const frame = (pair: number): Uint8Array =>
    udp({ srcPort: 1, dstPort: 2 })
      .over(ipv4({ src: `10.0.${pair}.1`, dst: `10.0.${pair}.2` }))
      .over(ethernet());
  const pairOf = (n: number): number => (n % OTHERS === 0 ? 1 + ((n / OTHERS) % OTHER_PAIRS) : 0);
  return pcap(
    Array.from({ length: PACKETS }, (_, n) => ({ timestampNs: BigInt(n) * 1_000_000n, frame: frame(pairOf(n)) })),
  );
}
