/** The program cap_frames inside a namespace, as tests drive it. */
import type { NamespacePair } from '../../live/netns.ts';
import { Program } from '../../live/program.ts';
import type { CapFramesOptions, EndReport, OpenReport } from '../../live/programs/cap_frames.ts';
import { NEAR } from '../../live/netns.ts';

/** 511 packets: quick to open, and enough for what tests send. */
const BUFFER = 32 << 20;

export class CapRun {
  readonly program: Program;
  readonly opened: OpenReport;

  private constructor(program: Program, opened: OpenReport) {
    this.program = program;
    this.opened = opened;
  }

  /** Resolves when the source is open, or could not be opened. */
  static async start(pair: NamespacePair, options: Partial<CapFramesOptions>): Promise<CapRun> {
    const text = JSON.stringify({ interfaces: [NEAR], filter: '', bufferSize: BUFFER, ...options });
    const program = await Program.start(pair.near, 'cap_frames', text);
    return new CapRun(program, await program.report(0) as OpenReport);
  }

  /** Waits until the run is over by itself. */
  async end(): Promise<EndReport> {
    const report = await this.program.report(1) as EndReport;
    await this.program.ended;
    return report;
  }

  stop(): Promise<EndReport> {
    this.program.child.kill('SIGTERM');
    return this.end();
  }
}

/** The frames of a report as hex, without their first bytes. */
export const framesAfter = (report: EndReport, headerSize: number): string[] => report.frames.map(({ hex }) => hex.slice(headerSize * 2));
