/** Output of a command: a file or standard output. Waits when the reader is slow. Collected text is ASCII. */
import { FParserError, messageOf } from '../errors.ts';
import type { KafkaOptions } from './kafka/kafka_target.ts';
import type { NetworkOptions } from './network_options.ts';
import { FILE_CARRIER } from '../write/flow_output.ts';
import type { Carrier, FlowOutput } from '../write/flow_output.ts';
import { NO_TARGET, openTarget, standardTarget } from './output_target.ts';
import type { OutputCounters } from './output_counters.ts';
import type { Target, WriteMode } from './output_target.ts';
import { warn } from './print_error.ts';

/** Text is collected up to this many characters before it is written. */
const PIECE = 65536;

/** Writing failed: the output is incomplete. */
export class OutputError extends FParserError {
  constructor(name: string, cause: unknown) {
    super('ERR_WRITE', `${name} cannot be written: ${messageOf(cause)}`, { cause });
  }
}

/** Where an output goes, and how. */
export interface OutputPlan {
  /** Undefined or `-`: standard output. */
  readonly path: string | undefined;
  readonly mode: WriteMode;
  /** It contains untrusted text, which is escaped on a terminal. */
  readonly isRaw?: boolean;
  /** `path` is the address of a collector or of a topic. */
  readonly network?: NetworkOptions | KafkaOptions | undefined;
  /** What a file of its own needs at its beginning: its first line, its first lines with `#`; default: nothing. */
  readonly heading?: Heading | undefined;
  /** The format has an end, and cannot be continued in another file. */
  readonly isWhole?: boolean | undefined;
  /** The writer opens files of its own. */
  readonly isNone?: boolean;
  /** Undefined: nobody asks for them. */
  readonly counters?: OutputCounters | undefined;
}

/** An output of a run. */
export interface RunOutput {
  readonly plan: OutputPlan;
  /** Undefined: it is not open yet. */
  output?: Output;
}

/** Describes what the first of them that has something has not written yet; undefined if nothing. */
export function unwritten(outputs: readonly RunOutput[]): string | undefined {
  return outputs.map(({ output }) => output?.unwritten).find((text) => text !== undefined);
}

/** @throws {FParserError} as `openOutput` */
export async function openPlanned(planned: RunOutput, signal?: AbortSignal): Promise<Output> {
  planned.output = await openOutput(planned.plan, signal);
  return planned.output;
}

export type Heading = 'line' | 'comments';

/** @throws {FParserError} ERR_WRITE when it cannot be opened, ERR_STOPPED when `signal` comes before a pipe's reader */
export async function openOutput(plan: OutputPlan, signal?: AbortSignal): Promise<Output> {
  const { path, mode, isRaw = false, network, isNone = false, counters } = plan;
  if (isNone) return new Output(NO_TARGET);
  if (network === undefined) return new Output(await openTarget(path, mode, signal), isRaw, counters);
  return new Output(await openOnNetwork(network, signal), false, counters);
}

async function openOnNetwork(network: NetworkOptions | KafkaOptions, signal: AbortSignal | undefined): Promise<Target> {
  if (isTopic(network)) return (await import('./kafka/kafka_target.ts')).openKafka(network, signal);
  return (await import('./network_target.ts')).openNetworkTarget(network, signal);
}

function isTopic(network: NetworkOptions | KafkaOptions): network is KafkaOptions {
  return 'topic' in network.address;
}

export class Output implements FlowOutput {
  #target: Target;
  readonly #escapes: boolean;
  readonly #counters: OutputCounters | undefined;
  #carrier = FILE_CARRIER;
  #text = '';
  #gone = false;
  #failed: OutputError | undefined;

  /**
   * @param target default: standard output
   * @param isRaw on a terminal the text is escaped, line by line
   */
  constructor(target: Target = standardTarget(), isRaw = false, counters?: OutputCounters) {
    this.#target = target;
    this.#counters = counters;
    this.#escapes = isRaw && target.isTerminal;
  }

  /** The reader has closed its end: nothing more needs to be written. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Appended to existing content, which already has a header. */
  get continues(): boolean {
    return this.#target.continues;
  }

  /** What messages must know of their way. */
  get carrier(): Carrier {
    return this.#target.carrier ?? this.#carrier;
  }

  /** The first bytes of a file; none of anything else. @throws the system's error */
  readBack(size: number): Uint8Array {
    return this.#target.readBack?.(size) ?? new Uint8Array();
  }

  /**
   * Gives a file its own name before it is complete; what follows is written there in place. False: it has it already.
   * @throws the system's error; nothing has changed then
   */
  settle(): boolean {
    const settled = this.#target.settle?.();
    if (settled !== undefined) this.#target = settled;
    return settled !== undefined;
  }

  /**
   * Completes the present file, and continues in another.
   * @param heading for a new file
   * @throws the system's error; the present file is used on then
   */
  goOnIn(target: Target, heading: Uint8Array): void {
    const text = this.#text;
    if (text !== '') void this.#target.write(this.#counted(Buffer.from(text)));
    this.#text = '';
    this.#target.commit();
    this.#target = target;
    this.#carrier = { ...FILE_CARRIER, session: this.#carrier.session + 1 };
    if (!target.continues && heading.length > 0) void target.write(this.#counted(heading));
  }

  /** Describes what is not written yet; undefined if nothing. */
  get unwritten(): string | undefined {
    const bytes = this.#text.length + this.#target.waiting;
    return bytes === 0 ? undefined : `${bytes} bytes for ${this.#target.name}, which does not take them,`;
  }

  /** Adds text; resolves when the reader keeps up. */
  async add(text: string): Promise<void> {
    this.#text += text;
    if (this.#text.length >= PIECE) await this.flush();
  }

  /** Adds bytes, which may be overwritten as soon as this has resolved. @param keys of their lines */
  async addBytes(bytes: Uint8Array, keys?: readonly string[]): Promise<void> {
    await this.flush();
    await this.#write(bytes, keys);
  }

  /** Has a target that gathers what it gets send it now. */
  async send(): Promise<void> {
    await this.#try(async () => this.#target.send?.());
  }

  /** Adds text of ASCII, or bytes that may be overwritten as soon as this has resolved. */
  put(piece: string | Uint8Array): Promise<void> {
    return typeof piece === 'string' ? this.add(piece) : this.addBytes(piece);
  }

  /** Writes what was collected. */
  async flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text !== '') await this.#write(Buffer.from(text));
  }

  /** Writes the rest and completes the output. Idempotent. @throws {OutputError} */
  async close(): Promise<void> {
    await this.flush();
    try {
      await this.#target.drain?.();
      this.#target.commit();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Abandons incomplete output: a file that was to be replaced stays as it was. Idempotent, also after `close`. */
  abandon(): void {
    this.#text = '';
    this.#target.abandon();
  }

  async #write(bytes: Uint8Array, keys?: readonly string[]): Promise<void> {
    if (bytes.length === 0) return;
    await this.#try(async () => {
      await this.#target.write(this.#escapes ? await escaped(bytes) : bytes, keys);
      this.#counted(bytes);
    });
  }

  async #try(work: () => Promise<void>): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed;
    if (this.#gone) return;
    try {
      await work();
    } catch (error) {
      // A reader that has closed the pipe is not an error: `head` does so. Of a named one nobody else would notice.
      this.#gone = true;
      if ((error as { code?: unknown }).code !== 'EPIPE') throw this.#fail(error);
      if (this.#target.isNamedPipe === true)
        warn(`${this.#target.name}: who read this pipe has closed it; nothing more is written to it`);
    }
  }

  #counted(bytes: Uint8Array): Uint8Array {
    if (this.#counters !== undefined) this.#counters.bytes += bytes.length;
    return bytes;
  }

  #fail(error: unknown): OutputError {
    this.abandon();
    this.#failed ??= new OutputError(this.#target.name, error);
    return this.#failed;
  }
}

/** Sanitizes complete lines for a terminal. The sanitizer is loaded only when needed. */
async function escaped(bytes: Uint8Array): Promise<Uint8Array> {
  const { sanitizeText } = await import('../text/sanitize.ts');
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  return Buffer.from(lines.map((line) => sanitizeText(line)).join('\n'));
}
