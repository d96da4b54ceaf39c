/**
 * Flows that wait for the owners of their addresses: few questions with many addresses each, bounded in every way. When
 * no owners are wanted a flow waits for what comes with it.
 */
import type { Owner, OwnerLookup } from '../owner/index.ts';

/** Addresses that are asked for together at most. */
const ADDRESSES_MAX = 1_000;
/** Flows that wait at most. */
const FLOWS_MAX = 10_000;
/** Time that a flow waits for others to come. Milliseconds. */
const WAIT_MS = 1_000;

const NOBODY: ReadonlyMap<string, Owner | null> = new Map();

export interface WaitingFlow {
  readonly src: string;
  readonly dst: string;
  /** The flow as text, once the owners are known. */
  text(src: Owner | null, dst: Owner | null): string;
}

export class WaitingFlows {
  readonly #owners: OwnerLookup | undefined;
  readonly #write: (text: string) => Promise<void>;
  #flows: WaitingFlow[] = [];
  /** Addresses of the flows. */
  #addresses = new Set<string>();
  /** How many of them have to be asked for. */
  #unknown = 0;
  #due: Promise<'due'> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(owners: OwnerLookup | undefined, write: (text: string) => Promise<void>) {
    this.#owners = owners;
    this.#write = write;
  }

  get count(): number {
    return this.#flows.length;
  }

  /** @returns true when no more may wait: then they have to be released */
  add(flow: WaitingFlow): boolean {
    this.#flows.push(flow);
    if (this.#owners === undefined) return this.#flows.length >= FLOWS_MAX;
    for (const address of [flow.src, flow.dst]) {
      if (this.#addresses.has(address)) continue;
      this.#addresses.add(address);
      if (this.#owners.cached(address) === undefined) this.#unknown++;
    }
    // The next flow may bring two addresses.
    return this.#unknown > ADDRESSES_MAX - 2 || this.#flows.length >= FLOWS_MAX;
  }

  /** Resolves when the first of them has waited long enough. */
  isDue(): Promise<'due'> {
    this.#due ??= new Promise((resolve) => {
      this.#timer = setTimeout(() => resolve('due'), this.#owners === undefined ? 0 : WAIT_MS);
    });
    return this.#due;
  }

  /** Finds the owners and writes the flows, in the order in which they came. */
  async release(): Promise<void> {
    clearTimeout(this.#timer);
    this.#due = undefined;
    const flows = this.#flows;
    if (flows.length === 0) return;
    const owners = (await this.#owners?.lookup(this.#addresses)) ?? NOBODY;
    this.#flows = [];
    this.#addresses = new Set();
    this.#unknown = 0;
    await this.#write(flows.map((flow) => flow.text(owners.get(flow.src) ?? null, owners.get(flow.dst) ?? null)).join(''));
  }
}
