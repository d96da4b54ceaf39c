/**
 * Finds where TLS takes over a line-based conversation: both streams continue with a TLS record where a line would
 * begin.
 */

import { lineAt } from './text.ts';
import type { Inner } from './conversation.ts';

const LINES_MAX = 64;
const HANDSHAKE = 22;

/** Undefined when neither side has switched to TLS. */
export function tlsAfterLines(client: Uint8Array, server: Uint8Array): Inner | undefined {
  const clientAt = recordAt(client);
  const serverAt = recordAt(server);
  if (clientAt === undefined && serverAt === undefined) return undefined;
  return { clientAt: clientAt ?? client.length, serverAt: serverAt ?? server.length, tls: true };
}

function recordAt(stream: Uint8Array): number | undefined {
  let at = 0;
  for (let n = 0; n < LINES_MAX; n++) {
    if (isRecord(stream, at)) return at;
    const line = lineAt(stream, at);
    if (line === undefined || !line.whole) return undefined;
    at = line.next;
  }
  return undefined;
}

/** A TLS handshake record starts here. */
export const isRecord = (stream: Uint8Array, at: number): boolean =>
  stream[at] === HANDSHAKE && stream[at + 1] === 3 && (stream[at + 2] ?? 255) <= 4;
