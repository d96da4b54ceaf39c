/** Options of a capture: from interfaces, or of a file that is replayed. */
import type { Option } from './option.ts';

const MIB = 2 ** 20;
/** Longest time a timer can be set to, seconds. */
const TIMER_MAX_S = 2_147_483;

export const CAPTURE_OPTIONS = [
  {
    name: 'list',
    type: 'flag',
    immediate: true,
    help: 'show the interfaces of this machine',
    where: ['live'],
  },
  {
    name: 'process',
    type: 'flag',
    help: 'name the process behind each flow, and say whether it is inbound or outbound',
    where: ['live'],
  },
  {
    name: 'interval',
    type: 'duration',
    argument: 'S',
    range: [0.1, 3600],
    default: 1,
    help: 'time between refreshes',
    where: ['top'],
  },
  {
    name: 'speed',
    type: 'number',
    argument: 'N',
    range: [0, Number.MAX_VALUE],
    above: true,
    orWord: 'max',
    default: 1,
    help: 'N times the recorded pace',
    where: ['replay'],
  },
  {
    name: 'count',
    type: 'integer',
    argument: 'N',
    range: [1, Number.MAX_SAFE_INTEGER],
    help: 'end after N packets',
    where: ['live'],
  },
  {
    name: 'duration',
    type: 'duration',
    argument: 'S',
    range: [0, TIMER_MAX_S],
    above: true,
    help: 'end after S seconds',
    where: ['live'],
  },
  {
    name: 'capture',
    type: 'choice',
    argument: 'HOW',
    choices: ['cap', 'tcpdump'],
    default: 'cap',
    help: 'cap (libpcap in this process) or tcpdump (a child process: kernel times, exact drop counts)',
    doc: 'Who delivers the frames of an interface.',
    where: ['live', 'top', 'FParser'],
  },
  {
    name: 'promiscuous',
    type: 'flag',
    help: 'the devices themselves, in promiscuous mode',
    doc: 'Online: open the device in promiscuous mode.',
    where: ['live', 'top', 'FParser'],
  },
  {
    name: 'bufferSize',
    flag: 'buffer',
    type: 'bytes',
    commandUnit: 'MiB',
    argument: 'MIB',
    range: [MIB, 2048 * MIB - 1],
    without: 'cap: 256 MiB, which holds 4091 packets; tcpdump: 256 MiB',
    help: 'kernel buffer',
    doc: 'Online: kernel capture buffer. `cap` takes 64 KiB of it for each packet; with `tcpdump` the interfaces share it.',
    where: ['live', 'top', 'FParser'],
  },
  {
    name: 'ringSize',
    flag: 'ring',
    type: 'bytes',
    commandUnit: 'MiB',
    argument: 'MIB',
    // Four times the largest record.
    range: [2 * MIB, 1024 * MIB],
    powerOfTwo: true,
    without: '16 MiB',
    help: 'ring in front of the flow tracker',
    doc: 'Online and replay: ring in front of the flow tracker. A replay, which waits, has 2 MiB when nothing is said.',
    where: ['live', 'top', 'FParser'],
  },
  {
    name: 'user',
    type: 'text',
    argument: 'NAME',
    help: 'give up all rights for those of NAME when the capture is open',
    where: ['live', 'top'],
  },
] as const satisfies readonly Option[];
