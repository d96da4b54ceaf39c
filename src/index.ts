/** The package's public surface. */
export { CaptureError, FParserError } from './errors.ts';
export type { ErrorCode } from './errors.ts';
export type { EndReason, EndReasonIpfix, Flow } from './flow.ts';
export type { EngineCounters } from './engine/engine.ts';
export type { ReadOptions } from './options.ts';
export { FlowReader, readFlows } from './read_flows.ts';
export type { FlowSource } from './read_flows.ts';
export * from './fparser/index.ts';
export { compileFilter, FilterError } from './filter/index.ts';
export type { BpfInstruction, BpfProgram, CompileOptions, Filter, FilterErrorCode } from './filter/index.ts';
