/** A collector of flow records over TCP. Each write is one message. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { networkName } from './network_address.ts';
import type { NetworkAddress } from './network_address.ts';
import { AWAY_MAX_MS, RETRY_MS } from './network_options.ts';
import type { NetworkOptions } from './network_options.ts';
import type { OutputCounters } from './output_counters.ts';
import { MESSAGE_MAX } from '../write/flow_output.ts';
import type { Carrier } from '../write/flow_output.ts';
import type { Target } from './output_target.ts';
import { warn } from './print_error.ts';

/** Bytes that a collector may be behind when it is not waited for. */
const BEHIND_MAX = 16 << 20;

/** @throws the system's error when there is no connection */
export async function openConnection(options: NetworkOptions, signal: AbortSignal | undefined): Promise<Target> {
  return new ConnectedTarget(await connected(options.address), options, signal);
}

async function connected({ host, port }: NetworkAddress): Promise<Socket> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
  } catch (error) {
    socket.destroy();
    throw error;
  }
  // Nothing is expected; the end of the connection is seen only when it is read.
  socket.resume();
  // Errors are seen by the next write.
  return socket.on('error', () => undefined);
}

/**
 * Connects again when the collector closes the connection or breaks it. The message that was being sent is lost then,
 * and what the collector had not read; nobody can know how much that is.
 */
class ConnectedTarget implements Target {
  readonly name: string;
  readonly continues = false;
  readonly isTerminal = false;
  readonly #address: NetworkAddress;
  readonly #isShared: boolean;
  readonly #awayMaxMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #counters: OutputCounters;
  #socket: Socket;
  #session = 0;
  #isAway = false;
  #open = true;

  constructor(socket: Socket, options: NetworkOptions, signal: AbortSignal | undefined) {
    this.name = networkName(options.address);
    this.#address = options.address;
    this.#isShared = options.isShared;
    this.#awayMaxMs = options.isEndless ? Infinity : AWAY_MAX_MS;
    this.#signal = signal;
    this.#counters = options.counters;
    this.#socket = socket;
  }

  get carrier(): Carrier {
    return { messageMax: MESSAGE_MAX, session: this.#session, isLossy: false };
  }

  get waiting(): number {
    return this.#socket.writableLength;
  }

  async write(message: Uint8Array): Promise<void> {
    this.#counters.messages++;
    if (this.#isShared) {
      this.#offer(message);
      return;
    }
    try {
      await this.#send(message);
    } catch (error) {
      this.#counters.messagesLost++;
      await this.#reconnect(error);
    }
  }

  commit(): void {
    if (this.#open) this.#socket.end();
    this.#open = false;
    const { messagesLost } = this.#counters;
    if (messagesLost > 0) warn(`${messagesLost} messages to ${this.name} were lost, and what it had not read before`);
  }

  abandon(): void {
    this.#open = false;
    this.#socket.destroy();
  }

  #send(message: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed || this.#socket.readableEnded)
        reject(new Error('the collector closed the connection'));
      else this.#socket.write(message, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Sends without waiting. The message is lost when the collector is away or far behind. */
  #offer(message: Uint8Array): void {
    if (this.#isAway || this.#socket.writableLength > BEHIND_MAX) {
      this.#counters.messagesLost++;
      return;
    }
    // It is written again before the system has this one.
    this.#send(message.slice()).catch((error: unknown) => {
      this.#counters.messagesLost++;
      // What waited fails together.
      if (this.#isAway || !this.#open) return;
      this.#isAway = true;
      void this.#reconnect(error).then(
        () => {
          this.#isAway = false;
        },
        () => undefined,
      );
    });
  }

  /** @throws the system's error when the collector is away for too long, or the signal comes */
  async #reconnect(reason: unknown): Promise<void> {
    this.#socket.destroy();
    warn(`${this.name}: ${messageOf(reason)}; connecting again`);
    const end = performance.now() + this.#awayMaxMs;
    while (true) {
      try {
        const socket = await connected(this.#address);
        this.#socket = socket;
        if (!this.#open) socket.destroy();
        this.#session++;
        this.#counters.reconnections++;
        return;
      } catch (error) {
        if (performance.now() > end || this.#signal?.aborted === true || !this.#open) throw error;
      }
      // The signal ends the wait; a timer that nobody waits for does not keep the process.
      const wait = { ref: !this.#isShared, ...(this.#signal === undefined ? {} : { signal: this.#signal }) };
      await setTimeout(RETRY_MS, undefined, wait).catch(() => undefined);
    }
  }
}
