/** What help, completions and the manual say of each command. */
import { PROFILES } from '../generate/profiles.ts';
import { QUERY_EXAMPLES } from './query_examples.ts';
import type { CommandName } from '../options/option.ts';
import { COLUMN_NAMES } from '../options/host_commands.ts';
import type { CommandDefinition, CommandHead, CommandText } from './command.ts';

const CAPTURE_EXITS = { 1: 'cannot start', 3: 'the interface was lost', 77: 'no right to capture' } as const;

const FEED_SIGNALS =
  'SIGHUP: the output file was moved away, begin a new one; without -o FILE, end, unless nohup has started it. ' +
  'SIGUSR1: print the counters. SIGUSR2: write what is waiting to be written.';

const TEXTS: Readonly<Record<CommandName, CommandText>> = {
  read: {
    summary: 'flows of capture files',
    usage: ['[FILE...] [options]'],
    about:
      "Reads captures (pcap, pcapng; gzip or zstd around them) and writes their flows. '-' is standard input, which is " +
      'also read when no file is named. Several files are one capture: flows continue from one to the next.',
    exits: {
      0: 'all was read',
      1: 'cannot start',
      3: 'read in part (truncated, corrupt, or interrupted)',
      4: 'the output could not be written',
    },
  },
  live: {
    summary: 'flows of network interfaces',
    usage: ['IFACE... [options]', '--list'],
    about:
      "Captures from interfaces ('any' is all of them) and writes flows as they end; Ctrl-C ends the capture, and all " +
      'flows that are active then are written.',
    notes: [FEED_SIGNALS],
    exits: {
      0: 'ended by a signal or a limit',
      ...CAPTURE_EXITS,
      3: 'an interface was lost, or flows are missing: they were dropped, because the output is slow',
      4: 'the output could not be written',
    },
  },
  top: {
    summary: 'active flows on a full screen',
    usage: ['IFACE... [options]'],
    about:
      "Shows the active flows of interfaces ('any' is all of them), the fastest first. Press ? for a list of keys.",
    exits: { 0: 'ended by a key or a signal', ...CAPTURE_EXITS },
  },
  replay: {
    summary: 'a capture file as if it were live',
    usage: ['FILE... [options]'],
    about:
      "Plays captures (all that 'read' takes) at the pace at which they were recorded, through the ring of a live " +
      'capture, and writes their flows as they end.',
    notes: [
      FEED_SIGNALS,
      'FILE of -o gets its name at the end, or at the first SIGHUP with the flows so far; from then on it is written in ' +
        'place. With --append it is from the beginning.',
    ],
    exits: {
      0: 'all was played',
      1: 'cannot start',
      3: 'played in part (truncated, corrupt, or interrupted)',
      4: 'the output could not be written',
    },
  },
  query: {
    summary: 'SQL over the flows of captures',
    usage: ['SQL CAPTURE... [options]'],
    about:
      "Runs SQL over the view 'flows', which has the flows of the captures with the columns of docs/schema.md. Several " +
      'captures are one, as in read. The SQL is that of DuckDB, whose package is installed on its own.',
    notes: [
      'Examples (docs/query.md):',
      ...QUERY_EXAMPLES.map(({ title, sql }) => `${title}: pcapflow query "${sql.replaceAll('\n', ' ')}" FILE`),
    ],
    exits: {
      0: 'all was read',
      1: 'cannot start, or the SQL is wrong',
      3: 'read in part (truncated, corrupt, or interrupted)',
    },
  },
  web: {
    summary: 'captures in a browser, read there',
    usage: ['[CAPTURE...] [options]'],
    about:
      'Serves a page on this machine and prints its URL. The page reads the captures, or files that are dropped on it, ' +
      'and shows who talked to whom, when and how much. Nothing leaves this machine.',
    notes: [
      'Only who has the URL with its token can read the captures. The page alone is dist/web, for any web server.',
    ],
    exits: { 0: 'ended by a signal', 1: 'cannot start' },
  },
  filter: {
    summary: 'what a capture filter compiles to',
    usage: ['EXPRESSION [options]'],
    about: 'Compiles a capture filter, as in pcap-filter(7), and shows the result. Without options: as with -d.',
    exits: { 0: 'it compiles', 1: 'it does not, or wrong arguments' },
  },
  owner: {
    summary: 'who announces an address',
    usage: ['ADDRESS... [options]'],
    about:
      'Says which network announces each address: AS number and name, country, prefix. Without an address, or for ' +
      "'-', addresses are read from standard input, one per line. Answers are kept for a week; private addresses are " +
      'never asked for.',
    exits: {
      0: 'done',
      1: 'cannot start',
      2: 'see --strict',
      3: 'some lines of standard input were not addresses',
    },
  },
  sockets: {
    summary: 'sockets of this host and their processes (also: netstat)',
    usage: ['[options]'],
    about:
      "Lists the TCP and UDP sockets of this host that have a peer, and their processes. Other users' processes need root.",
    notes: [
      `columns: ${COLUMN_NAMES.join(' ')}`,
      'A socket that several processes share has the one with the lowest pid, mostly their parent; --pid and --name ' +
        'find it by any of them, and show that one. Owners are those of the remote address; without --owner only what ' +
        'the cache knows.',
      'The habits of netstat -tulpen, ss -tunap, ss -s and ss -x work.',
    ],
    exits: { 0: 'done', 1: 'cannot start', 2: 'see --strict' },
  },
  connections: {
    summary: 'connections of a process',
    usage: ['--pid N | --name NAME [options]'],
    about:
      "Lists a process's connections that have a peer: tcp established, udp connected. Other users' processes need root.",
    exits: {
      0: 'some were found',
      1:
        'cannot start (wrong arguments, a name of several processes where the resolver needs one, resolver not there ' +
        'or not allowed)',
      4: 'no such process, or no connections of it can be seen',
    },
  },
  lookup: {
    summary: 'the process behind a packet, and who started the exchange',
    usage: ['PROTO LOCAL REMOTE [options]'],
    about:
      "Finds the socket of a packet in the kernel's tables, and the process that has it open. PROTO is tcp or udp, LOCAL " +
      'and REMOTE are ADDRESS:PORT or [ADDRESS]:PORT. Processes of other users need root.',
    notes: [
      "The direction says who started: inbound when LOCAL is a listener's address, else outbound; for udp it is the packet's.",
      'A udp socket that is connected to REMOTE from a port that the kernel chose has started it.',
    ],
    exits: {
      0: "the socket was found (its process may be hidden: '-', null)",
      1: 'cannot start (wrong arguments, no /proc)',
      4: 'there is no such socket',
    },
  },
  generate: {
    summary: 'a capture to measure or test with',
    usage: ['--profile NAME --packets N [options]'],
    about:
      'Makes a capture (pcap, Ethernet). The same version, profile, number of packets and seed give the same bytes ' +
      'everywhere.',
    notes: Object.entries(PROFILES).map(([name, { about }]) => `${name}: ${about}`),
    exits: { 0: 'all was written', 1: 'cannot start', 3: 'interrupted', 4: 'the output could not be written' },
  },
  plan: {
    summary: 'how many machines read captures together',
    usage: ['INPUT... --output DIR [options]'],
    about:
      'Writes a plan: which inputs there are (files, folders, patterns with * and ?, s3://BUCKET/PREFIX), how they ' +
      'are read, and where their flows go. Its jobs give the flows of one read over all inputs (docs/scaling.md). ' +
      'Prints the stages with their numbers of jobs.',
    exits: { 0: 'the plan was written', 1: 'cannot start', 4: 'the plan could not be written' },
  },
  shard: {
    summary: 'one job of a plan',
    usage: ['--plan FILE --stage STAGE --index N [options]'],
    about:
      'Does one job of a plan. One that is done already is not done again, so it does not matter how often it is ' +
      'run, or where: by xargs, GNU parallel, Slurm, Kubernetes (docs/scaling.md).',
    exits: {
      0: 'the job is done',
      1: 'cannot start, or the job has failed: run it again',
      3: 'stage merge: read in part',
    },
  },
  merge: {
    summary: 'the last job of a plan',
    usage: ['--plan FILE [options]'],
    about: 'Checks what the other jobs have left, and writes manifest.json, which names the flows, last of all.',
    exits: {
      0: 'all was read',
      1: 'cannot start, or a job before it is not done',
      3: 'read in part: the manifest names the inputs that are damaged, missing or changed',
    },
  },
  cluster: {
    summary: 'one plan on many machines, by a queue in Redis',
    usage: ['submit|worker|status|cancel --redis URL --plan FILE [options]', 'run --local --plan FILE [options]'],
    about:
      'submit puts the steps of a plan into a queue; each worker, on as many machines as wanted, takes steps from it ' +
      'until the plan is complete; status shows how far it is; cancel ends it. All machines need the same plan, and ' +
      'find inputs and output under the same names (docs/cluster_queue.md). run does all steps of the plan here.',
    notes: ['SIGTERM ends a worker: steps that it cannot finish in 20 s are handed back to the queue.'],
    exits: {
      0: 'done; of worker: the plan is complete',
      1: 'cannot start: wrong arguments, no plan, no Redis, a package is missing',
      3: 'of worker: the plan has failed or was cancelled, or a signal came before its end; of run: as merge',
      4: 'of status and cancel: the plan is not in the queue',
    },
  },
  completion: {
    summary: 'completions for a shell',
    usage: ['bash|zsh|fish'],
    about:
      'Writes completions of commands, options and their words for a shell. For bash: source <(pcapflow completion bash)',
    exits: { 0: 'done', 1: 'wrong arguments' },
  },
};

/** A command with its texts. */
export function definitionOf({ name, aliases, takesOperands }: CommandHead): CommandDefinition {
  return { name, ...(aliases === undefined ? {} : { aliases }), takesOperands, ...TEXTS[name] };
}
