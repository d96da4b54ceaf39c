/** Socket tables of the kernel. */
export { SocketTable, tcp6Table, tcpTable, udp6Table, udpTable } from './table.ts';
export type { ViewOptions } from './table.ts';
export { readSockets, readSocketsAsync } from './read.ts';
export type { SocketSnapshot, SocketTableOptions } from './read.ts';
export { parseSocketTable } from './parse.ts';
export type { ParsedTable } from './parse.ts';
export { unmapRow } from './row.ts';
export type { SocketRow } from './row.ts';
export type { EndpointQuery } from './row_index.ts';
export { socketState } from './state.ts';
export type { SocketState, StateSelector } from './state.ts';
export { TABLE_NAMES } from './table_name.ts';
export type { TableName } from './table_name.ts';
export { ticksToMs } from './timer.ts';
export type { TimerKind } from './timer.ts';
