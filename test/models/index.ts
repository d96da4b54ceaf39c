/** Models: the slow, plain second implementation that the engine is compared with. */

export { addressText } from './address.ts';
export { readCapture, type Capture, type CapturedFrame, type CaptureFault, type CaptureFaultCode } from './capture.ts';
export { decode, type DecodedPacket, type DecodeOptions, type Refused } from './decode.ts';
export { etherTypeFilter } from './filter.ts';
export { flowsOf, type FlowCounters, type FlowOptions } from './flows.ts';
export { flowLine, flowLines } from './jsonl.ts';
