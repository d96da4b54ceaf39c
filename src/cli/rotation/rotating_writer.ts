/**
 * Writes flows to one file after the other. A file has the flows of a period, or as many as fit. Flows belong to the period
 * of the latest packet of all flows so far, so a file's time never goes back.
 */
import { ROW_FIRST, ROW_LAST } from '../../../assembly/layout.ts';
import type { RowRange } from '../../engine/table.ts';
import { takeLeftOut } from '../../reader/flow_feed.ts';
import type { FlowFeed } from '../../reader/flow_feed.ts';
import type { Writer } from '../flow_options.ts';
import { Output, OutputError } from '../output.ts';
import type { OutputCounters } from '../output_counters.ts';
import { NO_FLOWS, PartFeed, takeBatch } from '../part_feed.ts';
import { warn } from '../print_error.ts';
import { FileName } from './file_name.ts';
import type { RotationLimits } from './limits.ts';
import { isDiskFull, Manifest } from './manifest.ts';
import { PartFile } from './part_file.ts';
import { recover } from './recover.ts';
import type { PartKind } from './recover.ts';

const SECOND_NS = 1_000_000_000n;
/** How long flows are discarded when the disk is full, before another file is tried. */
const RETRY_MS = 1000;

export interface Rotation {
  readonly template: string;
  readonly limits: RotationLimits;
  /** What is whole of a file that ends early. */
  readonly kind: PartKind;
  /** Text has a line with titles before its flows. */
  readonly hasTitles: boolean;
  /** The capture goes on when the disk is full, and files end also when no flow comes. */
  readonly isEndless: boolean;
  readonly counters: OutputCounters;
}

/** @throws {RangeError} for a template that is wrong */
export function rotatingWriter(write: Writer, rotation: Rotation): Writer {
  const name = new FileName(rotation.template);
  return async (feed, _, live = false) => {
    const manifest = new Manifest(name.manifest);
    recover(rotation.template, name, manifest, rotation.kind);
    const flows = new PeriodFlows(feed, rotation);
    const files = new Files(name, manifest, rotation);
    const { counters } = rotation;
    while (await flows.waitForOne()) {
      const file = files.open(flows.periodStart);
      const output = new Output(file, false, counters);
      try {
        await write(flows.part(file), output, live);
        file.contents = flows.contents;
        await output.close();
        counters.files++;
      } catch (error) {
        const isFull = error instanceof OutputError && isDiskFull(error.cause);
        const lost = rescue(file, rotation, flows.contents);
        if (!isFull || !rotation.isEndless) throw error;
        if (counters.flowsNotWritten === 0)
          warn(`${error.message}; the capture continues, and flows are counted as not written`);
        counters.flowsNotWritten += lost + (await flows.discard(RETRY_MS));
      }
    }
    if (!manifest.flush()) warn(`${name.manifest} lacks its last files, as the disk was full`);
    const { flowsNotWritten } = counters;
    if (flowsNotWritten > 0) warn(`${flowsNotWritten} flows were not written, as the disk was full`);
  };
}

/** Hands over what is whole of text and messages. Returns how many flows are not in it, at least. */
function rescue(
  file: PartFile,
  { kind, hasTitles, counters }: Rotation,
  { rows, firstSeen, lastSeen }: Contents,
): number {
  if (kind === 'blocks') {
    file.discard();
    return rows;
  }
  const written = kind === 'lines' ? Math.max(0, file.countLines() - (hasTitles ? 1 : 0)) : null;
  file.contents = { rows: written, firstSeen, lastSeen };
  if (file.rescue()) counters.files++;
  return written === null ? 0 : rows - written;
}

class Files {
  readonly #name: FileName;
  readonly #manifest: Manifest;
  readonly #rotation: Rotation;

  constructor(name: FileName, manifest: Manifest, rotation: Rotation) {
    this.#name = name;
    this.#manifest = manifest;
    this.#rotation = rotation;
  }

  /** @throws {OutputError} */
  open(time: number): PartFile {
    const sequence = this.#manifest.sequence + 1;
    this.#manifest.reserve(sequence);
    const path = this.#name.at(time, sequence);
    try {
      return new PartFile(path, sequence, this.#manifest);
    } catch (error) {
      throw new OutputError(this.#rotation.template, error);
    }
  }
}

/** What was given to the writer of a file. */
interface Contents {
  readonly rows: number;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
}

/** Gives out the flows of one period after the other. */
class PeriodFlows {
  readonly #feed: FlowFeed;
  readonly #limits: RotationLimits;
  readonly #isEndless: boolean;
  #waiting: Promise<boolean> | undefined;
  #batch = NO_FLOWS;
  /** Of the batch. */
  #times: DataView = new DataView(new ArrayBuffer(0));
  #done = 0;
  #latest = 0n;
  #periodEnd: bigint | undefined;
  #rows = 0;
  #first = 0n;
  #last = 0n;

  constructor(feed: FlowFeed, { limits, isEndless }: Rotation) {
    this.#feed = feed;
    takeLeftOut(feed);
    this.#limits = limits;
    this.#isEndless = isEndless;
  }

  /** Seconds since the epoch; without periods that of the flow that waits. */
  get periodStart(): number {
    const { seconds } = this.#limits;
    const waiting = this.#lastAt(this.#done);
    const last = Number((this.#latest > waiting ? this.#latest : waiting) / SECOND_NS);
    return seconds === undefined ? last : last - (last % seconds);
  }

  get contents(): Contents {
    const isEmpty = this.#rows === 0;
    return {
      rows: this.#rows,
      firstSeen: isEmpty ? null : secondsText(this.#first),
      lastSeen: isEmpty ? null : secondsText(this.#last),
    };
  }

  /** False: there are no more flows. A wait that was given up is gone on with. */
  waitForOne(): Promise<boolean> {
    this.#waiting ??= this.#wait().finally(() => {
      this.#waiting = undefined;
    });
    return this.#waiting;
  }

  async #wait(): Promise<boolean> {
    const { engine } = this.#feed;
    while (this.#done === this.#batch.count) {
      if (engine.closedCount > 0) {
        this.#batch = takeBatch(this.#feed);
        const { buffer, byteOffset } = this.#batch.bytes;
        this.#times = new DataView(buffer, byteOffset);
        this.#done = 0;
      } else if (!(await this.#feed.advance())) return false;
    }
    return true;
  }

  /** The flows of the period that begins now. It ends as well when the file is large enough. */
  part(file: PartFile): FlowFeed {
    const { seconds, bytes = Infinity } = this.#limits;
    const start = this.periodStart;
    this.#periodEnd = seconds === undefined ? undefined : BigInt(start + seconds) * SECOND_NS;
    this.#rows = 0;
    const feed: PartFeed = new PartFeed(
      this.#feed,
      async () => {
        if (file.size >= bytes || !(await this.#waitInPeriod())) return false;
        const end = this.#endOfPeriod();
        if (end === this.#done) return false;
        feed.offer(this.#batch, this.#done, end);
        this.#done = end;
        return true;
      },
      (rows) => this.#note(rows),
    );
    return feed;
  }

  /** Takes flows for a time and forgets them. Returns how many. */
  async discard(waitMs: number): Promise<number> {
    const until = performance.now() + waitMs;
    let count = 0;
    while (performance.now() < until && (await this.waitForOne())) {
      count += this.#batch.count - this.#done;
      this.#done = this.#batch.count;
    }
    return count;
  }

  /** False also when the period has ended by the clock of this host, and the capture is live. */
  async #waitInPeriod(): Promise<boolean> {
    if (!this.#isEndless || this.#periodEnd === undefined) return this.waitForOne();
    const leftMs = Math.max(0, Number(this.#periodEnd / 1_000_000n) - Date.now());
    let timer: NodeJS.Timeout | undefined;
    const isOver = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, leftMs, false);
    });
    try {
      return await Promise.race([this.waitForOne(), isOver]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The first row of the batch that belongs to another period. */
  #endOfPeriod(): number {
    let at = this.#done;
    for (; at < this.#batch.count; at++) {
      const last = this.#lastAt(at);
      if (this.#periodEnd !== undefined && last >= this.#periodEnd) break;
      if (last > this.#latest) this.#latest = last;
    }
    return at;
  }

  #lastAt(n: number): bigint {
    return this.#times.getBigUint64(n * this.#feed.engine.rowBytes + ROW_LAST, true);
  }

  #note({ base, count, rowBytes }: RowRange): void {
    const { data } = this.#feed.engine.views;
    for (let row = base; row < base + count * rowBytes; row += rowBytes) {
      const first = data.getBigUint64(row + ROW_FIRST, true);
      const last = data.getBigUint64(row + ROW_LAST, true);
      if (this.#rows === 0 || first < this.#first) this.#first = first;
      if (this.#rows === 0 || last > this.#last) this.#last = last;
      this.#rows++;
    }
  }
}

function secondsText(time: bigint): string {
  return `${time / SECOND_NS}.${String(time % SECOND_NS).padStart(9, '0')}`;
}
