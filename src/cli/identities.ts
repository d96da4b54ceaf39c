/** Names the processes behind the flows of a live capture. */
import { FlowAttribution } from '../attribution/attribution.ts';
import { loadPortUses } from '../host/ports/port_uses.ts';
import { seesAllProcesses } from '../host/process/process_rights.ts';
import { userName } from '../host/process/user_name.ts';
import { LiveIdentities } from '../attribution/live_identities.ts';
import type { LiveReader } from '../reader/live_reader.ts';

/**
 * Looks at all processes once, so that the first flows are named as quickly as later ones, and loads all that naming needs:
 * who gives up rights may be unable to read the program afterwards.
 * @throws {HostError}
 */
export async function openIdentities(reader: LiveReader): Promise<LiveIdentities> {
  const attribution = new FlowAttribution();
  await attribution.warm();
  loadPortUses();
  return new LiveIdentities(reader, attribution);
}

/** What to say when only some processes can be named, with the rights that are left. */
export function visibilityWarning(): string | undefined {
  if (seesAllProcesses()) return undefined;
  const uid = process.geteuid?.() ?? 0;
  return `only processes of ${userName(uid) ?? `user ${uid}`} can be named: no right to look at others (CAP_SYS_PTRACE)`;
}
