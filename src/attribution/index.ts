/** What `pcapflow/attribution` exports. */
export { FlowAttribution } from './attribution.ts';
export type {
  Attribution,
  AttributionCounters,
  AttributionOptions,
  Evidence,
  FlowProcess,
  FlowStart,
  Holder,
} from './attribution.ts';
