export { CallbackError } from './callback_error.ts';
export { FParser } from './fparser.ts';
export type {
  AnyFlow,
  BiFlow,
  Direction,
  DirectionInfo,
  FlowEndReason,
  FlowId,
  FlowInfo,
  FlowKind,
  FlowOf,
  IcmpFlow,
  IcmpHeader,
  IpHeader,
  PacketHeader,
  TcpFlow,
  TcpHeader,
  UdpFlow,
  UnknownFlow,
} from './flow_view.ts';
export type { FParserInfo, ParserState } from './parser_info.ts';
export type { Log, LogLevel } from './log.ts';
export type { FlowCallback, FParserOptions } from './parser_options.ts';
