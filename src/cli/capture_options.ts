/** Options that `live` and `top` share: what is captured, and how. */
import { constants, setPriority } from 'node:os';
import type { LiveLimits, LiveReader } from '../reader/live_reader.ts';
import { openLive, RING_SIZE_MIN } from '../reader/open_live.ts';
import type { LiveSettings } from '../reader/open_live.ts';
import { checkChoice, checkInteger, engineOptions } from '../reader/options.ts';
import { ordinaryUser } from '../source/live/rights.ts';
import { flowOptions, given, numberOption } from './flow_options.ts';
import type { FlowValues } from './flow_options.ts';

/** For parseArgs. */
export const CAPTURE_OPTIONS = {
  capture: { type: 'string' },
  promiscuous: { type: 'boolean' },
  buffer: { type: 'string' },
  ring: { type: 'string' },
  user: { type: 'string' },
} as const;

/** What they mean, for the help texts. */
export const CAPTURE_USAGE = `\
      --capture HOW       cap (libpcap in this process) or tcpdump (a child process: kernel times, exact drop counts) (cap)
      --promiscuous       the devices themselves, in promiscuous mode
      --snaplen N         bytes kept of each frame, 64 to 262144 (128)
      --buffer MIB        kernel buffer (cap: 256, which holds 4091 packets; tcpdump: 256)
      --ring MIB          ring in front of the flow tracker, a power of two (16)
      --user NAME         give up all rights for those of NAME when the capture is open
`;

export interface CaptureValues extends FlowValues {
  readonly capture?: string | undefined;
  readonly promiscuous?: boolean | undefined;
  readonly buffer?: string | undefined;
  readonly ring?: string | undefined;
  readonly user?: string | undefined;
}

/** Bytes of a frame that hold all headers of usual traffic, VLAN tags, IPv6 and TCP options included. */
const SNAPLEN = '128';
const MIB = 2 ** 20;

/**
 * Packets wait in the kernel's buffer for some milliseconds only: this thread, and what it starts from here on (the
 * tracker, tcpdump), goes before others where it may.
 */
function raisePriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch {
    // Without the right it is as it was.
  }
}

/** A capture that is not started yet. @throws {RangeError} for a value that makes no sense @throws {FParserError} */
export function openCapture(
  interfaces: readonly string[],
  values: CaptureValues,
  limits: LiveLimits & Pick<LiveSettings, 'starts'>,
  warn: (message: string) => void,
): Promise<LiveReader> {
  if (interfaces.length === 0) throw new RangeError("no interface is named; 'pcapflow live --list' shows them");
  const options = flowOptions({ ...values, snaplen: values.snaplen ?? SNAPLEN });
  if (values.user !== undefined) ordinaryUser(values.user);
  raisePriority();
  return openLive(
    {
      interfaces,
      capture: checkChoice('--capture', (values.capture ?? 'cap') as 'cap' | 'tcpdump', ['cap', 'tcpdump']),
      promiscuous: values.promiscuous === true,
      user: values.user,
      ...given('bufferSize', mebibytes('--buffer', values.buffer, 2047)),
    },
    {
      engine: engineOptions(options),
      filter: options.filter ?? '',
      warn,
      ...given('ringSize', ringSize(values.ring)),
      ...limits,
    },
  );
}

/** @throws {RangeError} */
export function wholeNumber(option: string, text: string | undefined, most: number): number | undefined {
  const value = numberOption(option, text);
  return value === undefined ? undefined : checkInteger(option, value, 1, most);
}

function mebibytes(option: string, text: string | undefined, most: number): number | undefined {
  const value = wholeNumber(option, text, most);
  return value === undefined ? undefined : value * MIB;
}

function ringSize(text: string | undefined): number | undefined {
  const size = mebibytes('--ring', text, 1024);
  if (size !== undefined && size < RING_SIZE_MIN)
    throw new RangeError(`--ring is ${text}; the least is ${RING_SIZE_MIN / MIB}`);
  if (size !== undefined && (size & (size - 1)) !== 0)
    throw new RangeError(`--ring is ${text}; it must be a power of two`);
  return size;
}
