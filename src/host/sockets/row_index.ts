/** Look-ups over the rows of one read. Each index is built on first use. */
import { unmapAddress } from '../address/address.ts';
import type { Endpoint } from '../endpoint.ts';
import type { SocketRow } from './row.ts';

/** What `byEndpoint` looks for. A mapped address and its IPv4 address are the same. */
export interface EndpointQuery {
  readonly local: Endpoint;
  /** Default: any. */
  readonly remote?: Endpoint;
}

type Index<K> = ReadonlyMap<K, readonly SocketRow[]>;

const NONE: readonly SocketRow[] = Object.freeze([]);

export class RowIndex {
  readonly #rows: readonly SocketRow[];
  #inodes: Index<number> | undefined;
  #uids: Index<number> | undefined;
  #localPorts: Index<number> | undefined;
  #locals: Index<string> | undefined;
  #connections: Index<string> | undefined;

  constructor(rows: readonly SocketRow[]) {
    this.#rows = rows;
  }

  byInode(inode: number): readonly SocketRow[] {
    this.#inodes ??= indexBy(this.#rows, (row) => row.inode);
    return this.#inodes.get(inode) ?? NONE;
  }

  byUid(uid: number): readonly SocketRow[] {
    this.#uids ??= indexBy(this.#rows, (row) => row.uid);
    return this.#uids.get(uid) ?? NONE;
  }

  byLocalPort(port: number): readonly SocketRow[] {
    this.#localPorts ??= indexBy(this.#rows, (row) => row.local.port);
    return this.#localPorts.get(port) ?? NONE;
  }

  /** @throws {RangeError} an invalid address */
  byEndpoint({ local, remote }: EndpointQuery): readonly SocketRow[] {
    const localKey = endpointKey(local);
    if (remote === undefined) {
      this.#locals ??= indexBy(this.#rows, (row) => endpointKey(row.local));
      return this.#locals.get(localKey) ?? NONE;
    }
    this.#connections ??= indexBy(this.#rows, (row) => `${endpointKey(row.local)} ${endpointKey(row.remote)}`);
    return this.#connections.get(`${localKey} ${endpointKey(remote)}`) ?? NONE;
  }
}

function endpointKey({ address, port }: Endpoint): string {
  return `${unmapAddress(address)} ${port}`;
}

function indexBy<K>(rows: readonly SocketRow[], keyOf: (row: SocketRow) => K): Index<K> {
  const index = new Map<K, SocketRow[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = index.get(key);
    if (group === undefined) index.set(key, [row]);
    else group.push(row);
  }
  for (const group of index.values()) Object.freeze(group);
  return index;
}
