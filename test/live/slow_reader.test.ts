/** Who reads the flows of `live` too slowly: what is dropped is said at the end, and the exit status says it, too. */
import { describe, expect, it } from 'vitest';
import { capLoads } from '../source/cap/cap_loads.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { ENDS_AT_FIN, flood } from './flood.ts';
import { LiveCommand, countersAddUp } from './live_command.ts';
import { NEAR, NamespacePair, canUseNamespaces } from './netns.ts';
import { trafficFile } from './traffic.ts';

const EXIT_PART = 3;

describe.skipIf(!canUseNamespaces || !capLoads)('a reader of flows', () => {
  it('that is too slow is told how many it misses, and the exit status is 3', async () => {
    using pair = new NamespacePair();
    const file = pair.file('traffic.pcap', trafficFile());
    const live = await LiveCommand.start(pair, pair.near, NEAR, '--max-flows', '600', ...ENDS_AT_FIN);
    // The pipe fills, then the table.
    live.child.stdout?.pause();
    const cease = flood(pair, file);
    await waitFor(
      () => live.child.kill('SIGUSR1') && / flows dropped/.test(live.errors),
      () => `nothing dropped: ${live.errors}`,
    );
    await cease();
    live.child.kill('SIGINT');
    live.child.stdout?.resume();
    const result = await live.end();
    const { flowsEnded, flowsDropped } = result.stats as Readonly<Record<string, number>>;
    expect(flowsDropped).toBeGreaterThan(0);
    expect(result.errors).toContain(
      `pcapflow: ${flowsDropped} flows are missing: they were dropped, because the output is slow\n`,
    );
    expect(result.code).toBe(EXIT_PART);
    expect(result.flows).toHaveLength(Number(flowsEnded) - Number(flowsDropped));
    expect(countersAddUp(result)).toBe(true);
  });

  it('that takes all of them misses none, and the exit status is 0', async () => {
    using pair = new NamespacePair();
    const live = await LiveCommand.start(pair, pair.near, NEAR, ...ENDS_AT_FIN);
    await pair.replay(pair.file('traffic.pcap', trafficFile()), { rate: 20_000 });
    await waitFor(
      () => live.flowCount > 0,
      () => live.errors,
    );
    const result = await live.end('SIGINT');
    expect(result.errors).not.toContain('are missing');
    expect([result.code, result.stats.flowsDropped]).toEqual([0, 0]);
  });
});
