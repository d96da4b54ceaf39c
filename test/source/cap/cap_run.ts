/** The program cap_frames inside a namespace, as tests drive it. */
import { Program } from '../../live/program.ts';
import type { CapFramesOptions, EndReport, OpenReport } from '../../live/programs/cap_frames.ts';
import { FAR, NEAR } from '../../live/netns.ts';
import type { Namespace, NamespacePair } from '../../live/netns.ts';
import { waitFor } from '../live/collecting_sink.ts';

/** 1,022 packets: quick to open, and as many as tests send, so none is lost however long the program has to wait. */
const BUFFER = 64 << 20;

export class CapRun {
  readonly program: Program;
  readonly opened: OpenReport;

  private constructor(program: Program, opened: OpenReport) {
    this.program = program;
    this.opened = opened;
  }

  /** Resolves when the line carries packets and the source is open, or could not be opened. */
  static async start(pair: NamespacePair, options: Partial<CapFramesOptions>): Promise<CapRun> {
    await carrier(pair);
    const text = JSON.stringify({ interfaces: [NEAR], filter: '', bufferSize: BUFFER, ...options });
    const program = await Program.start(pair.near, 'cap_frames', text);
    return new CapRun(program, (await program.report(0)) as OpenReport);
  }

  /** Waits until the program has told `count` times that more frames came: see `tell`. */
  async told(count: number): Promise<void> {
    await this.program.report(count);
  }

  /** Waits until the run is over by itself. */
  async end(): Promise<EndReport> {
    await this.program.report(1);
    await this.program.ended;
    return this.program.reports.at(-1) as EndReport;
  }

  stop(): Promise<EndReport> {
    this.program.child.kill('SIGTERM');
    return this.end();
  }
}

/** Sets the far end down and up again. */
export async function loseCarrier(pair: NamespacePair): Promise<void> {
  pair.far.down(FAR);
  pair.far.up(FAR);
  await carrier(pair);
}

/**
 * Sends the file until all of it has come through the line, which may lose the first packets after its carrier is back.
 */
export async function replayThrough(pair: NamespacePair, file: string, count: number): Promise<void> {
  const received = (): number => pair.near.counters(NEAR).received;
  for (let sent = 0; sent < 20; sent++) {
    const before = received();
    await pair.replay(file, { rate: 5000 });
    if (received() - before >= count) return;
  }
  throw new Error('the line loses packets');
}

/** Resolves when the line carries packets: the kernel notices up to a second after both ends were set up. */
async function carrier(pair: NamespacePair): Promise<void> {
  const ready = (side: Namespace, link: string): boolean =>
    side.ip('-br', 'link', 'show', 'dev', link).split(/\s+/)[1] === 'UP';
  await waitFor(
    () => ready(pair.far, FAR) && ready(pair.near, NEAR),
    () => 'no carrier',
  );
}

/** The frames of a report as hex, without their first bytes. */
export const framesAfter = (report: EndReport, headerSize: number): string[] =>
  report.frames.map(({ hex }) => hex.slice(headerSize * 2));
