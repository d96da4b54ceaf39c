/**
 * Bytes that interfaces have sent and received, as the kernel counts them: /proc/net/dev (proc_net(5)), with lines such
 * as `  eth0: 87400 532 0 0 0 0 0 0 20311 310 0 0 0 0 0 0`. A capture filter makes no difference to them.
 */
import { readFileSync } from 'node:fs';

/** Bytes of whole frames. */
export interface LinkTotals {
  readonly sent: number;
  readonly received: number;
}

const PATH = '/proc/net/dev';
const ANY = 'any';

/** By name of the interface. */
export function parseNetDev(text: string): ReadonlyMap<string, LinkTotals> {
  const totals = new Map<string, LinkTotals>();
  for (const line of text.split('\n')) {
    const [, name, figures = ''] = /^ *([^:\s]+): *(\d[\d ]*)$/.exec(line) ?? [];
    const [received, , , , , , , , sent] = figures.split(/ +/).map(Number);
    if (name !== undefined && received !== undefined && sent !== undefined) totals.set(name, { sent, received });
  }
  return totals;
}

/** What some interfaces have carried together since this was made. */
export class LinkCounter {
  readonly #interfaces: readonly string[];
  readonly #read: () => string;
  #last: ReadonlyMap<string, LinkTotals>;
  #sent = 0;
  #received = 0;

  /** @param interfaces by name; `any` is all @param read contents of /proc/net/dev */
  constructor(interfaces: readonly string[], read: () => string = () => readFileSync(PATH, 'latin1')) {
    this.#interfaces = interfaces;
    this.#read = read;
    this.#last = this.#present() ?? new Map();
  }

  /** Undefined where the kernel does not say. An interface that went away and came back begins at 0. */
  totals(): LinkTotals | undefined {
    const present = this.#present();
    if (present === undefined) return undefined;
    for (const [name, { sent, received }] of present) {
      const last = this.#last.get(name);
      this.#sent += since(last?.sent, sent);
      this.#received += since(last?.received, received);
    }
    this.#last = present;
    return { sent: this.#sent, received: this.#received };
  }

  #present(): ReadonlyMap<string, LinkTotals> | undefined {
    try {
      const all = parseNetDev(this.#read());
      if (this.#interfaces.includes(ANY)) return all;
      return new Map([...all].filter(([name]) => this.#interfaces.includes(name)));
    } catch {
      return undefined;
    }
  }
}

function since(last = 0, now: number): number {
  return now < last ? now : now - last;
}
