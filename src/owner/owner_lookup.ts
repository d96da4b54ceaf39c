/**
 * Owners of addresses: from the cache, or from a source, with as few queries as possible. Special addresses are
 * answered at once and never sent to the source. If the source fails, answers are empty; it never fails the caller.
 */
import { setImmediate } from 'node:timers/promises';
import { addressFamily, unmapAddress } from '../host/address/address.ts';
import { addressScope } from '../host/address/address_scope.ts';
import type { AddressScope } from '../host/address/address_scope.ts';
import { HostError } from '../host/errors.ts';
import { CacheFile } from './cache_file.ts';
import { localOwner, ownerOf } from './owner.ts';
import type { Owner, OwnerAnswers, OwnerSource } from './owner.ts';
import { OwnerCache } from './owner_cache.ts';
import { addressNumber } from './prefix.ts';
import type { AddressNumber } from './prefix.ts';
import { refuseUnknown } from '../options/check.ts';

/** Pause after none of a source's batches was answered. Milliseconds. */
const PAUSE_MS = 60_000;
/** Pause before an address without an answer is looked up again. Milliseconds. */
const UNANSWERED_TTL_MS = 600_000;
/** Most answers kept that cannot be stored by prefix; further ones are dropped. */
const RECENT_MAX = 10_000;
/** Least time between writes of the cache, which is also written at the end. Milliseconds. */
const SAVE_INTERVAL_MS = 60_000;

export interface OwnerLookupOptions {
  /** Source for addresses that are not in the cache. Default: none. */
  readonly source?: OwnerSource;
  /** Folder of the cache, see `defaultCacheFolder`. Default: no cache on disk. */
  readonly cacheFolder?: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Called at the first problem of the source, and at the first of the cache. */
  readonly onWarning?: (warning: HostError) => void;
}

/** An address in the one form in which it is looked up. */
interface Question {
  /** Canonical; an IPv4-mapped address as IPv4. */
  readonly address: string;
  readonly number: AddressNumber;
  readonly scope: AddressScope;
}

export class OwnerLookup {
  readonly #source: OwnerSource | undefined;
  readonly #file: CacheFile | undefined;
  readonly #cache: OwnerCache;
  readonly #now: () => number;
  readonly #onWarning: (warning: HostError) => void;
  readonly #stop = new AbortController();
  /** Answers that the cache cannot hold, and failed look-ups. */
  readonly #recent = new Map<string, { readonly owner: Owner | null; readonly until: number }>();
  /** To be asked for next. */
  #queue = new Map<string, Question>();
  /** Being asked for. */
  #underWay: ReadonlyMap<string, Question> = new Map();
  #asking: Promise<ReadonlyMap<string, Owner | null>> | undefined;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #savedAt: number;
  #sourceFailed = false;
  #cacheFailed = false;

  /** @see OwnerLookup.open */
  private constructor(options: OwnerLookupOptions, file: CacheFile | undefined, cache: OwnerCache) {
    this.#source = options.source;
    this.#file = file;
    this.#cache = cache;
    this.#now = options.now ?? Date.now;
    this.#onWarning = options.onWarning ?? ((): void => {});
    this.#savedAt = this.#now();
  }

  /** Reads the cache. Never fails: an unusable cache causes a warning and is ignored. */
  static async open(options: OwnerLookupOptions = {}): Promise<OwnerLookup> {
    refuseUnknown('OwnerLookup', options);
    const now = options.now ?? Date.now;
    const file = options.cacheFolder === undefined ? undefined : new CacheFile(options.cacheFolder);
    try {
      return new OwnerLookup(options, file, new OwnerCache(now, await file?.read()));
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      options.onWarning?.(error);
      return new OwnerLookup(options, undefined, new OwnerCache(now));
    }
  }

  /** Whether the source left a query unanswered. */
  get sourceFailed(): boolean {
    return this.#sourceFailed;
  }

  /**
   * Owners by address, in the order and spelling of the addresses. Null: not known. Calls made during a query wait, and
   * are then sent together.
   * @throws {RangeError} for what is not an address
   */
  async lookup(addresses: Iterable<string>): Promise<Map<string, Owner | null>> {
    const owners = new Map<string, Owner | null>();
    const open = new Map<string, Question>();
    const spellings: (readonly [string, string])[] = [];
    for (const text of addresses) {
      const question = questionOf(text);
      if (question === undefined) throw new RangeError(`not an IP address: ${JSON.stringify(text)}`);
      const known = this.#known(question);
      owners.set(text, known ?? null);
      if (known !== undefined) continue;
      open.set(question.address, question);
      spellings.push([text, question.address]);
    }
    if (open.size > 0) {
      const answers = await this.#answers(open);
      for (const [text, address] of spellings) owners.set(text, answers.get(address) ?? null);
    }
    return owners;
  }

  /** The answer without a query; undefined if unknown. */
  cached(address: string): Owner | undefined {
    const question = questionOf(address);
    return question === undefined ? undefined : (this.#known(question) ?? undefined);
  }

  /** Aborts queries under way and writes the cache. Idempotent. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#asking;
    await this.#save();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Null: it is known that there is no answer. Undefined: not known. */
  #known({ address, number, scope }: Question): Owner | null | undefined {
    if (scope !== 'global') return localOwner(scope);
    const owner = this.#cache.get(number);
    if (owner !== undefined) return owner;
    const recent = this.#recent.get(address);
    return recent !== undefined && recent.until > this.#now() ? recent.owner : undefined;
  }

  async #answers(open: ReadonlyMap<string, Question>): Promise<ReadonlyMap<string, Owner | null>> {
    const answers = new Map<string, Owner | null>();
    for (const [address, question] of open) if (!this.#underWay.has(address)) this.#queue.set(address, question);
    while (answers.size < open.size) {
      this.#asking ??= this.#ask();
      for (const [address, owner] of await this.#asking) if (open.has(address)) answers.set(address, owner);
    }
    return answers;
  }

  /** Looks up all waiting addresses: an answer or null for each. */
  async #ask(): Promise<ReadonlyMap<string, Owner | null>> {
    // Calls of the same turn share a query.
    await setImmediate();
    this.#underWay = this.#queue;
    this.#queue = new Map();
    const owners = new Map<string, Owner | null>([...this.#underWay.keys()].map((address) => [address, null]));
    try {
      if (this.#source === undefined || this.#stop.signal.aborted || this.#now() < this.#pausedUntil) return owners;
      const answers = await this.#source.ask([...owners.keys()], this.#stop.signal);
      this.#keep(answers, owners);
      if (this.#now() - this.#savedAt >= SAVE_INTERVAL_MS) await this.#save();
      return owners;
    } finally {
      this.#underWay = new Map();
      this.#asking = undefined;
    }
  }

  #keep(answers: OwnerAnswers, owners: Map<string, Owner | null>): void {
    const now = this.#now();
    for (const [address, { number }] of this.#underWay) {
      const origins = answers.origins.get(address);
      if (origins === undefined) continue;
      const owner = ownerOf(origins);
      owners.set(address, owner);
      if (!this.#cache.add(number, origins)) this.#remember(address, owner, now);
    }
    const missing = [...owners.values()].filter((owner) => owner === null).length;
    if (missing === 0) return;
    // Addresses of a failed batch may be looked up again; the others have no answer.
    if (answers.failures.length === 0) {
      for (const [address, owner] of owners) if (owner === null) this.#remember(address, owner, now);
    }
    if (answers.failed === owners.size) this.#pausedUntil = now + PAUSE_MS;
    this.#warnOfSource(answers, missing, owners.size);
  }

  #remember(address: string, owner: Owner | null, now: number): void {
    if (this.#recent.size >= RECENT_MAX) this.#recent.clear();
    this.#recent.set(address, { owner, until: now + UNANSWERED_TTL_MS });
  }

  #warnOfSource({ failures, errors }: OwnerAnswers, missing: number, asked: number): void {
    const first = !this.#sourceFailed;
    this.#sourceFailed = true;
    if (!first || this.#stop.signal.aborted) return;
    const reason = failures[0]?.message ?? errors[0] ?? 'it says nothing of them';
    const message = `${this.#source?.name}: no owner for ${missing} of ${asked} addresses: ${reason}`;
    this.#onWarning(new HostError(failures[0]?.code ?? 'ERR_OWNER_PROTOCOL', message, { cause: failures[0] }));
  }

  async #save(): Promise<void> {
    if (this.#file === undefined || this.#cacheFailed || !this.#cache.changed) return;
    this.#savedAt = this.#now();
    try {
      await this.#file.write(this.#cache.entries());
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      this.#cacheFailed = true;
      this.#onWarning(error);
    }
  }
}

/** Undefined for what is not an address. */
function questionOf(text: string): Question | undefined {
  if (addressFamily(text) === undefined) return undefined;
  const address = unmapAddress(text);
  const number = addressNumber(address);
  return number === undefined ? undefined : { address, number, scope: addressScope(address) };
}
