/** Options that only FParser has. */
import { CONFIG_HARD_LIMIT, CONFIG_SOFT_LIMIT } from '../../assembly/layout.ts';
import type { Option } from './option.ts';

const CALLBACK = { type: 'function', nullable: true, where: ['FParser'] } as const;
const MEMORY = { type: 'bytes', range: [65_536, 2 ** 31], where: ['FParser'] } as const;

export const PARSER_OPTIONS = [
  {
    name: 'isFile',
    type: 'flag',
    help: 'the source is a file, not a network interface',
    where: ['FParser'],
  },
  {
    name: 'logLevel',
    type: 'value',
    typescript: 'LogLevel | number',
    default: 'err',
    help: 'least severe messages that are logged: a syslog name or 0..7',
    where: ['FParser'],
  },
  {
    name: 'log',
    type: 'function',
    typescript: 'Log',
    without: 'lines on standard error',
    help: 'takes the messages',
    where: ['FParser'],
  },
  {
    ...CALLBACK,
    name: 'tcpCallback',
    typescript: 'FlowCallback<FlowOf<D, TcpFlow>> | null',
    help: 'called with each TCP flow',
  },
  {
    ...CALLBACK,
    name: 'udpCallback',
    typescript: 'FlowCallback<FlowOf<D, UdpFlow>> | null',
    help: 'called with each UDP flow',
  },
  {
    ...CALLBACK,
    name: 'icmpCallback',
    typescript: 'FlowCallback<FlowOf<D, IcmpFlow>> | null',
    help: 'called with each ICMP flow',
  },
  {
    ...CALLBACK,
    name: 'unknownCallback',
    typescript: 'FlowCallback<FlowOf<D, UnknownFlow>> | null',
    help: 'called with each flow of another protocol',
  },
  {
    ...CALLBACK,
    name: 'killCallback',
    typescript: '(() => unknown) | null',
    help: 'called once, last; a promise that it gives is not waited for',
  },
  {
    ...CALLBACK,
    name: 'errorCallback',
    typescript: '((error: FParserError) => unknown) | null',
    without: 'they are logged',
    help: 'takes non-fatal problems',
  },
  {
    name: 'headers',
    type: 'value',
    typescript: "'auto' | 'none' | { readonly max: number }",
    default: 'auto',
    help: "headers stored per flow: `'auto'` is up to 10,000; max is 1..1,000,000,000",
    where: ['FParser'],
  },
  {
    ...MEMORY,
    name: 'softMemLimit',
    without: '128 MiB',
    help: 'memory of flows at which idle ones are ended early; give both limits or neither, soft < hard',
    word: { at: CONFIG_SOFT_LIMIT, bits: 64 },
  },
  {
    ...MEMORY,
    name: 'hardMemLimit',
    without: '256 MiB',
    help: 'memory of flows that is never exceeded; give both limits or neither, soft < hard',
    word: { at: CONFIG_HARD_LIMIT, bits: 64 },
  },
  {
    name: 'maxBacklog',
    type: 'integer',
    range: [1, 1_048_576],
    default: 65_536,
    help: 'finished flows that may wait for callbacks before reading pauses',
    where: ['FParser'],
  },
  {
    name: 'stopTimeout',
    type: 'duration',
    range: [0, 86_400 * 365],
    default: 10,
    help: 'after `stop()`, how long the promise of a callback is waited for; then the flows that are left are given up',
    where: ['FParser'],
  },
  {
    name: 'replay',
    type: 'value',
    typescript: "{ readonly speed: number | 'max' }",
    without: 'the file is read as fast as it can be',
    help: 'with isFile: replay the capture as if live, at so many times the recorded pace',
    where: ['FParser'],
  },
] as const satisfies readonly Option[];
