/** Options of the commands that look at this host, and of `pcapflow filter`. */
import type { Option } from './option.ts';

/** What `pcapflow sockets` can show. */
export const COLUMN_NAMES = [
  'proto',
  'local',
  'localPort',
  'remote',
  'remotePort',
  'state',
  'pid',
  'name',
  'user',
  'asn',
  'asName',
  'prefix',
  'country',
  'service',
  'rxQueue',
  'txQueue',
  'umask',
  'procState',
  'threads',
  'memory',
] as const;

export const FILTER_OPTIONS = [
  {
    name: 'd',
    short: 'd',
    type: 'count',
    help: 'the program as text; given three times (-ddd) as numbers, the count first',
    where: ['filter'],
  },
  {
    name: 'tree',
    type: 'flag',
    help: 'the syntax tree',
    where: ['filter'],
  },
  {
    name: 'wat',
    type: 'flag',
    help: 'the WebAssembly function',
    where: ['filter'],
  },
  {
    name: 'linktype',
    type: 'text',
    argument: 'NAME',
    default: 'EN10MB',
    help: 'link type of the frames, as tcpdump -y names it, or its number',
    where: ['filter'],
  },
] as const satisfies readonly Option[];

export const SOCKETS_OPTIONS = [
  {
    name: 'listening',
    short: 'l',
    type: 'flag',
    help: 'those that wait for any peer instead: TCP listeners, UDP sockets without a peer',
    where: ['sockets'],
  },
  {
    name: 'all',
    short: 'a',
    type: 'flag',
    help: 'those with a peer and those that wait for one',
    where: ['sockets'],
  },
  {
    name: 'tcp',
    short: 't',
    type: 'flag',
    help: 'only TCP',
    where: ['sockets'],
  },
  {
    name: 'udp',
    short: 'u',
    type: 'flag',
    help: 'only UDP',
    where: ['sockets'],
  },
  {
    name: 'ipv4',
    short: '4',
    type: 'flag',
    help: 'only IPv4',
    where: ['sockets'],
  },
  {
    name: 'ipv6',
    short: '6',
    type: 'flag',
    help: 'only IPv6 (an IPv6 socket may speak IPv4: ::ffff:a.b.c.d)',
    where: ['sockets'],
  },
  {
    name: 'state',
    type: 'list',
    separator: ',',
    argument: 'S,...',
    help: 'in these states, such as listen, established, timeWait (udp: established or close)',
    where: ['sockets'],
  },
  {
    name: 'pid',
    type: 'list',
    separator: ',',
    argument: 'N,...',
    help: 'that one of these processes has open',
    where: ['sockets'],
  },
  {
    name: 'name',
    type: 'list',
    argument: 'NAME',
    help: 'that a process of this name has open; may be given several times',
    where: ['sockets'],
  },
  {
    name: 'columns',
    type: 'text',
    argument: 'C,...',
    choices: COLUMN_NAMES,
    help: 'what to show, or all',
    where: ['sockets'],
  },
  {
    name: 'sort',
    type: 'text',
    dashed: true,
    argument: 'C,...',
    choices: COLUMN_NAMES,
    help: 'order; -C: largest first',
    where: ['sockets'],
  },
  {
    name: 'watch',
    type: 'duration',
    argument: 'S',
    range: [0.1, 86_400],
    help: 'again every S seconds, until Ctrl-C',
    where: ['sockets'],
  },
  {
    name: 'color',
    type: 'choice',
    argument: 'WHEN',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    help: 'colours; auto: NO_COLOR, FORCE_COLOR, TERM and COLORTERM count',
    where: ['sockets'],
  },
] as const satisfies readonly Option[];

export const CONNECTIONS_OPTIONS = [
  {
    name: 'pid',
    short: 'p',
    type: 'integer',
    digits: true,
    argument: 'N',
    range: [1, Number.MAX_SAFE_INTEGER],
    help: 'the process',
    where: ['connections'],
  },
  {
    name: 'name',
    short: 'n',
    type: 'text',
    argument: 'NAME',
    help: 'its name, as text; with --pid both must match',
    where: ['connections'],
  },
  {
    name: 'resolver',
    short: 'r',
    type: 'choice',
    argument: 'R',
    choices: ['proc', 'netstat', 'netstat-windows', 'ss', 'lsof', 'sockstat', 'procstat', 'fstat'],
    without: 'the first that this system has',
    help: 'where to look',
    where: ['connections'],
  },
  {
    name: 'timeout',
    type: 'duration',
    argument: 'S',
    // The longest that a timer can wait.
    range: [0, (2 ** 31 - 1) / 1000],
    above: true,
    default: 10,
    help: "time until the resolver's program is killed",
    where: ['connections'],
  },
  {
    name: 'keepMapped',
    type: 'flag',
    help: 'show ::ffff:a.b.c.d where the resolver distinguishes it from a.b.c.d',
    where: ['connections'],
  },
] as const satisfies readonly Option[];

export const LOOKUP_OPTIONS = [
  {
    name: 'inbound',
    short: 'i',
    type: 'flag',
    help: 'the packet went from REMOTE to LOCAL, not from LOCAL to REMOTE',
    where: ['lookup'],
  },
  {
    name: 'fast',
    type: 'flag',
    help: 'give up sooner',
    where: ['lookup'],
  },
  {
    name: 'allNamespaces',
    type: 'flag',
    help: 'also look in the other network namespaces of this host: containers (needs root)',
    where: ['sockets', 'lookup', 'live', 'top'],
  },
  {
    name: 'format',
    short: 'f',
    type: 'choice',
    argument: 'FORMAT',
    choices: ['text', 'json'],
    default: 'text',
    help: 'form of the answer',
    where: ['lookup'],
  },
] as const satisfies readonly Option[];

/** The last of every command. */
export const HELP_OPTION = [
  {
    name: 'help',
    short: 'h',
    type: 'flag',
    immediate: true,
    help: 'show this text',
    where: ['read', 'live', 'top', 'replay', 'filter', 'owner', 'sockets', 'connections', 'lookup', 'completion'],
  },
] as const satisfies readonly Option[];
