/**
 * A program that opens one interface directly through `cap` and writes a pcap stream to standard output. The package
 * aborts its process when the interface goes down or disappears (C1); in a process of its own that harms nothing else.
 * PromiscuousCapSource starts it. It ends when its standard input ends, so it never outlives its parent.
 *
 * Problems are reported on standard error, one per line: the code, a space, the message as JSON.
 */
import { FParserError } from '../../errors.ts';
import { CapSource } from './cap_source.ts';
import { PcapStreamSink } from '../tcpdump/pcap_stream_sink.ts';
import { dropTo } from '../live/rights.ts';

export interface CapChildOptions {
  readonly device: string;
  readonly filter: string;
  /** Bytes of each frame, 0: all. */
  readonly snaplen: number;
  readonly bufferSize?: number;
  /** User to switch to once the capture is open. */
  readonly user?: string;
}

/** The most bytes that libpcap delivers of a frame. */
const SNAPLEN_MAX = 65_535;
const STDOUT = 1;

async function capture({ device, filter, snaplen, bufferSize, user }: CapChildOptions): Promise<void> {
  const source = new CapSource({
    interfaces: [device],
    filter,
    openDeviceDirectly: true,
    ...(bufferSize === undefined ? {} : { bufferSize }),
  });
  const stop = (): void => source.stop();
  process.on('SIGTERM', stop);
  // Ctrl-C reaches all processes of the terminal; the parent decides what it means.
  process.on('SIGINT', () => {});
  process.stdin.on('end', stop).on('error', stop).resume();
  const sink = new PcapStreamSink(STDOUT, snaplen === 0 ? SNAPLEN_MAX : Math.min(snaplen, SNAPLEN_MAX));
  await source.open(sink);
  if (user !== undefined) dropTo(user);
  // The header of the stream signals success.
  sink.publish();
  await source.run();
}

function report(error: unknown): void {
  // The reader has exited, so there is nothing to report.
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return;
  const code = error instanceof FParserError ? error.code : error instanceof RangeError ? 'ERR_PERMISSION' : 'ERR_READ';
  process.stderr.write(`${code} ${JSON.stringify((error as Error).message)}\n`);
}

function fail(error: unknown): void {
  report(error);
  process.exit(1);
}

process.on('uncaughtException', fail);
capture(JSON.parse(process.argv[2] ?? '{}') as CapChildOptions).then(() => process.exit(0), fail);
