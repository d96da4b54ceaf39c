/** Names the processes behind the flows of a live capture. */
import { FlowAttribution } from '../attribution/attribution.ts';
import { ClosedSockets } from '../attribution/closed_sockets.ts';
import { HostAttribution } from '../attribution/host_attribution.ts';
import { loadPortUses } from '../host/ports/port_uses.ts';
import { blindness, blindnessText } from '../host/process/visibility.ts';
import { userName } from '../host/process/user_name.ts';
import { KernelTrace } from '../attribution/kernel_trace.ts';
import { LiveIdentities } from '../attribution/live_identities.ts';
import type { LiveReader } from '../reader/live_reader.ts';

interface IdentityOptions {
  /** Look into the other network namespaces of this host, too. */
  readonly allNamespaces?: boolean;
  /** Have the kernel report closed sockets, where it can. It needs root until the end. */
  readonly traces?: boolean;
  /** Rights are dropped to those of this user before the first flow. */
  readonly user?: string | undefined;
}

/**
 * Loads all the code for naming: after dropping privileges this process may be unable to read its own files. Scans all
 * processes once, so the first flows are named as quickly as later ones; not when privileges are dropped, since for a
 * moment it would name processes that the user must not see.
 * @throws {HostError}
 */
export async function openIdentities(
  reader: LiveReader,
  { allNamespaces = false, traces = false, user }: IdentityOptions = {},
): Promise<LiveIdentities> {
  const trace = traces ? KernelTrace.open() : undefined;
  const closed = trace === undefined ? undefined : new ClosedSockets(trace);
  const attribution = allNamespaces ? new HostAttribution({}, closed) : new FlowAttribution({}, closed);
  try {
    if (user === undefined) await attribution.warm();
  } catch (error) {
    closed?.close();
    throw error;
  }
  loadPortUses();
  return new LiveIdentities(reader, {
    attribute: (flows) => attribution.attribute(flows),
    traced: (flow, answer) => attribution.traced(flow, answer),
    async close() {
      await attribution.close();
      closed?.close();
    },
  });
}

/** The warning that only some processes can be named with the privileges left. */
export function visibilityWarning(): string | undefined {
  const [cause] = blindness();
  if (cause === undefined || cause === 'pidNamespace') return undefined;
  if (cause !== 'rights') return blindnessText(cause);
  const uid = process.geteuid?.() ?? 0;
  return `only processes of ${userName(uid) ?? `user ${uid}`} can be named: no right to look at others (CAP_SYS_PTRACE)`;
}
