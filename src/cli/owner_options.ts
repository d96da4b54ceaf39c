/** Where owners of addresses are looked up, from the options of the commands that show them beside something else. */
import type { ValuesAt } from '../options/table.ts';

/** Where owners are looked up. */
export interface OwnerChoice {
  /** Ask a service for what the cache does not know? */
  readonly network: boolean;
  /** Local database: then neither a service nor the cache is used. */
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
