/**
 * Owners of addresses from the Team Cymru service: bulk queries over TCP. The operator asks users not to send many
 * single queries, and to use the DNS service (`CymruDnsSource`) for very many.
 */
import { lookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { HostError } from '../host/errors.ts';
import { ERRORS_MAX, parseCymruAnswer } from './cymru_answer.ts';
import type { CymruAnswer } from './cymru_answer.ts';
import { askBatch, CYMRU_LIMITS } from './cymru_batch.ts';
import type { CymruLimits } from './cymru_batch.ts';
import { Semaphore } from './semaphore.ts';
import type { Origin, OwnerAnswers, OwnerSource } from './owner.ts';
import { refuseUnknown } from '../options/check.ts';

const HOST = 'whois.cymru.com';
const PORT = 43;
/** Addresses on one connection. */
const BATCH_MAX = 1_000;
const CONNECTIONS_MAX = 4;
const ADDRESSES_MAX = 10_000;

export interface CymruOptions {
  /** Name or address of the service. Default `whois.cymru.com`; resolved once. */
  readonly host?: string;
  /** 1..65535, default 43. */
  readonly port?: number;
  /** Addresses looked up in the life of this source, at most. Default 10,000. */
  readonly addressesMax?: number;
  readonly limits?: Partial<CymruLimits>;
}

export class CymruSource implements OwnerSource {
  readonly name: string;
  readonly #port: number;
  readonly #limits: CymruLimits;
  readonly #connections = new Semaphore(CONNECTIONS_MAX);
  readonly #resolve: LookupFunction;
  #left: number;

  constructor(options: CymruOptions = {}) {
    refuseUnknown('CymruSource', options);
    this.name = options.host ?? HOST;
    this.#port = options.port ?? PORT;
    this.#left = options.addressesMax ?? ADDRESSES_MAX;
    this.#limits = { ...CYMRU_LIMITS, ...options.limits };
    this.#resolve = resolvedOnce(this.name);
  }

  async ask(addresses: readonly string[], signal?: AbortSignal): Promise<OwnerAnswers> {
    const origins = new Map<string, readonly Origin[]>();
    const failures: HostError[] = [];
    const errors: string[] = [];
    const allowed = addresses.slice(0, this.#left);
    let failed = addresses.length - allowed.length;
    if (failed > 0)
      failures.push(
        new HostError(
          'ERR_OWNER_PROTOCOL',
          'no more addresses are asked for in one run; a local database has no such bound',
        ),
      );
    this.#left -= allowed.length;
    await Promise.all(
      evenBatches(allowed, BATCH_MAX).map(async (batch) => {
        try {
          const answer = await this.#connections.run(() => this.#askOne(batch, signal));
          for (const [address, found] of answer.origins) origins.set(address, Object.freeze(found));
          errors.push(...answer.errors);
        } catch (error) {
          if (!(error instanceof HostError)) throw error;
          failures.push(error);
          failed += batch.length;
        }
      }),
    );
    return { origins, failures, failed, errors: errors.slice(0, ERRORS_MAX) };
  }

  async #askOne(batch: readonly string[], signal: AbortSignal | undefined): Promise<CymruAnswer> {
    const server = { host: this.name, port: this.#port, lookup: this.#resolve };
    return parseCymruAnswer(await askBatch(batch, server, this.#limits, signal), new Set(batch));
  }
}

/** As few batches as possible, of sizes that differ by at most one. */
export function evenBatches<T>(items: readonly T[], max: number): T[][] {
  const count = Math.ceil(items.length / max);
  return Array.from({ length: count }, (_, n) =>
    items.slice(Math.ceil((n * items.length) / count), Math.ceil(((n + 1) * items.length) / count)),
  );
}

/** All connections use the addresses that the first one resolved. A failure is not cached. */
function resolvedOnce(host: string): LookupFunction {
  let addresses: Promise<LookupAddress[]> | undefined;
  return (_, options, callback) => {
    addresses ??= lookup(host, { all: true });
    addresses.then(
      (all) => {
        const [first] = all;
        if (options.all === true) callback(null, all);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error: NodeJS.ErrnoException) => {
        addresses = undefined;
        callback(error, '', 0);
      },
    );
  };
}
