/** Names the processes behind the flows of a live capture. */
import { FlowAttribution } from '../attribution/attribution.ts';
import { HostAttribution } from '../attribution/host_attribution.ts';
import { loadPortUses } from '../host/ports/port_uses.ts';
import { blindness, blindnessText } from '../host/process/visibility.ts';
import { userName } from '../host/process/user_name.ts';
import { LiveIdentities } from '../attribution/live_identities.ts';
import type { LiveReader } from '../reader/live_reader.ts';

/**
 * Scans all processes once, so the first flows are named as quickly as later ones, and loads all the code for naming:
 * after dropping privileges this process may be unable to read its own files.
 * @throws {HostError}
 */
export async function openIdentities(reader: LiveReader, allNamespaces = false): Promise<LiveIdentities> {
  const attribution = allNamespaces ? new HostAttribution() : new FlowAttribution();
  await attribution.warm();
  loadPortUses();
  return new LiveIdentities(reader, attribution);
}

/** The warning that only some processes can be named with the privileges left. */
export function visibilityWarning(): string | undefined {
  const [cause] = blindness();
  if (cause === undefined || cause === 'pidNamespace') return undefined;
  if (cause !== 'rights') return blindnessText(cause);
  const uid = process.geteuid?.() ?? 0;
  return `only processes of ${userName(uid) ?? `user ${uid}`} can be named: no right to look at others (CAP_SYS_PTRACE)`;
}
