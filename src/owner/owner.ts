/** Who announces an address: the answer of every source of owners, and the interface of such a source. */
import type { AddressScope } from '../host/address/address_scope.ts';
import type { HostError } from '../host/errors.ts';
import { parsePrefix } from './prefix.ts';

/** One network that holds an address. Texts are as the source wrote them: show them through `sanitizeText`. */
export interface Origin {
  /** AS number, 0..2^32-1; null when the address is not announced. */
  readonly asn: number | null;
  /** Name of the AS, such as `GOOGLE, US`. */
  readonly name: string | null;
  /** Country of the registration, ISO 3166-1 alpha-2, upper case. */
  readonly country: string | null;
  /** The announced prefix in canonical text, such as `8.8.8.0/24`. */
  readonly prefix: string | null;
  /** Internet registry, such as `arin`. */
  readonly registry: string | null;
  /** Day of the allocation, `YYYY-MM-DD`. */
  readonly allocated: string | null;
}

/** The first origin of an address, and all of them. */
export interface Owner extends Origin {
  /** Only a `global` address has an origin; of another one the name is its scope. */
  readonly scope: AddressScope;
  /** Those of the longest prefix, in the order of the source: more than one when several networks announce it. */
  readonly origins: readonly Origin[];
}

/** A source's answer. */
export interface OwnerAnswers {
  /** Origins of each address that got an answer, at least one each. Keys are the addresses as they were asked. */
  readonly origins: ReadonlyMap<string, readonly Origin[]>;
  /** Why addresses got none: ERR_OWNER_PROTOCOL or ERR_OWNER_TIMEOUT, one for each batch that failed. */
  readonly failures: readonly HostError[];
  /** Addresses that were in those batches. */
  readonly failed: number;
  /** Error lines of the service, at most 100. Raw text. */
  readonly errors: readonly string[];
}

/** A source of owners. */
export interface OwnerSource {
  /** Shown in messages. */
  readonly name: string;
  /**
   * @param addresses global ones in canonical text, IPv4-mapped ones as IPv4, each once Never rejects because of the
   *   source: problems are in the answers.
   */
  ask(addresses: readonly string[], signal?: AbortSignal): Promise<OwnerAnswers>;
}

/** Most origins of one address; bounds the work on hostile answers. */
export const ORIGINS_MAX = 16;
/** AS numbers have 32 bits (RFC 6793). */
export const ASN_MAX = 0xffffffff;

/** A country as two letters (ISO 3166-1 alpha-2). */
export function isCountry(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Z]{2}$/.test(value);
}

/** A global address that is not announced. */
export const NOT_ANNOUNCED: Origin = Object.freeze({
  asn: null,
  name: null,
  country: null,
  prefix: null,
  registry: null,
  allocated: null,
});

/**
 * The origins that count: those of the longest announced prefix, each AS once, in their order.
 * @param origins at least one
 */
function bestOrigins(origins: readonly Origin[]): readonly Origin[] {
  const longest = Math.max(...origins.map(lengthOf));
  const byAsn = new Map<number | null, Origin>();
  for (const origin of origins) {
    if (lengthOf(origin) === longest && !byAsn.has(origin.asn)) byAsn.set(origin.asn, origin);
  }
  return Object.freeze([...byAsn.values()]);
}

/** Of its prefix; -1 when it has none. */
function lengthOf({ prefix }: Origin): number {
  return (prefix === null ? undefined : parsePrefix(prefix))?.length ?? -1;
}

/** @param origins at least one, of any prefixes */
export function ownerOf(origins: readonly Origin[]): Owner {
  const best = bestOrigins(origins);
  return Object.freeze({ ...(best[0] ?? NOT_ANNOUNCED), scope: 'global', origins: best });
}

/** The answer for an address that no network can own: its scope is its name. */
export function localOwner(scope: AddressScope): Owner {
  const origin = Object.freeze({ ...NOT_ANNOUNCED, name: scope });
  return Object.freeze({ ...origin, scope, origins: Object.freeze([origin]) });
}
