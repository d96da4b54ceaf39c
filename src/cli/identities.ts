/** Names the processes behind the flows of a live capture. */
import { FlowAttribution } from '../host/attribution.ts';
import { LiveIdentities } from '../live_identities.ts';
import type { LiveReader } from '../live_reader.ts';

/** Looks at all processes once, so that the first flows are named as quickly as later ones. @throws {HostError} */
export async function openIdentities(reader: LiveReader): Promise<LiveIdentities> {
  const attribution = new FlowAttribution();
  await attribution.warm();
  return new LiveIdentities(reader, attribution);
}
