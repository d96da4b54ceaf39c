/** Captures in every container that is read, and what can be wrong with their ends. */
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { concat, pcapngOf, pcap, type CaptureRecord } from '../../builders/index.ts';

export const hasZstd = spawnSync('zstd', ['--version']).error === undefined;

export interface Container {
  readonly name: string;
  /** The capture in it; `records` of it are in its last part. */
  pack(records: readonly CaptureRecord[]): Uint8Array;
  /** It has a checksum and a length, that many bytes of them at its end. */
  readonly trailer: number;
  readonly compressed: boolean;
}

const plain = (name: string, pack: Container['pack']): Container => ({ name, pack, trailer: 0, compressed: false });

const gzip = (bytes: Uint8Array): Uint8Array => Uint8Array.from(gzipSync(bytes));

export function zstd(bytes: Uint8Array, ...options: string[]): Uint8Array {
  const { stdout } = spawnSync('zstd', ['-q', '-c', ...options], { input: bytes, maxBuffer: 1 << 28 });
  return Uint8Array.from(stdout);
}

/** A gzip member with all that its header can have: extra field, name, comment. */
function decorated(bytes: Uint8Array): Uint8Array {
  const member = gzip(bytes);
  const head = Uint8Array.from(member.subarray(0, 10));
  head[3] = 0x04 | 0x08 | 0x10;
  const text = new TextEncoder().encode('name\0comment\0');
  return concat(head, Uint8Array.of(3, 0, 1, 2, 3), text, member.subarray(10));
}

const half = (bytes: Uint8Array): [Uint8Array, Uint8Array] => [
  bytes.subarray(0, bytes.length >> 1),
  bytes.subarray(bytes.length >> 1),
];

const compressed = (name: string, trailer: number, pack: (bytes: Uint8Array) => Uint8Array): Container => ({
  name,
  trailer,
  compressed: true,
  pack: (records) => pack(pcap(records)),
});

export const CONTAINERS: readonly Container[] = [
  plain('pcap', (records) => pcap(records)),
  plain('pcap, nanoseconds, big-endian', (records) => pcap(records, { format: 'ns', bigEndian: true })),
  plain('pcapng', (records) => pcapngOf(records, { tsresol: 9 })),
  compressed('gzip', 8, gzip),
  compressed('gzip members', 8, (bytes) => concat(...half(bytes).map((part) => decorated(part)))),
  compressed('gzip in gzip', 8, (bytes) => gzip(gzip(bytes))),
  ...(hasZstd
    ? [
        compressed('zstd', 4, (bytes) => zstd(bytes, '--check')),
        compressed('zstd frames', 4, (bytes) =>
          concat(
            Uint8Array.of(0x52, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9),
            ...half(bytes).map((part) => zstd(part, '--check')),
          ),
        ),
        compressed('zstd in gzip', 8, (bytes) => gzip(zstd(bytes))),
      ]
    : []),
];

/** What is behind the data, or is wrong with its end. */
export interface Ending {
  readonly name: string;
  /** Undefined where it has no meaning. */
  change(bytes: Uint8Array, container: Container): Uint8Array | undefined;
  /** The problem's code; undefined when there is none. */
  problem(container: Container): string | undefined;
  /** It costs none of the packets. */
  readonly whole: boolean;
}

const OTHER = Uint8Array.from({ length: 40 }, (_, n) => 0x55 + n);
const trailerByte =
  (fromEnd: number) =>
  (bytes: Uint8Array, { trailer }: Container): Uint8Array | undefined => {
    if (trailer < fromEnd) return undefined;
    const changed = Uint8Array.from(bytes);
    changed[bytes.length - fromEnd] = (changed[bytes.length - fromEnd] ?? 0) ^ 0x80;
    return changed;
  };

export const ENDINGS: readonly Ending[] = [
  { name: 'nothing', change: (bytes) => bytes, problem: () => undefined, whole: true },
  ...[1, 3, 512, 100_000].map(
    (count): Ending => ({
      name: `${count} zero bytes`,
      change: (bytes) => concat(bytes, new Uint8Array(count)),
      problem: ({ compressed: inner }) => (inner ? undefined : count < 4 ? 'ERR_TRUNCATED' : 'ERR_CORRUPT'),
      whole: true,
    }),
  ),
  {
    name: 'other bytes',
    change: (bytes) => concat(bytes, OTHER),
    problem: () => 'ERR_CORRUPT',
    whole: true,
  },
  {
    name: 'zeros, then other bytes',
    change: (bytes) => concat(bytes, new Uint8Array(600), OTHER),
    problem: () => 'ERR_CORRUPT',
    whole: true,
  },
  {
    name: 'the beginning of more data',
    change: (bytes, { compressed: inner }) => (inner ? concat(bytes, bytes.subarray(0, 6)) : undefined),
    problem: () => 'ERR_TRUNCATED',
    whole: true,
  },
  {
    name: 'a cut trailer',
    change: (bytes, { trailer }) => (trailer === 0 ? undefined : bytes.subarray(0, bytes.length - trailer + 1)),
    problem: () => 'ERR_TRUNCATED',
    whole: true,
  },
  {
    name: 'a cut in the data',
    change: (bytes, { trailer }) => bytes.subarray(0, bytes.length - trailer - 9),
    problem: () => 'ERR_TRUNCATED',
    whole: false,
  },
  { name: 'a wrong trailer', change: trailerByte(1), problem: () => 'ERR_CORRUPT', whole: true },
  { name: 'a wrong checksum', change: trailerByte(8), problem: () => 'ERR_CORRUPT', whole: true },
];
