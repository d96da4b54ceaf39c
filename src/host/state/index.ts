export { LookupError } from './lookup_error.ts';
export { NetworkStateTracker } from './network_state_tracker.ts';
export type { LookupOptions, TrackerOptions } from './network_state_tracker.ts';
export { UNDEFINED_PID } from './packet_info.ts';
export type { BindInfo, ConnectionInfo, LookupResult, NetworkState, PacketInfo } from './packet_info.ts';
export type { StateReader, StateTable } from './state_reader.ts';
export {
  AGGRESSIVE_CLEANING_THRESHOLD,
  UDP_CONN_STATE_SHORTENED_TTL_MS,
  UDP_CONN_STATE_TTL_MS,
  UDP_CONNECTION_TTL_MS,
} from './udp_peers.ts';
