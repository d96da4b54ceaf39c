/** How owners of addresses are looked up, from the options of commands that show owners as an extra. */
import type { ValuesAt } from '../options/table.ts';

/** Where owners are looked up. */
export interface OwnerChoice {
  /** Whether a service is asked about addresses that are not in the cache. */
  readonly network: boolean;
  /** Local database; it replaces service and cache. */
  readonly db?: string | undefined;
  /** Name or address of the service, or address of the DNS server. */
  readonly server?: string | undefined;
  readonly port?: number | undefined;
  /** Ask over DNS. */
  readonly dns?: boolean | undefined;
}

type OwnerValues = Pick<ValuesAt<'read'>, 'owner' | 'ownerDb' | 'ownerDns' | 'ownerServer' | 'ownerPort'>;

/** Undefined when no owners are wanted. */
export function ownerChoice({
  owner,
  ownerDb: db,
  ownerDns: dns,
  ownerServer: server,
  ownerPort: port,
}: OwnerValues): OwnerChoice | undefined {
  return owner ? { network: true, db, dns, server, port } : undefined;
}
