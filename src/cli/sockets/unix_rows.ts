/** Sockets of the UNIX domain as rows like those of the Internet: their path is the local address. */
import type { HostOptions } from '../../host/options.ts';
import { stateCode } from '../../host/sockets/state.ts';
import { readUnixSockets } from '../../host/sockets/unix.ts';
import type { ShownRow } from './socket_columns.ts';

/** As ss calls them. */
const TABLES = { stream: 'u_str', dgram: 'u_dgr', seqpacket: 'u_seq', unknown: 'unix' } as const;

export type UnixTable = (typeof TABLES)[keyof typeof TABLES];

export function unixRows(options: HostOptions & { readonly pid?: number }): ShownRow[] {
  return readUnixSockets(options).map(({ type, state, inode, path }) => ({
    table: TABLES[type],
    local: { address: path, port: 0 },
    remote: { address: '', port: 0 },
    stateCode: stateCode(state),
    state,
    txQueue: undefined,
    rxQueue: undefined,
    uid: undefined,
    inode,
  }));
}

export function isUnixTable(table: string): table is UnixTable {
  return table.startsWith('u_') || table === 'unix';
}
