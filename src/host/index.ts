/** What `pcapflow/host` exports. */
export { HostError } from './errors.ts';
export type { HostErrorCode } from './errors.ts';
export type { Endpoint } from './endpoint.ts';
export type { HostOptions } from './options.ts';
export * from './address.ts';
export { addressScope, isInboundMulticast } from './address_scope.ts';
export type { AddressScope } from './address_scope.ts';
export { csvCell, sanitizeText } from './sanitize.ts';
export { pidsByName } from './process/pids_by_name.ts';
export { processDetails } from './process/process_details.ts';
export type { ProcessDetails, ProcessState, ProcessUids, StateWord } from './process/process_details.ts';
export { processIds, processList } from './process/process_list.ts';
export type { ProcessEntry } from './process/process_list.ts';
export { executableName, firstArgumentName, processName } from './process/process_name.ts';
export { processStartTicks } from './process/process_start.ts';
export { socketOwners } from './process/socket_owners.ts';
export type { SocketOwner, SocketOwners } from './process/socket_owners.ts';
export { userName } from './process/user_name.ts';
