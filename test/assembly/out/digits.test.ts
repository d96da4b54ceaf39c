/** Decimal numbers as the engine writes them against those of JavaScript. */
import { describe, expect, it } from 'vitest';
import { ROWS, TEXT } from '../../../assembly/layout.ts';
import { random } from '../../builders/random.ts';
import { openInner, SEEDS, type InnerEngine } from '../inner_engine.ts';

const U64_MAX = 2n ** 64n - 1n;
/** Where the number of digits changes, on both sides. */
const EDGES = [
  ...Array.from({ length: 20 }, (_, n) => 10n ** BigInt(n)).flatMap((power) => [power - 1n, power, power + 1n]),
  U64_MAX,
];

/** What a function wrote from TEXT on. */
function written({ views }: InnerEngine, write: (to: number) => number): string {
  const end = write(TEXT) >>> 0;
  return Buffer.from(views.u8.subarray(TEXT, end)).toString('latin1');
}

/** Numbers of all sizes. */
function randomNumbers(seed: number): bigint[] {
  const { below } = random(seed);
  const word = (): bigint => (BigInt(below(2 ** 16)) << 16n) | BigInt(below(2 ** 16));
  return Array.from({ length: 20_000 }, () => ((word() << 32n) | word()) >> BigInt(below(64)));
}

function seconds(time: bigint): string {
  return `${time / 1_000_000_000n}.${String(time % 1_000_000_000n).padStart(9, '0')}`;
}

/** Those of the values that come out wrong. */
function wrong(engine: InnerEngine, values: readonly bigint[]): bigint[] {
  const { putDigits, putTime } = engine.exports;
  return values.filter(
    (value) =>
      written(engine, (to) => putDigits(to, value)) !== String(value) ||
      written(engine, (to) => putTime(to, value)) !== seconds(value),
  );
}

describe('digits of numbers and times', () => {
  it('are right below 100,000, and where their number changes', async () => {
    const small = Array.from({ length: 100_000 }, (_, n) => BigInt(n));
    expect(wrong(await openInner(), [...small, ...EDGES])).toEqual([]);
  });

  for (const seed of SEEDS) {
    it(`are right for numbers of all sizes (seed ${seed})`, async () => {
      expect(wrong(await openInner(), randomNumbers(seed))).toEqual([]);
    });
  }
});

describe('decimals', () => {
  for (const seed of SEEDS) {
    it(`are the shortest that read back as the same double (seed ${seed})`, async () => {
      const engine = await openInner();
      const { below, pick } = random(seed);
      const values = Array.from({ length: 20_000 }, () => {
        const value = (1 + below(2 ** 32) / 2 ** 32 + below(2 ** 20) / 2 ** 52) * 2 ** (below(40) - 7);
        // Some have few decimals, or nearly so.
        const unitOfLast = 10 ** below(8);
        return pick([value, value, Math.round(value * unitOfLast) / unitOfLast + pick([0, 2 ** -30, -(2 ** -40)])]);
      });
      const isWrong = (value: number): boolean =>
        written(engine, (to) => engine.exports.putDecimal(to, value)) !== String(value);
      expect(values.filter((value) => Math.log2(value) % 1 !== 0 && isWrong(value))).toEqual([]);
    });
  }
});

describe('an IPv4 address', () => {
  it('is right for every number in each place', async () => {
    const engine = await openInner();
    for (let n = 0; n < 256; n++) {
      const parts = [n, 255 - n, (n * 7) % 256, 0];
      engine.views.u8.set(parts, ROWS);
      expect(written(engine, (to) => engine.exports.putIpv4(to, ROWS))).toBe(parts.join('.'));
    }
  });
});
