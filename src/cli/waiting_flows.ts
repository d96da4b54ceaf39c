/**
 * Flows that wait for their annotations: processes, and owners of addresses. They leave in the order in which they
 * came. Owners are looked up for many addresses at a time, and everything is bounded.
 */
import type { Owner, OwnerLookup } from '../owner/index.ts';

/** Most addresses looked up together. */
const ADDRESSES_MAX = 1_000;
/** Flows that wait at most. */
const FLOWS_MAX = 20_000;
/** How long a flow waits for others, to look them up together. Milliseconds. */
const GATHER_MS = 1_000;

export interface WaitingFlow {
  readonly src: string;
  readonly dst: string;
  /** Resolves when its process is known or given up; undefined: there is nothing to wait for. */
  readonly answered: Promise<void> | undefined;
  /** The flow as text, called once. */
  text(src: Owner | null, dst: Owner | null): string;
}

export interface WaitingOptions {
  /** Where owners are looked up; undefined if they are not wanted. */
  readonly owners: OwnerLookup | undefined;
  /** Write flows without their owners when too many would wait, instead of letting more wait outside. */
  readonly live: boolean;
  /** Called for one text after the other. */
  readonly write: (text: string) => Promise<void>;
}

/** Flows whose addresses are looked up together. */
class Batch {
  readonly flows: WaitingFlow[] = [];
  readonly addresses = new Set<string>();
  /** Addresses to look up. */
  unknown = 0;
}

export class WaitingFlows {
  readonly #owners: OwnerLookup | undefined;
  readonly #live: boolean;
  readonly #write: (text: string) => Promise<void>;
  #count = 0;
  readonly #whole: Batch[] = [];
  #gathering = new Batch();
  /** The gathering one has waited long enough. */
  #due = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  /** Called when the most flows wait, and when fewer may do so. */
  #onFull: () => void = () => undefined;
  #onRoom: () => void = () => undefined;

  constructor({ owners, live, write }: WaitingOptions) {
    this.#owners = owners;
    this.#live = live;
    this.#write = write;
  }

  get count(): number {
    return this.#count;
  }

  get #isFull(): boolean {
    return this.#count >= FLOWS_MAX;
  }

  /** Lets a flow wait. Await `room` after some. */
  add(flow: WaitingFlow): void {
    if (this.#failure !== undefined) return;
    const batch = this.#gathering;
    batch.flows.push(flow);
    this.#count++;
    this.#addAddresses(batch, flow);
    // The next flow may bring two addresses.
    if (batch.unknown > ADDRESSES_MAX - 2) {
      this.#whole.push(batch);
      this.#gatherAnew();
    } else {
      this.#timer ??= setTimeout(() => this.#gathered(), this.#owners === undefined ? 0 : GATHER_MS);
    }
    if (this.#isFull) this.#onFull();
    this.#start();
  }

  /** Resolves when more flows may wait. @throws what `write` has thrown */
  async room(): Promise<void> {
    while (this.#isFull && this.#failure === undefined) {
      this.#gathered();
      await new Promise<void>((resolve) => {
        this.#onRoom = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Resolves when everything is written. @throws what `write` has thrown */
  async finish(): Promise<void> {
    while (this.#count > 0 && this.#failure === undefined) {
      this.#gathered();
      await this.#writing;
    }
    clearTimeout(this.#timer);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #addAddresses(batch: Batch, { src, dst }: WaitingFlow): void {
    if (this.#owners === undefined) return;
    for (const address of [src, dst]) {
      if (batch.addresses.has(address)) continue;
      batch.addresses.add(address);
      if (this.#owners.cached(address) === undefined) batch.unknown++;
    }
  }

  #gathered(): void {
    this.#due = true;
    this.#start();
  }

  #gatherAnew(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = false;
    this.#gathering = new Batch();
  }

  /** Meanwhile flows gather: the slower the answers, the fewer look-ups. */
  #next(): Batch | undefined {
    const whole = this.#whole.shift();
    if (whole !== undefined) return whole;
    const gathered = this.#gathering;
    if (!this.#due || gathered.flows.length === 0) return undefined;
    this.#gatherAnew();
    return gathered;
  }

  #start(): void {
    const batch = this.#writing === undefined && this.#failure === undefined ? this.#next() : undefined;
    if (batch === undefined) return;
    this.#writing = this.#writeBatch(batch)
      .catch((error: unknown) => {
        this.#failure = { error };
      })
      .then(() => {
        this.#writing = undefined;
        this.#start();
        this.#onRoom();
      });
  }

  async #writeBatch(batch: Batch): Promise<void> {
    const { flows } = batch;
    const ownerOf = await this.#ownersOf(batch);
    await Promise.all(new Set(flows.map(({ answered }) => answered)));
    await this.#write(flows.map((flow) => flow.text(ownerOf(flow.src), ownerOf(flow.dst))).join(''));
    this.#count -= flows.length;
  }

  async #ownersOf({ addresses, unknown }: Batch): Promise<(address: string) => Owner | null> {
    const owners = this.#owners;
    if (owners === undefined) return () => null;
    const found = owners.lookup(addresses);
    if (!this.#live || unknown === 0) {
      const known = await found;
      return (address) => known.get(address) ?? null;
    }
    const full = new Promise<undefined>((resolve) => {
      if (this.#isFull) resolve(undefined);
      else this.#onFull = () => resolve(undefined);
    });
    const known = await Promise.race([found, full]);
    return (address) => (known === undefined ? owners.cached(address) : known.get(address)) ?? null;
  }
}
