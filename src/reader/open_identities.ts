/** Identification of an engine's flows, loaded when it is asked for. */
import type { FlowTable } from '../engine/table.ts';
import { wantsIdentity } from '../flow/groups.ts';
import type { FlowIdentities } from './flow_identities.ts';

/** Undefined when the engine's options do not ask for it. */
export async function openIdentities(table: FlowTable): Promise<FlowIdentities | undefined> {
  if (!wantsIdentity(table.options.with)) return undefined;
  const [{ FlowIdentities }, { nodeCrypto }] = await Promise.all([
    import('./flow_identities.ts'),
    import('../content/node_crypto.ts'),
  ]);
  return new FlowIdentities(table, nodeCrypto, table.options.identify);
}
