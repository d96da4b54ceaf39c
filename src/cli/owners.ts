/** Makes the owner look-up that a command's options describe. */
import type { HostError } from '../host/errors.ts';
import { sanitizeText } from '../text/sanitize.ts';
import { CymruDnsSource, CymruSource, defaultCacheFolder, openMmdb, OwnerLookup } from '../owner/index.ts';
import type { OwnerSource } from '../owner/index.ts';
import { warn } from './print_error.ts';
import type { OwnerChoice } from './owner_options.ts';

/**
 * @throws {HostError} for a database that cannot be used
 * @throws {TypeError} for a DNS server that is not an address
 */
export async function openOwners(choice: OwnerChoice): Promise<OwnerLookup> {
  const source = await sourceOf(choice);
  return OwnerLookup.open({
    ...(source === undefined ? {} : { source }),
    ...(choice.db === undefined ? { cacheFolder: defaultCacheFolder() } : {}),
    onWarning: (warning: HostError) => warn(sanitizeText(warning.message)),
  });
}

/** For an output that shows no owners: what they would come from is checked all the same. @throws as `openOwners` */
export async function checkOwners(choice: OwnerChoice): Promise<void> {
  const owners = await openOwners(choice);
  await owners.close();
}

async function sourceOf({ network, db, server, port, dns }: OwnerChoice): Promise<OwnerSource | undefined> {
  if (db !== undefined) return openMmdb(db);
  if (!network) return undefined;
  if (dns === true) return new CymruDnsSource(server === undefined ? {} : { servers: [dnsServer(server, port)] });
  return new CymruSource({
    ...(server === undefined ? {} : { host: server }),
    ...(port === undefined ? {} : { port }),
  });
}

/** In the form of `dns.setServers`, which does not accept names. */
function dnsServer(server: string, port: number | undefined): string {
  const host = server.includes(':') ? `[${server}]` : server;
  return port === undefined ? host : `${host}:${port}`;
}
