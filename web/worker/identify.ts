/** What the flows of captures are, from their first bytes. Loaded when a page asks for it. */
import type { FlowTable } from '../../src/engine/table.ts';
import { FlowIdentities } from '../../src/reader/flow_identities.ts';
import { pageCrypto } from './page_crypto.ts';

/** Before the engine's first packet. */
export function identitiesOf(engine: FlowTable): FlowIdentities {
  return new FlowIdentities(engine, pageCrypto, engine.options.identify);
}
