/**
 * What `pcapflow/compat` exports: the names of the systems that this package replaces, as thin aliases. docs/mapping/
 * has a page for each of them.
 */
export { FParserError as error } from '../errors.ts';
export {
  FLOW_TYPE_TCP,
  FLOW_TYPE_UDP,
  Flow,
  FParser,
  SORT_BPS,
  SORT_BYTES,
  SORT_NONE,
  SORT_PKTS,
  SORT_PPS,
} from './fparser.ts';
export type { FlowId, FlowInfo, FParserCapInfo, FParserInfo, FParserKeywords, HeaderTuple } from './fparser.ts';
export { Conn, UDPConn } from './conn.ts';
export type { ConnEndpoint, ConnRow } from './conn.ts';
export {
  hex2ip,
  IfaceInfoTools,
  ip2hex,
  ip_address,
  network_address,
  network_mask,
  reverse_ip,
} from './interface_tools.ts';
export {
  _get_address_binary,
  _get_masked_bits,
  address_to_int,
  expand_ipv6_address,
  FULL_IPv4_MASK,
  FULL_IPv6_MASK,
  get_connections,
  get_mask_ipv4,
  get_mask_ipv6,
  get_system_resolvers,
  is_private_address,
  is_valid_ipv4_address,
  is_valid_ipv6_address,
  is_valid_port,
  port_usage,
  Resolver,
  system_resolvers,
} from './stem_connection.ts';
export type { Connection, ConnectionKeywords } from './stem_connection.ts';
export {
  AggressiveCleaningThreshold,
  CleanUDPStates,
  EnableTCPDualStack,
  EnableUDPDualStack,
  ErrConnectionNotFound,
  ErrPIDNotFound,
  Exists,
  GetInfo,
  GetIPScope,
  Global,
  GlobalMulticast,
  HostLocal,
  Invalid,
  LinkLocal,
  LocalMulticast,
  Lookup,
  SiteLocal,
  UDPConnectionTTL,
  UDPConnStateShortenedTTL,
  UDPConnStateTTL,
  UndefinedProcessID,
} from './network_state.ts';
export type { Info } from './network_state.ts';
export {
  get_pid_of_inode,
  get_process_info,
  hex2dec,
  MinimalWhois,
  reversed_endian2octets,
  tcp_states,
  tcp_timers,
  timers_and_jiffies,
} from './inetstat.ts';
export type { AsnData, ProcessInfo } from './inetstat.ts';
