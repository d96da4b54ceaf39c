/** Sockets that nobody has opened. */
import type { SocketEntry } from '../../../src/cli/sockets/socket_columns.ts';
import { parseSocketTable } from '../../../src/host/sockets/parse.ts';
import { tableText } from '../../host/sockets/table_text.ts';
import type { TextRow } from '../../host/sockets/table_text.ts';

export interface MadeEntry extends Partial<Omit<SocketEntry, 'row'>> {
  readonly protocol?: 'tcp' | 'udp';
  readonly row?: TextRow;
}

/** Established, from 127.0.0.1:53 to 0.0.0.0:0, unless told otherwise; nothing is known of it. */
export function entry({ protocol = 'tcp', row = {}, ...known }: MadeEntry = {}): SocketEntry {
  const table = row.local?.includes(':') === true ? (`${protocol}6` as const) : protocol;
  const [parsed] = parseSocketTable(tableText([{ state: 1, ...row }]), table, { endianness: 'LE' }).rows;
  if (parsed === undefined) throw new Error('no row');
  return {
    row: parsed,
    pid: null,
    name: null,
    user: null,
    details: null,
    owner: null,
    service: null,
    holders: [],
    namespace: null,
    command: null,
    cgroup: null,
    ...known,
  };
}
