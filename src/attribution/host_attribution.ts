/**
 * Finds the process behind a new flow in whichever network namespace of this host it is: a flow that only passes
 * through the present one, such as that of a container behind a bridge, belongs to the namespace that has its address.
 *
 * Address translation is not followed: of a translated flow, the side before the translation is named.
 */
import { unmapAddress } from '../host/address/address.ts';
import type { HostOptions } from '../host/options.ts';
import { namespaceText, networkNamespaces } from '../host/process/network_namespaces.ts';
import type { NetworkNamespace } from '../host/process/network_namespaces.ts';
import { FlowAttribution } from './attribution.ts';
import type { ClosedSockets } from './closed_sockets.ts';
import type { Attribution, FlowStart } from './flow_start.ts';
import { LocalAddresses } from './local_addresses.ts';
import { namespaceAddresses } from './namespace_addresses.ts';

/** Namespaces are listed at most this often. Milliseconds. */
const LIST_EVERY_MS = 1_000;
/** All namespaces together may take as much of a core as the present one. */
const SHARE_ELSEWHERE = 0.07;

interface Place {
  readonly namespace: NetworkNamespace;
  readonly addresses: LocalAddresses;
  readonly attribution: FlowAttribution;
}

export class HostAttribution {
  readonly #options: HostOptions;
  readonly #now: () => number;
  readonly #own: FlowAttribution;
  readonly #closed: ClosedSockets | undefined;
  /** Other namespaces, by number. */
  #places = new Map<number, Place>();
  #listedAt = Number.NEGATIVE_INFINITY;

  /** @param closed what the kernel reports; it is the caller's to close */
  constructor(options: HostOptions = {}, closed?: ClosedSockets) {
    this.#options = options;
    this.#closed = closed;
    this.#now = options.now ?? Date.now;
    this.#own = new FlowAttribution(options, closed);
  }

  /** Scans all processes and sockets once. @throws {HostError} ERR_PROC_UNAVAILABLE */
  async warm(): Promise<void> {
    await this.#own.warm();
    this.#list();
    for (const { attribution } of this.#places.values()) await attribution.warm();
  }

  /** Answers in the order of the flows. Rejects with a RangeError when a text is not an address. */
  async attribute(flows: readonly FlowStart[]): Promise<readonly Attribution[]> {
    const answers = [...(await this.#own.attribute(flows))];
    const passing = answers.flatMap(({ inbound }, n) => (inbound === null ? [n] : []));
    if (passing.length === 0) return answers;
    this.#list();
    await Promise.all(
      passing.map(async (n) => {
        const flow = flows[n] as FlowStart;
        answers[n] = (await this.#elsewhere(flow)) ?? (answers[n] as Attribution);
      }),
    );
    return answers;
  }

  /** A better answer, if the kernel has reported meanwhile which process closed the socket. */
  traced(flow: FlowStart, answer: Attribution): Attribution | undefined {
    if (answer.namespace === null) return this.#own.traced(flow, answer);
    const place = [...this.#places.values()].find(({ namespace }) => namespaceText(namespace) === answer.namespace);
    return place?.attribution.traced(flow, answer);
  }

  async close(): Promise<void> {
    const places = [...this.#places.values()];
    await Promise.all([this.#own, ...places.map(({ attribution }) => attribution)].map((one) => one.close()));
  }

  /** In the originator's namespace, or else in the responder's. */
  async #elsewhere({ srcAddress, dstAddress, ...rest }: FlowStart): Promise<Attribution | undefined> {
    let first: Attribution | undefined;
    for (const address of [srcAddress, dstAddress].map(unmapAddress)) {
      for (const { namespace, addresses, attribution } of this.#places.values()) {
        if (!addresses.has(address)) continue;
        const [answer] = await attribution.attribute([{ srcAddress, dstAddress, ...rest }]);
        if (answer === undefined || answer.inbound === null) continue;
        const named = { ...answer, namespace: namespaceText(namespace) };
        if (answer.process !== null) return named;
        first ??= named;
      }
    }
    return first;
  }

  /** Namespaces come and go; one whose oldest process has ended is read through another. */
  #list(): void {
    const now = this.#now();
    if (Math.abs(now - this.#listedAt) < LIST_EVERY_MS) return;
    this.#listedAt = now;
    const found = networkNamespaces(this.#options).filter(({ own }) => !own);
    const places = new Map<number, Place>();
    for (const namespace of found) {
      const known = this.#places.get(namespace.id);
      places.set(namespace.id, known?.namespace.pid === namespace.pid ? known : this.#open(namespace, found.length));
    }
    for (const [id, place] of this.#places) if (places.get(id) !== place) void place.attribution.close();
    this.#places = places;
  }

  #open(namespace: NetworkNamespace, count: number): Place {
    const list = (): string[] => namespaceAddresses(namespace.pid, this.#options);
    return {
      namespace,
      addresses: new LocalAddresses(this.#now, list),
      attribution: new FlowAttribution(
        {
          ...this.#options,
          localAddresses: list,
          namespace: namespace.pid,
          cpuShare: Math.max(0.01, SHARE_ELSEWHERE / count),
        },
        this.#closed,
      ),
    };
  }
}
