/** Targets of output on the network: a collector of flow records over UDP or TCP. Each write is one message. */
import { createSocket } from 'node:dgram';
import type { Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { lookup } from 'node:dns/promises';
import { setTimeout } from 'node:timers/promises';
import { FParserError, messageOf } from '../errors.ts';
import { openConnection } from './connected_target.ts';
import { networkName } from './network_address.ts';
import type { NetworkOptions } from './network_options.ts';
import type { OutputCounters } from './output_counters.ts';
import type { Carrier } from '../write/flow_output.ts';
import type { Target } from './output_target.ts';
import { warn } from './print_error.ts';

/** Datagrams that the system has not confirmed yet, at most. */
const IN_FLIGHT_MAX = 16;
const SEND_BUFFER = 1 << 20;
/** Datagrams are counted as lost when the network refuses them for one of these reasons. */
const LOSSES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOBUFS',
  'EAGAIN',
  'EPERM',
]);
const SECOND_MS = 1000;
/**
 * Datagrams that are sent one right behind the other, to make up for lost time, at most. A collector with the usual
 * receive buffer of Linux (208 KiB, in which a datagram of 1400 bytes takes 2.25) has room for three times as many.
 */
const BURST_MAX = 32;

/** @throws {FParserError} ERR_WRITE when it cannot be reached */
export async function openNetworkTarget(options: NetworkOptions, signal?: AbortSignal): Promise<Target> {
  const { address } = options;
  try {
    return address.protocol === 'udp' ? await openDatagrams(options) : await openConnection(options, signal);
  } catch (error) {
    throw new FParserError('ERR_WRITE', `${networkName(address)} cannot be reached: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function openDatagrams(options: NetworkOptions): Promise<Target> {
  const { address } = options;
  const { address: ip, family } = await lookup(address.host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  socket.connect(address.port, ip);
  await once(socket, 'connect');
  try {
    socket.setSendBufferSize(SEND_BUFFER);
  } catch {
    // The system's limit is lower; its default does.
  }
  return new DatagramTarget(socket, options);
}

/** Sends at an even pace: a receiver's buffer holds few datagrams. Nobody confirms them. */
class DatagramTarget implements Target {
  readonly name: string;
  readonly continues = false;
  readonly isTerminal = false;
  readonly carrier: Carrier;
  readonly #socket: DatagramSocket;
  readonly #rate: number;
  readonly #counters: OutputCounters;
  /** When the next datagram is due, milliseconds. */
  #due = performance.now();
  #inFlight = 0;
  #error: Error | undefined;
  #wake = (): void => {};
  #open = true;

  constructor(socket: DatagramSocket, { address, messageSize, rate, counters }: NetworkOptions) {
    this.name = networkName(address);
    this.carrier = { messageMax: messageSize, session: 0, isLossy: true };
    this.#socket = socket;
    this.#rate = rate;
    this.#counters = counters;
    socket.on('error', (error) => this.#failed(error));
  }

  get waiting(): number {
    return this.#open ? this.#socket.getSendQueueSize() : 0;
  }

  async write(message: Uint8Array): Promise<void> {
    await this.#pace();
    while (this.#inFlight >= IN_FLIGHT_MAX) await this.#confirmation();
    if (this.#error !== undefined) throw this.#error;
    this.#inFlight++;
    this.#counters.messages++;
    // The message is written again before the system has this one.
    this.#socket.send(message.slice(), (error) => {
      this.#inFlight--;
      if (error !== null) this.#failed(error);
      this.#wake();
    });
  }

  async drain(): Promise<void> {
    while (this.#inFlight > 0) await this.#confirmation();
  }

  commit(): void {
    this.abandon();
    const { messages, messagesLost } = this.#counters;
    if (messagesLost > 0) warn(`${messagesLost} of ${messages} datagrams to ${this.name} were refused`);
  }

  abandon(): void {
    if (this.#open) this.#socket.close();
    this.#open = false;
  }

  /** Waits when more were sent than the rate allows until now. Of what was not sent in time only a burst is made up. */
  async #pace(): Promise<void> {
    const spacing = SECOND_MS / this.#rate;
    const now = performance.now();
    this.#due = Math.max(this.#due + spacing, now - BURST_MAX * spacing);
    if (this.#due > now + 1) await setTimeout(this.#due - now);
  }

  #confirmation(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #failed(error: Error & { readonly code?: unknown }): void {
    if (!LOSSES.has(error.code)) {
      this.#error ??= error;
      return;
    }
    if (this.#counters.messagesLost++ === 0)
      warn(`${this.name}: ${error.message}; is a collector listening there? Sending continues`);
  }
}
