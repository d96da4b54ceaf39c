/** The package's public surface. */
export { CaptureError, FParserError, PcapflowError } from './errors.ts';
export type { ErrorCode } from './errors.ts';
export type { EndReason, EndReasonIpfix, Flow, FlowField, FlowWith } from './flow/flow.ts';
export type { EngineCounters } from './engine/counters.ts';
export { provideEngine } from './engine/load.ts';
export type { Progress } from './reader/progress.ts';
export type { ReadOptions } from './reader/read_options.ts';
export { FlowReader, readFlows } from './api/read_flows.ts';
export type { FlowSource } from './api/read_flows.ts';
export type { CaptureBytes } from './source/file/capture_bytes.ts';
export * from './fparser/index.ts';
export { compileFilter, FilterError } from './filter/index.ts';
export type { BpfInstruction, BpfProgram, CompileOptions, Filter, FilterErrorCode } from './filter/index.ts';
