/** Connections of a process as text. It is ASCII: addresses, numbers and fixed words. */
import type { RECORD_FORMATS } from '../options/owner_options.ts';
import { withScope } from '../host/address/link_scope.ts';
import type { Connection } from '../host/resolvers/connection.ts';
import { endpointText } from '../text/endpoint.ts';
import { tableLines } from '../text/table.ts';

export type ConnectionFormat = (typeof RECORD_FORMATS)[number];

const FIELDS = ['protocol', 'localAddress', 'localPort', 'remoteAddress', 'remotePort', 'isIpv6'] as const;
const TITLES = ['PROTO', 'LOCAL', 'REMOTE'];

/** Pieces of text, each of whole lines. Without connections: a heading, an empty array, or nothing. */
export function* connectionsText(format: ConnectionFormat, connections: readonly Connection[]): Generator<string> {
  switch (format) {
    case 'table':
      yield* tableLines({ titles: TITLES }, connections.map(cells));
      return;
    case 'json':
      yield connections.length === 0 ? '[]\n' : `[\n${connections.map((c) => JSON.stringify(c)).join(',\n')}\n]\n`;
      return;
    case 'ndjson':
      for (const connection of connections) yield `${JSON.stringify(connection)}\n`;
      return;
    case 'csv':
      yield `${FIELDS.join(',')}\n`;
      for (const shown of connections.map(scoped)) yield `${FIELDS.map((field) => shown[field]).join(',')}\n`;
  }
}

/** With the interface behind link-local addresses, as programs take them. */
function scoped(c: Connection): Connection {
  const { localAddress, remoteAddress, scope } = c;
  return { ...c, localAddress: withScope(localAddress, scope), remoteAddress: withScope(remoteAddress, scope) };
}

function cells(connection: Connection): string[] {
  const c = scoped(connection);
  return [c.protocol, endpointText(c.localAddress, c.localPort), endpointText(c.remoteAddress, c.remotePort)];
}
