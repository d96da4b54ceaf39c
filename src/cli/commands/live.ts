/** `pcapflow live`: flows of interfaces, as they end. */
import { parseArgs } from 'node:util';
import { FParserError } from '../../errors.ts';
import { openLive } from '../../open_live.ts';
import { checkChoice, checkInteger, checkNumber, engineOptions } from '../../options.ts';
import { EXIT_CANNOT_START, EXIT_NO_PERMISSION, EXIT_OK } from '../exit.ts';
import {
  chosenFormat, FLOW_OPTIONS, FLOW_USAGE, flowOptions, given, isBug, messageOf, numberOption,
} from '../flow_options.ts';

const USAGE = `usage: pcapflow live IFACE... [options]
       pcapflow live --list
Captures from interfaces ('any' is all of them) and writes flows as they end; Ctrl-C ends the capture, and all flows that
are active then are written.

      --list              show the interfaces of this machine
      --capture HOW       cap (libpcap in this process) or tcpdump (a child process: kernel times, exact drop counts) (cap)
      --promiscuous       the devices themselves, in promiscuous mode
      --snaplen N         bytes kept of each frame, 64 to 262144 (128)
      --buffer MIB        kernel buffer (cap: 256, which holds 4091 packets; tcpdump: 64)
      --ring MIB          ring in front of the flow tracker, a power of two (16)
      --count N           end after N packets
      --duration S        end after S seconds
      --user NAME         give up all rights for those of NAME when the capture is open
${FLOW_USAGE}
exit status: 0 ended by a signal or a limit, 1 cannot start, 3 the interface was lost, 77 no right to capture
`;

/** Bytes of a frame that hold all headers of usual traffic, VLAN tags, IPv6 and TCP options included. */
const SNAPLEN = '128';
const MIB = 2 ** 20;
const SECOND_MS = 1000;
/** Longest time a timer can be set to. */
const DURATION_MAX_S = 2_147_483;

export async function live(argv: readonly string[]): Promise<number> {
  try {
    return await run(argv);
  } catch (error) {
    process.stderr.write(`pcapflow: ${messageOf(error)}\n`);
    if (!(error instanceof FParserError) && isBug(error)) throw error;
    return error instanceof FParserError && error.code === 'ERR_PERMISSION' ? EXIT_NO_PERMISSION : EXIT_CANNOT_START;
  }
}

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      ...FLOW_OPTIONS,
      list: { type: 'boolean' },
      capture: { type: 'string' },
      promiscuous: { type: 'boolean' },
      buffer: { type: 'string' },
      ring: { type: 'string' },
      count: { type: 'string' },
      duration: { type: 'string' },
      user: { type: 'string' },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return EXIT_OK;
  }
  if (values.list === true) {
    process.stdout.write((await import('../interface_list.ts')).interfaceList());
    return EXIT_OK;
  }
  if (positionals.length === 0) throw new RangeError("no interface is named; 'pcapflow live --list' shows them");
  const { write } = chosenFormat(values);
  const options = flowOptions({ ...values, snaplen: values.snaplen ?? SNAPLEN });
  const { user } = values;
  const reader = await openLive(
    {
      interfaces: positionals,
      capture: checkChoice('--capture', (values.capture ?? 'cap') as 'cap' | 'tcpdump', ['cap', 'tcpdump']),
      promiscuous: values.promiscuous === true,
      user,
      ...given('bufferSize', mebibytes('--buffer', values.buffer, 2047)),
    },
    {
      engine: engineOptions(options),
      filter: options.filter ?? '',
      warn: (warning) => void process.stderr.write(`pcapflow: warning: ${warning}\n`),
      ...given('ringSize', ringSize(values.ring)),
      ...given('count', wholeNumber('--count', values.count, Number.MAX_SAFE_INTEGER)),
      ...given('durationMs', duration(values.duration)),
    },
  );
  const { dropTo } = await import('../../source/live/rights.ts');
  const { runFeed } = await import('../run_feed.ts');
  return runFeed(reader, {
    write,
    output: values.output,
    stats: values.stats,
    endless: true,
    ...(user === undefined ? {} : { opened: () => dropTo(user) }),
  });
}

function wholeNumber(option: string, text: string | undefined, most: number): number | undefined {
  const value = numberOption(option, text);
  return value === undefined ? undefined : checkInteger(option, value, 1, most);
}

function mebibytes(option: string, text: string | undefined, most: number): number | undefined {
  const value = wholeNumber(option, text, most);
  return value === undefined ? undefined : value * MIB;
}

function ringSize(text: string | undefined): number | undefined {
  const size = mebibytes('--ring', text, 1024);
  if (size !== undefined && (size & (size - 1)) !== 0) throw new RangeError(`--ring is ${text}; it must be a power of two`);
  return size;
}

function duration(text: string | undefined): number | undefined {
  const seconds = numberOption('--duration', text);
  if (seconds === undefined) return undefined;
  if (seconds === 0) throw new RangeError('--duration is 0; it must be more than 0');
  return checkNumber('--duration', seconds, 0, DURATION_MAX_S, ' of seconds') * SECOND_MS;
}
