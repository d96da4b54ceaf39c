/**
 * Watches interfaces, to explain silence: one that is down, deleted, or re-created under the same name (the capture
 * still waits for the old one) is lost. One that was renamed continues under its new name. Loss of carrier is harmless
 * and not reported. The watch does not keep the process alive.
 */
import { FParserError } from '../../errors.ts';
import { downError, interfaceNamed, interfaceState } from './interfaces.ts';
import type { InterfaceState } from './interfaces.ts';

export interface WatchedInterface {
  readonly name: string;
  readonly index: number;
}

export interface DeviceWatchOptions {
  readonly interfaces: readonly WatchedInterface[];
  /** An interface is lost, others are left. It is still watched and may come back, which is not reported. */
  readonly onProblem: (error: FParserError) => void;
  /** An interface has another name: the capture continues. */
  readonly onRenamed?: (from: string, to: string) => void;
  /** All are lost. Called once; the watch ends. */
  readonly onLost: (error: FParserError) => void;
  /** Default: asks the kernel. */
  readonly stateOf?: (name: string) => InterfaceState | undefined;
  /** Default: asks the kernel. */
  readonly nameOf?: (index: number) => string | undefined;
  /** Milliseconds between two checks, default 100. */
  readonly intervalMs?: number;
}

const INTERVAL_MS = 100;

export class DeviceWatch {
  readonly #options: DeviceWatchOptions;
  readonly #timer: NodeJS.Timeout;
  /** Error codes of the interfaces that are currently lost. */
  readonly #lost = new Map<string, string>();
  /** With their present names. */
  #interfaces: readonly WatchedInterface[];

  constructor(options: DeviceWatchOptions) {
    this.#options = options;
    this.#interfaces = options.interfaces;
    this.#timer = setInterval(() => this.look(), options.intervalMs ?? INTERVAL_MS);
    this.#timer.unref();
  }

  /** Looks now. */
  look(): void {
    const { onProblem, onLost, stateOf = interfaceState } = this.#options;
    const interfaces = this.#interfaces.map((one) =>
      stateOf(one.name)?.index === one.index ? one : this.#renamed(one),
    );
    this.#interfaces = interfaces;
    for (const { name, index } of interfaces) {
      const error = lossOf(name, index, stateOf(name));
      if (error === undefined) {
        this.#lost.delete(name);
      } else if (this.#lost.get(name) !== error.code) {
        this.#lost.set(name, error.code);
        if (this.#lost.size === interfaces.length) {
          this.close();
          onLost(error);
          return;
        }
        onProblem(error);
      }
    }
  }

  /** Under the name that its number has now; as it was when it has none. */
  #renamed({ name, index }: WatchedInterface): WatchedInterface {
    const { nameOf = interfaceNamed, onRenamed } = this.#options;
    const present = nameOf(index);
    if (present === undefined) return { name, index };
    onRenamed?.(name, present);
    return { name: present, index };
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/** Why the interface delivers no packets; undefined if it can. */
function lossOf(name: string, index: number, state: InterfaceState | undefined): FParserError | undefined {
  if (state === undefined) return new FParserError('ERR_NO_SUCH_DEVICE', `${name}: the interface was removed`);
  if (state.index !== index)
    return new FParserError(
      'ERR_NO_SUCH_DEVICE',
      `${name}: the interface was removed and made again; start the capture again`,
    );
  return state.up ? undefined : downError(name);
}

/** A list of names, `eth0, eth1`, with a new one in the place of an old one. */
export function renamed(names: string, from: string, to: string): string {
  return names
    .split(', ')
    .map((name) => (name === from ? to : name))
    .join(', ');
}
