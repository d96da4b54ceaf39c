/**
 * Owners of addresses from the Team Cymru service over DNS, which its operator prefers for very many queries. TXT
 * records, one name for each address and one for each AS: 8.8.8.8.origin.asn.cymru.com "15169 | 8.8.8.0/24 | US | arin
 * | 2023-12-28" AS15169.asn.cymru.com "15169 | US | arin | 2000-03-30 | GOOGLE, US"
 */
import { Resolver } from 'node:dns/promises';
import { messageOf } from '../errors.ts';
import { HostError } from '../host/errors.ts';
import { reverseIp } from '../host/address/hex_address.ts';
import { addNew, originsOf } from './cymru_answer.ts';
import type { CymruFields } from './cymru_answer.ts';
import { Semaphore } from './semaphore.ts';
import { NOT_ANNOUNCED } from './owner.ts';
import type { Origin, OwnerAnswers, OwnerSource } from './owner.ts';
import { addressNumber } from './prefix.ts';
import { refuseUnknown } from '../options/check.ts';

const QUESTIONS_MAX = 32;
const TIMEOUT_MS = 5_000;
const TRIES = 2;
const WHOLE_MS = 60_000;
/** AS numbers whose names are remembered. */
const NAMES_MAX = 10_000;
/** AS | CC | Registry | Allocated | AS Name; the name may hold more bars. */
const NAME_FIELD = 4;

export interface CymruDnsOptions {
  /** DNS servers, as `dns.setServers` takes them. Default: those of the system. */
  readonly servers?: readonly string[];
  /** Wait for one answer, milliseconds, default 5,000; each query is tried twice. */
  readonly timeoutMs?: number;
  /** Time limit for all queries of one call, milliseconds, default 60,000. */
  readonly wholeMs?: number;
}

export class CymruDnsSource implements OwnerSource {
  readonly name = 'asn.cymru.com';
  readonly #resolver: Resolver;
  readonly #questions = new Semaphore(QUESTIONS_MAX);
  readonly #names = new Map<number, Promise<string>>();
  readonly #wholeMs: number;

  constructor(options: CymruDnsOptions = {}) {
    refuseUnknown('CymruDnsSource', options);
    const { servers, timeoutMs = TIMEOUT_MS, wholeMs = WHOLE_MS } = options;
    this.#resolver = new Resolver({ timeout: timeoutMs, tries: TRIES });
    this.#wholeMs = wholeMs;
    if (servers !== undefined) this.#resolver.setServers(servers);
  }

  async ask(addresses: readonly string[], signal?: AbortSignal): Promise<OwnerAnswers> {
    const origins = new Map<string, readonly Origin[]>();
    let failed = 0;
    let failure: HostError | undefined;
    let over = false;
    // Queries not sent by then are dropped; those under way fail.
    const stop = (): void => {
      over = true;
      this.#resolver.cancel();
    };
    const whole = setTimeout(stop, this.#wholeMs);
    signal?.addEventListener('abort', stop);
    if (signal?.aborted === true) stop();
    await Promise.all(
      addresses.map((address) =>
        this.#questions.run(async () => {
          try {
            if (over) throw new HostError('ERR_OWNER_TIMEOUT', 'the answers are not complete in time');
            const found = await this.#originsOf(address);
            if (found.length > 0) origins.set(address, Object.freeze(found));
          } catch (error) {
            failed++;
            failure ??= dnsError(error);
          }
        }),
      ),
    );
    clearTimeout(whole);
    signal?.removeEventListener('abort', stop);
    return { origins, failures: failure === undefined ? [] : [failure], failed, errors: [] };
  }

  async #originsOf(address: string): Promise<Origin[]> {
    const number = addressNumber(address);
    if (number === undefined) return [];
    const zone = number.family === 4 ? 'origin' : 'origin6';
    const records = await this.#texts(`${reverseIp(address)}.${zone}.asn.cymru.com`);
    if (records.length === 0) return [NOT_ANNOUNCED];
    const origins: Origin[] = [];
    // A name server gives the records of a name in any order.
    for (const record of records.sort()) addNew(origins, originsOf(fieldsOf(record), number, ''));
    return Promise.all(
      origins.map(async (origin) =>
        origin.asn === null ? origin : Object.freeze({ ...origin, name: (await this.#nameOf(origin.asn)) || null }),
      ),
    );
  }

  /** Empty when the AS has no name. */
  #nameOf(asn: number): Promise<string> {
    const known = this.#names.get(asn);
    if (known !== undefined) return known;
    if (this.#names.size >= NAMES_MAX) this.#names.clear();
    const name = this.#texts(`AS${asn}.asn.cymru.com`).then(([record = '']) =>
      record.split('|').slice(NAME_FIELD).join('|').trim(),
    );
    this.#names.set(asn, name);
    name.catch(() => this.#names.delete(asn));
    return name;
  }

  /** TXT records of the name; none when there is no such name. */
  async #texts(name: string): Promise<string[]> {
    try {
      return (await this.#resolver.resolveTxt(name)).map((pieces) => pieces.join(''));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
      throw error;
    }
  }
}

function fieldsOf(record: string): CymruFields {
  const [asns = '', prefix = '', country = '', registry = '', allocated = ''] = record
    .split('|')
    .map((part) => part.trim());
  return { asns, prefix, country, registry, allocated };
}

function dnsError(error: unknown): HostError {
  if (error instanceof HostError) return error;
  const isLate =
    error instanceof Error && 'code' in error && (error.code === 'ETIMEOUT' || error.code === 'ECANCELLED');
  return new HostError(isLate ? 'ERR_OWNER_TIMEOUT' : 'ERR_OWNER_PROTOCOL', messageOf(error), { cause: error });
}
