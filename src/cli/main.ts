#!/usr/bin/env node
/** The `pcapflow` command: finds the subcommand and runs it. Each one is loaded only when it is called. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const USAGE = `usage: pcapflow read [FILE...] [options]    flows of capture files
       pcapflow live IFACE... [options]     flows of network interfaces
       pcapflow top IFACE... [options]      active flows on a full screen
       pcapflow replay FILE... [options]    a capture file as if it were live
       pcapflow filter EXPRESSION [options] what a capture filter compiles to
       pcapflow owner ADDRESS... [options]  who announces an address
       pcapflow sockets [options]           sockets of this host and whose they are (also: netstat)
       pcapflow connections --pid N         whom a process is talking to
       pcapflow lookup PROTO LOCAL REMOTE   whose packet this is, and who started
       pcapflow COMMAND --help              options of a command
       pcapflow --version
`;

async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case 'read':
      return (await import('./commands/read.ts')).read(rest);
    case 'live':
      return (await import('./commands/live.ts')).live(rest);
    case 'top':
      return (await import('./commands/top.ts')).top(rest);
    case 'replay':
      return (await import('./commands/replay.ts')).replay(rest);
    case 'filter':
      return (await import('./commands/filter.ts')).filter(rest);
    case 'owner':
      return (await import('./commands/owner.ts')).owner(rest);
    case 'sockets':
    case 'netstat':
      return (await import('./commands/sockets.ts')).sockets(rest);
    case 'connections':
      return (await import('./commands/connections.ts')).connections(rest);
    case 'lookup':
      return (await import('./commands/lookup.ts')).lookup(rest);
    case '--version':
    case '-V':
      process.stdout.write(`pcapflow ${version()}\n`);
      return 0;
    case '--help':
    case '-h':
    case 'help':
      process.stdout.write(USAGE);
      return 0;
    default:
      process.stderr.write(command === undefined ? USAGE : `pcapflow: no command ${command}\n${USAGE}`);
      return 1;
  }
}

function version(): string {
  const require = createRequire(import.meta.url);
  return String(
    (JSON.parse(readFileSync(require.resolve('pcapflow/package.json'), 'utf8')) as { version: string }).version,
  );
}

// No top-level await: the command is bundled for require, which starts faster than import.
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
