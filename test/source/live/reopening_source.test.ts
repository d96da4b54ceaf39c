/** A source that waits for its interface, over sources made up by the test. */
import { describe, expect, it } from 'vitest';
import { FParserError } from '../../../src/errors.ts';
import type { FrameSink, FrameSource } from '../../../src/source/live/frame_source.ts';
import { ReopeningSource } from '../../../src/source/live/reopening_source.ts';
import { waitFor } from './collecting_sink.ts';

const GONE = new FParserError('ERR_NO_SUCH_DEVICE', 'eth0: the interface was removed');

class Made implements FrameSource {
  readonly name = 'eth0';
  readonly timestampSource = 'kernel';
  readonly waits = false;
  readonly problems: readonly Error[];
  readonly packetsDroppedKernel: number | null;
  interfaceNumber = -1;
  stops = 0;
  closes = 0;
  lose: (error: Error) => void = () => undefined;
  #end: () => void = () => undefined;
  readonly #over: Promise<void>;

  constructor(dropped: number | null = 0, problems: readonly Error[] = []) {
    this.packetsDroppedKernel = dropped;
    this.problems = problems;
    this.#over = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.lose = reject;
    });
  }

  async open(sink: FrameSink): Promise<void> {
    this.interfaceNumber = sink.addInterface(1);
  }

  run(): Promise<void> {
    return this.#over;
  }

  stop(): void {
    this.stops++;
    this.#end();
  }

  async close(): Promise<void> {
    this.closes++;
  }

  quietSince(): bigint {
    return 5n;
  }
}

function sinkWith(interfaces: number[]): FrameSink {
  return {
    addInterface: (linkType: number) => interfaces.push(linkType) - 1,
    put: () => true,
    putRecords: () => true,
    publish: () => undefined,
    free: 1,
    room: async () => undefined,
    closed: false,
  };
}

interface Scene {
  readonly source: ReopeningSource;
  readonly said: string[];
  readonly interfaces: number[];
  readonly state: { present: boolean };
}

async function scene(sources: readonly FrameSource[]): Promise<Scene> {
  const said: string[] = [];
  const interfaces: number[] = [];
  const state = { present: true };
  let n = 0;
  const source = await ReopeningSource.create({
    interfaces: ['eth0'],
    make: async () => sources[n++] as FrameSource,
    warn: (message) => void said.push(message),
    check: () => {
      if (!state.present) throw GONE;
    },
    intervalMs: 1,
  });
  await source.open(sinkWith(interfaces));
  return { source, said, interfaces, state };
}

const until = (condition: () => boolean): Promise<void> => waitFor(condition, () => 'it does not come to that');

describe('a source that waits for its interface', () => {
  it('continues with a new source when the interface is back, and adds up what both say', async () => {
    const problem = new Error('a problem');
    const [first, second] = [new Made(3, [problem]), new Made(4)];
    const { source, said, interfaces, state } = await scene([first, second]);
    const running = source.run();
    state.present = false;
    first.lose(GONE);
    await until(() => said.length === 1);
    expect(said).toEqual(['eth0: the interface was removed; waiting for it']);
    expect([first.closes, source.packetsDroppedKernel, source.problems]).toEqual([1, 3, [problem]]);
    expect(source.quietSince()).toBeGreaterThan(1_700_000_000_000_000_000n);
    state.present = true;
    await until(() => said.length === 2);
    expect(said[1]).toBe('eth0: captured again');
    expect([source.packetsDroppedKernel, source.quietSince()]).toEqual([7, 5n]);
    expect([first.interfaceNumber, second.interfaceNumber, interfaces]).toEqual([0, 0, [1]]);
    source.stop();
    await running;
    await source.close();
    expect(second.closes).toBe(1);
  });

  it('ends while it waits when it is stopped', async () => {
    const first = new Made();
    const { source, said, state } = await scene([first]);
    const running = source.run();
    state.present = false;
    first.lose(GONE);
    await until(() => said.length === 1);
    source.stop();
    await running;
    expect(said).toHaveLength(1);
  });

  it('fails as ever when something else is wrong', async () => {
    const first = new Made();
    const { source, said } = await scene([first]);
    const running = source.run();
    first.lose(new FParserError('ERR_READ', 'tcpdump ended'));
    await expect(running).rejects.toThrow('tcpdump ended');
    expect(said).toEqual([]);
  });

  it('does not know the drops of the kernel when one of its sources does not', async () => {
    const [first, second] = [new Made(null), new Made(2)];
    const { source, said } = await scene([first, second]);
    const running = source.run();
    first.lose(GONE);
    await until(() => said.length === 2);
    expect(source.packetsDroppedKernel).toBeNull();
    source.stop();
    await running;
  });
});
