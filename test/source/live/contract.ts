/**
 * The contract of `FrameSource` as cases that run against every source: in this process (replay), or in a program
 * inside a network namespace (live sources, see `test/live/live_contract.ts`).
 */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { CollectingSink, waitFor } from './collecting_sink.ts';
import type { FrameSource } from '../../../src/source/live/frame_source.ts';
import type { CaptureRecord } from '../../builders/index.ts';
import { traffic } from '../../live/traffic.ts';

export interface MakeOptions {
  /** Bytes kept of each frame, by the source where it cuts and by the sink. Default all. */
  readonly snaplen?: number;
  /** Text of pcap-filter(7). Default everything. */
  readonly filter?: string;
}

/** What the cases need to know of a source, and how they get one. */
export interface ContractSubject {
  readonly waits: boolean;
  readonly timestampSource: 'user' | 'kernel' | 'file';
  /** LINKTYPE_ of the frames it delivers. */
  readonly linkType: number;
  /** Where the network layer begins in them; before it only the length is compared. Those sent are Ethernet, 14. */
  readonly networkOffset: number;
  /** The source filters itself, so that other frames never reach the sink. */
  readonly filters: boolean;
  /** It learns from the kernel how many packets were lost. */
  readonly knowsKernelDrops: boolean;
  /** A source of frames that will be sent; not yet open. */
  make(records: readonly CaptureRecord[], options: MakeOptions): FrameSource;
  /** Sends them, when `run` was called; resolves when they are sent. Nothing for files. */
  send(records: readonly CaptureRecord[]): Promise<void>;
  /** Sources that cannot be opened, and the code of the error. */
  readonly unopenable: readonly { readonly title: string; readonly code: string; make(): FrameSource }[];
}

export interface ContractCase {
  readonly title: string;
  run(subject: ContractSubject): Promise<void>;
}

const ETHERNET_HEADER = 14;
/** So long no frame may come before it is believed that none will. */
const SILENCE_MS = 300;
/** Half a second is promised; this is for a machine that does much else. */
const CLOSE_MAX_MS = 20_000;

const some = (): CaptureRecord[] => traffic({ packets: 800, connections: 20, intervalNs: 20_000 });

const silence = (): Promise<void> => setTimeout(SILENCE_MS);

/** Open and running, with what `run` said; closed at the end whatever happens. */
async function running(
  subject: ContractSubject,
  records: readonly CaptureRecord[],
  use: (source: FrameSource, sink: CollectingSink, ran: Promise<unknown>) => Promise<void>,
  options: MakeOptions = {},
  sink = new CollectingSink(options),
): Promise<void> {
  const source = subject.make(records, options);
  try {
    await source.open(sink);
    const ran = source.run().then(
      () => undefined,
      (error: unknown) => error,
    );
    await use(source, sink, ran);
  } finally {
    await source.close();
  }
}

/** Frames as hex from the network layer on, with their lengths without the link-layer header. */
function seen(subject: ContractSubject, sink: CollectingSink): string[] {
  return sink.frames.map(
    ({ frame, wireLen }) =>
      `${wireLen - subject.networkOffset} ${Buffer.from(frame.subarray(subject.networkOffset)).toString('hex')}`,
  );
}

const sent = (records: readonly CaptureRecord[]): string[] =>
  records.map(
    ({ frame }) => `${frame.length - ETHERNET_HEADER} ${Buffer.from(frame.subarray(ETHERNET_HEADER)).toString('hex')}`,
  );

export const CONTRACT: readonly ContractCase[] = [
  {
    title: 'delivers every frame once, whole, in order, with its link type',
    async run(subject) {
      const records = some();
      await running(subject, records, async (source, sink) => {
        await subject.send(records);
        await sink.until(records.length);
        await silence();
        assert.deepEqual(seen(subject, sink), sent(records));
        assert.ok(
          sink.frames.every(({ interfaceNumber }) => sink.interfaces[interfaceNumber]?.linkType === subject.linkType),
          JSON.stringify(sink.interfaces),
        );
        assert.equal(sink.dropped, 0);
        assert.deepEqual(
          source.problems.map(({ message }) => message),
          [],
        );
        assert.equal(source.waits, subject.waits);
        assert.ok(source.name !== '');
      });
    },
  },
  {
    title: 'gives times of the clock it names, which do not go back',
    async run(subject) {
      const records = some();
      const before = BigInt(Date.now() - 1) * 1_000_000n;
      await running(subject, records, async (source, sink) => {
        await subject.send(records);
        await sink.until(records.length);
        const after = BigInt(Date.now() + 1) * 1_000_000n;
        const times = sink.frames.map(({ timestampNs }) => timestampNs);
        assert.equal(source.timestampSource, subject.timestampSource);
        assert.ok(
          times.every((time, index) => time >= (times[index - 1] ?? 0n)),
          'a time went back',
        );
        if (subject.timestampSource === 'file')
          assert.deepEqual(
            times,
            records.map(({ timestampNs }) => timestampNs),
          );
        else
          assert.ok(
            times.every((time) => time >= before && time <= after),
            `times ${times[0]} to ${times.at(-1)} where it was ${before} to ${after}`,
          );
      });
    },
  },
  {
    title: 'keeps the length of frames that are cut',
    async run(subject) {
      const records = some();
      const snaplen = 70;
      await running(
        subject,
        records,
        async (_source, sink) => {
          await subject.send(records);
          await sink.until(records.length);
          assert.deepEqual(
            sink.frames.map(({ wireLen }) => wireLen - subject.networkOffset),
            records.map(({ frame }) => frame.length - ETHERNET_HEADER),
          );
          for (const { frame, wireLen } of sink.frames) assert.equal(frame.length, Math.min(snaplen, wireLen));
        },
        { snaplen },
      );
    },
  },
  {
    title: 'delivers what the filter lets through only',
    async run(subject) {
      if (!subject.filters) return;
      const records = some();
      const wanted = records.filter(({ frame }) => frame[12] === 8 && frame[13] === 0 && frame[23] === 17);
      assert.ok(wanted.length > 0 && wanted.length < records.length);
      await running(
        subject,
        records,
        async (_source, sink) => {
          await subject.send(records);
          await sink.until(wanted.length);
          await silence();
          assert.deepEqual(seen(subject, sink), sent(wanted));
        },
        { filter: 'ip and udp' },
      );
    },
  },
  {
    title: 'with a full sink: goes on and leaves drops to the sink, or waits and loses nothing',
    async run(subject) {
      const records = some();
      const sink = new CollectingSink(subject.waits ? { capacity: 20_000 } : { capacity: 0 });
      await running(
        subject,
        records,
        async (_source, _sink, ran) => {
          if (subject.waits) {
            await waitFor(
              () => sink.frames.length > 0,
              () => 'no frame came',
            );
            await silence();
            assert.ok(sink.frames.length < records.length, 'it did not wait');
            const consuming = setInterval(() => sink.consume(), 1);
            try {
              assert.equal(await ran, undefined);
            } finally {
              clearInterval(consuming);
            }
            assert.equal(sink.dropped, 0);
            assert.equal(sink.published, records.length);
            return;
          }
          await subject.send(records);
          await waitFor(
            () => sink.dropped === records.length,
            () => `${sink.dropped} dropped`,
          );
          assert.equal(sink.frames.length, 0);
          sink.capacity = Number.MAX_SAFE_INTEGER;
          await subject.send(records);
          await sink.until(records.length);
          assert.equal(sink.dropped, records.length);
        },
        {},
        sink,
      );
    },
  },
  {
    title: 'puts nothing after stop, and run ends',
    async run(subject) {
      const records = some();
      // A source that waits is stopped while it does.
      const sink = new CollectingSink(subject.waits ? { capacity: 20_000 } : {});
      await running(
        subject,
        records,
        async (source, _sink, ran) => {
          const sending = subject.send(records);
          await waitFor(
            () => sink.frames.length > 0,
            () => 'no frame came',
          );
          source.stop();
          const count = sink.frames.length;
          const dropped = sink.dropped;
          assert.equal(await ran, undefined);
          sink.consume();
          await sending;
          await silence();
          assert.equal(sink.frames.length, count);
          assert.equal(sink.dropped, dropped);
        },
        {},
        sink,
      );
    },
  },
  {
    title: 'may be stopped within a put, and more than once',
    async run(subject) {
      const records = some();
      await running(subject, records, async (source, sink, ran) => {
        let count: number | undefined;
        sink.onFrame = () => {
          source.stop();
          source.stop();
          // A run of records is one put, and not interrupted.
          setImmediate(() => {
            count ??= sink.frames.length;
          });
        };
        const sending = subject.send(records);
        assert.equal(await ran, undefined);
        await sending;
        await silence();
        assert.ok(sink.frames.length > 0);
        assert.equal(sink.frames.length, count);
        source.stop();
      });
    },
  },
  {
    title: 'may be stopped before it runs, and before it is open',
    async run(subject) {
      const records = some();
      const source = subject.make(records, {});
      const sink = new CollectingSink();
      try {
        await source.open(sink);
        source.stop();
        const count = sink.frames.length;
        await source.run();
        await subject.send(records);
        await silence();
        assert.equal(sink.frames.length, count);
      } finally {
        await source.close();
      }
      const other = subject.make(records, {});
      other.stop();
      await other.close();
    },
  },
  {
    title: 'may be stopped while it opens',
    async run(subject) {
      for (const afterMs of [0, 10, 40, 100]) {
        const source = subject.make(some(), {});
        const opening = source.open(new CollectingSink());
        await setTimeout(afterMs);
        source.stop();
        await opening;
        await source.run();
        await source.close();
        assert.deepEqual(source.problems, []);
      }
    },
  },
  {
    title: 'may be closed more than once, and while it runs',
    async run(subject) {
      const records = some();
      const source = subject.make(records, {});
      await source.open(new CollectingSink());
      const ran = source.run();
      const began = performance.now();
      await Promise.all([source.close(), source.close()]);
      await source.close();
      await ran;
      assert.ok(performance.now() - began < CLOSE_MAX_MS, 'closing took long');
      source.stop();
    },
  },
  {
    title: 'never says that it is quiet when frames of that time are still to come',
    async run(subject) {
      const records = some();
      await running(subject, records, async (source, sink) => {
        let quiet = 0n;
        const asking = setInterval(() => {
          quiet = source.quietSince() ?? quiet;
        }, 5);
        try {
          let wrong: string | undefined;
          sink.onFrame = ({ timestampNs }) => {
            if (timestampNs < quiet) wrong ??= `a frame of ${timestampNs} after quiet up to ${quiet}`;
          };
          await subject.send(records);
          await sink.until(records.length);
          await silence();
          assert.equal(wrong, undefined);
          const last = sink.frames.at(-1)?.timestampNs ?? 0n;
          // A file has no clock of its own to go on when it is over.
          if (subject.timestampSource !== 'file')
            await waitFor(
              () => quiet > last,
              () => `quiet up to ${quiet} only, long after the last frame of ${last}`,
            );
          else assert.ok(quiet <= last);
        } finally {
          clearInterval(asking);
        }
      });
    },
  },
  {
    title: 'tells how many packets the kernel dropped, or that it does not know',
    async run(subject) {
      const records = some();
      await running(subject, records, async (source, sink) => {
        await subject.send(records);
        await sink.until(records.length);
        if (subject.knowsKernelDrops)
          await waitFor(
            () => source.packetsDroppedKernel !== null,
            () => 'it never tells',
          );
        assert.equal(source.packetsDroppedKernel, subject.knowsKernelDrops ? 0 : null);
        await source.close();
        assert.equal(source.packetsDroppedKernel, subject.knowsKernelDrops ? 0 : null);
      });
    },
  },
  {
    title: 'fails in order when the sink has no use for the link type',
    async run(subject) {
      const records = some();
      const source = subject.make(records, {});
      const sink = new CollectingSink();
      sink.onInterface = () => {
        throw new RangeError('of no use');
      };
      try {
        await assert.rejects(async () => {
          await source.open(sink);
          await source.run();
        }, /of no use/);
        assert.equal(sink.frames.length, 0);
      } finally {
        await source.close();
      }
    },
  },
  {
    title: 'says why it cannot be opened',
    async run(subject) {
      for (const { title, code, make } of subject.unopenable) {
        const source = make();
        const sink = new CollectingSink();
        await assert.rejects(source.open(sink), (error: Error & { code?: string }) => {
          assert.equal(error.code, code, `${title}: ${error.message}`);
          return true;
        });
        await source.close();
        assert.equal(sink.frames.length, 0);
      }
    },
  },
];
