/** The text formats of flows. Each makes text; nobody here writes it anywhere. */
import type { FlowView } from '../flow.ts';

/** One format: a header before the first flow, one piece of text per flow, a footer after the last. */
export interface FlowFormat {
  header(): string;
  flow(flow: FlowView): string;
  footer(): string;
}
