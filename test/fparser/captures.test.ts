import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FParser } from '../../src/fparser/index.ts';
import type { AnyFlow, FParserInfo, FParserOptions } from '../../src/fparser/index.ts';
import { SMALL, forAll, sumsHold } from './runs.ts';

interface Totals {
  packets: number;
  bytes: number;
  wireBytes: number;
  payloadBytes: number;
}

const NEVER: FParserOptions<'uni'> = {
  isFile: true,
  filter: '',
  snaplen: 262_144,
  ...SMALL,
  maxFlows: 100_000,
  softMemLimit: 2 ** 25,
  hardMemLimit: 2 ** 26,
  flowTimeout: 86_400 * 365,
  log: () => undefined,
};

/** Both ends with their ports, the smaller first. */
function pairOf(flow: AnyFlow): string {
  const { src, sport, dst, dport, protocol } = flow.getId();
  return `${[`${src} ${sport}`, `${dst} ${dport}`].sort().join(' - ')} ${protocol}`;
}

/** Totals of each unordered pair; null when the file cannot be opened. */
async function totalsOf(
  path: string,
  direction: 'uni' | 'bi',
): Promise<{ totals: Map<string, Totals>; info: FParserInfo; killed: number } | null> {
  const totals = new Map<string, Totals>();
  let killed = 0;
  const parser = new FParser(path, {
    ...NEVER,
    ...({ direction } as FParserOptions<'uni'>),
    ...forAll((flow) => {
      const pair = pairOf(flow);
      const sum = totals.get(pair) ?? { packets: 0, bytes: 0, wireBytes: 0, payloadBytes: 0 };
      const info = flow.getInfo();
      expect(flow.length).toBe(info.sizePkts);
      expect([...flow].length + flow.headersDropped).toBe(flow.length);
      sum.packets += info.sizePkts;
      sum.bytes += info.sizeBytes;
      sum.wireBytes += info.wireBytes;
      sum.payloadBytes += info.payloadBytes;
      totals.set(pair, sum);
      if (direction === 'bi') expectDirections(flow as BiLike);
    }),
    killCallback: () => void killed++,
  });
  const opened = await parser.ready.then(
    () => true,
    () => false,
  );
  await parser.done.catch(() => undefined);
  return opened ? { totals, info: parser.getInfo(), killed } : null;
}

type BiLike = AnyFlow & { readonly forward: AnyFlow; readonly reverse: AnyFlow };

/** The outside of a flow is the sum of its directions. */
function expectDirections(flow: BiLike): void {
  const [whole, forward, reverse] = [flow.getInfo(), flow.forward.getInfo(), flow.reverse.getInfo()];
  for (const field of ['sizePkts', 'sizeBytes', 'wireBytes', 'payloadBytes'] as const)
    expect(whole[field]).toBe(forward[field] + reverse[field]);
  expect(flow.headersDropped).toBe(flow.forward.headersDropped + flow.reverse.headersDropped);
  expect([...flow]).toHaveLength([...flow.forward].length + [...flow.reverse].length);
}

const capturesIn = (folder: URL): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /\.(pcap|pcapng)$/.test(name))
        .map((name) => fileURLToPath(new URL(name, folder)))
    : [];

async function checkAll(paths: readonly string[]): Promise<number> {
  let read = 0;
  for (const path of paths) {
    const uni = await totalsOf(path, 'uni');
    const bi = await totalsOf(path, 'bi');
    expect(bi === null, path).toBe(uni === null);
    if (uni === null || bi === null) continue;
    read++;
    expect(bi.totals, path).toEqual(uni.totals);
    for (const { info, killed } of [uni, bi]) {
      expect(sumsHold(info), path).toBe(true);
      expect(info.flowsDelivered, path).toBe(info.flowsStarted);
      expect(killed, path).toBe(1);
    }
  }
  return read;
}

describe('the sum rule: both directions in one flow are the sum of the two flows', () => {
  it('holds on the captures of this project', async () => {
    const paths = capturesIn(new URL('../../pcaps/', import.meta.url));
    expect(await checkAll(paths)).toBe(paths.length);
  });

  const shared = new URL('../../../shared/captures/', import.meta.url);
  it.skipIf(!existsSync(shared))(
    'holds on the shared captures (skipped where ../shared/captures is absent)',
    async () => {
      const paths = capturesIn(shared);
      expect(await checkAll(paths)).toBeGreaterThan(paths.length * 0.9);
    },
  );
});
