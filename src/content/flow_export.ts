/** Flow export: NetFlow version 5, version 9 (RFC 3954) and IPFIX (RFC 7011). */

import { uintAt } from './bytes.ts';
import { verdict, type Recognise } from './conversation.ts';

const V5_HEADER_SIZE = 24;
const V5_RECORD_SIZE = 48;
const V5_RECORDS_MAX = 30;
const V9_HEADER_SIZE = 20;
const IPFIX_HEADER_SIZE = 16;
const SETS_MAX = 64;

export const recogniseFlowExport: Recognise = ({ client, server }) => {
  if (server.length > 0) return undefined;
  const version = uintAt(client, 0, 2);
  const count = uintAt(client, 2, 2);
  if (
    version === 5 &&
    count >= 1 &&
    count <= V5_RECORDS_MAX &&
    client.length === V5_HEADER_SIZE + count * V5_RECORD_SIZE
  )
    return verdict('netflow', 2, false, { details: { version } });
  if (version === 9 && count >= 1 && setsFill(client, V9_HEADER_SIZE, 0))
    return verdict('netflow', 2, false, { details: { version } });
  if (version === 10 && count === client.length && setsFill(client, IPFIX_HEADER_SIZE, 2))
    return verdict('ipfix', 2, false, { details: { version } });
  return undefined;
};

/** Sets with ids of templates (`template`, one more for options) or of data (256 and above) fill the rest. */
function setsFill(datagram: Uint8Array, start: number, template: number): boolean {
  let at = start;
  for (let n = 0; n < SETS_MAX && at < datagram.length; n++) {
    const id = uintAt(datagram, at, 2);
    const size = uintAt(datagram, at + 2, 2);
    if (size < 4 || !(id === template || id === template + 1 || id >= 256)) return false;
    at += size;
  }
  return at === datagram.length && at > start;
}
