/** What all parsers share: which lines belong to the process, and the connections they hold. */
import { connectionKey, connectionOf } from './connection.ts';
import type { Connection } from './connection.ts';

/** Which process's lines to take. With neither pid nor name: all lines. */
export interface LineFilter {
  readonly pid?: number | undefined;
  /** Compared as text with the name as the program prints it (programs cut and escape names); never a pattern. */
  readonly name?: string | undefined;
  /** Processes known to have the name, whatever the program calls them. */
  readonly namesakes?: readonly number[] | undefined;
  /** Leave `::ffff:192.0.2.1` instead of turning it into IPv4. Default false. */
  readonly keepMapped?: boolean | undefined;
  /** Called for each line of the process whose addresses cannot be used. */
  readonly onUnusable?: ((line: string) => void) | undefined;
}

/** A connection with a peer, as text, and the processes that hold it. */
export interface SocketLine {
  readonly protocol: 'tcp' | 'udp';
  readonly local: string;
  readonly remote: string;
  readonly owners: readonly Owner[];
}

export interface Owner {
  readonly pid: number;
  /** As printed. Undefined when the program prints no names. */
  readonly name?: string;
}

export interface LineFormat {
  /** Undefined for headers, other protocols, other states, and lines without a process. */
  read(line: string): SocketLine | undefined;
  /** How the program prints the name of this process. */
  printedName(name: string, pid: number): string;
}

/** Connections of the lines in their order, each once. */
export function parseLines(lines: Iterable<string>, format: LineFormat, filter: LineFilter): Connection[] {
  const namesakes = new Set(filter.namesakes);
  const isWanted = ({ pid, name }: Owner): boolean => {
    if (filter.pid !== undefined && pid !== filter.pid) return false;
    return filter.name === undefined || namesakes.has(pid) || name === format.printedName(filter.name, pid);
  };
  const connections = new Map<string, Connection>();
  for (const line of lines) {
    const socket = format.read(line);
    if (socket === undefined || !socket.owners.some(isWanted)) continue;
    const connection = connectionOf(socket.protocol, socket.local, socket.remote, filter.keepMapped);
    if (connection === undefined) filter.onUnusable?.(line);
    else connections.set(connectionKey(connection), connection);
  }
  return [...connections.values()];
}

/** `tcp` for tcp, tcp4, tcp6, tcp46 and TCP; the same for udp. */
export function protocolOf(text: string | undefined): 'tcp' | 'udp' | undefined {
  switch (text?.toLowerCase()) {
    case 'tcp':
    case 'tcp4':
    case 'tcp6':
    case 'tcp46':
      return 'tcp';
    case 'udp':
    case 'udp4':
    case 'udp6':
    case 'udp46':
      return 'udp';
    default:
      return undefined;
  }
}
