/** Options of commands that show the owners of addresses beside something else. */

/** For parseArgs. */
export const OWNER_OPTIONS = {
  owner: { type: 'boolean' },
  'owner-db': { type: 'string' },
  'owner-dns': { type: 'boolean' },
  'owner-server': { type: 'string' },
  'owner-port': { type: 'string' },
} as const;

/** What they mean, for the help texts. */
export const OWNER_USAGE = `\
      --owner             name the networks of both addresses; asks whois.cymru.com for those that are not in the cache
      --owner-db FILE     with --owner: look into a local .mmdb file (GeoLite2-ASN fields), and ask nobody
      --owner-dns         with --owner: ask over DNS
      --owner-server HOST with --owner: another service; with --owner-dns the address of the DNS server
      --owner-port N      with --owner: its port
`;

export interface OwnerValues {
  readonly owner?: boolean | undefined;
  readonly 'owner-db'?: string | undefined;
  readonly 'owner-dns'?: boolean | undefined;
  readonly 'owner-server'?: string | undefined;
  readonly 'owner-port'?: string | undefined;
}

/** Where owners are looked up. */
export interface OwnerChoice {
  /** Ask a service for what the cache does not know? */
  readonly network: boolean;
  /** Local database: then neither a service nor the cache is used. */
  readonly db?: string | undefined;
  /** Name or address of the service, or address of the DNS server. */
  readonly server?: string | undefined;
  readonly port?: string | undefined;
  /** Ask over DNS. */
  readonly dns?: boolean | undefined;
}

/** Undefined when no owners are wanted. @throws {RangeError} for the other options without --owner */
export function ownerChoice(values: OwnerValues): OwnerChoice | undefined {
  const { owner, 'owner-db': db, 'owner-dns': dns, 'owner-server': server, 'owner-port': port } = values;
  if (owner === true) return { network: true, db, dns, server, port };
  for (const [option, value] of Object.entries({
    'owner-db': db,
    'owner-dns': dns,
    'owner-server': server,
    'owner-port': port,
  })) {
    if (value !== undefined) throw new RangeError(`--${option} is of no use without --owner`);
  }
  return undefined;
}
