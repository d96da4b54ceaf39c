/**
 * Four projects. `pure` and `pure-apart` depend on nothing but their input and run at the same time: the files of `pure`
 * share their processes, which spares loading everything for each, those of `pure-apart` have one each, since they look
 * at it or run commands in it. `live` waits most of its time: captures from interfaces, each test in network namespaces
 * of its own, and the page in a browser: two files side by side, since a busy machine makes captures lose packets.
 * `alone` measures times or memory, must not lose a packet, or looks at the processes and sockets of the whole machine:
 * its files run one after the other.
 */
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

const SHARED = ['assembly', 'content', 'engine', 'export', 'filter', 'flow', 'models', 'query', 'text'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

const LIVE = [
  'test/cli/top/command.test.ts',
  'test/cli/top/terminal.test.ts',
  'test/live/**/*.test.ts',
  'test/source/cap/*_source.test.ts',
  'test/owner/cache_kill.test.ts',
  'test/source/tcpdump/record_pipe.test.ts',
  'test/web/page/**/*.test.ts',
];

const ALONE = [
  'test/attribution/**/*.test.ts',
  'test/cli/sockets.test.ts',
  'test/cli/sockets/namespace.test.ts',
  'test/fparser/life.test.ts',
  'test/fparser/limits.test.ts',
  'test/fparser/memory.test.ts',
  'test/host/resolvers/linux.test.ts',
  'test/host/sockets/loopback.test.ts',
  'test/host/sockets/namespace.test.ts',
  'test/host/state/real_sockets.test.ts',
  'test/live/flows.test.ts',
  'test/replay/replay_pace.test.ts',
];

/** What takes longest begins first, so that nothing long is left for one worker alone at the end. */
const LONG = [
  'captures/cuts',
  'captures/expected',
  'cli/cic',
  'cli/link_group',
  'cluster/exact',
  'cluster/queue/queue',
  'engine/debug',
  'engine/differential',
  'engine/groups/activity',
  'engine/threaded',
  'filter/engine',
  'fparser/random_bi',
  'fparser/random_uni',
  'fuzz/fuzz',
  'jobs/jobs',
  'source/file/containers',
];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      LONG.some((name) => moduleId.endsWith(`test/${name}.test.ts`));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    testTimeout: 600_000,
    hookTimeout: 600_000,
    setupFiles: ['test/equality.ts'],
    sequence: { sequencer: LongFirst },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'html', 'lcov'],
      reportsDirectory: 'coverage',
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: SHARED,
          exclude: [...LIVE, ...ALONE],
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'pure-apart',
          include: ['test/**/*.test.ts'],
          exclude: [...SHARED, ...LIVE, ...ALONE],
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'live', include: LIVE, exclude: ALONE, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, fileParallelism: false, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
