/** Targets of output on the network: a collector of flow records over UDP or TCP. Each write is one message. */
import { createSocket } from 'node:dgram';
import type { Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { FParserError, messageOf } from '../errors.ts';
import { networkName } from './network_address.ts';
import type { NetworkAddress } from './network_address.ts';
import { MESSAGE_MAX } from './output_target.ts';
import type { Carrier, Target } from './output_target.ts';
import { warn } from './print_error.ts';

/** How messages go to a collector. */
export interface NetworkOptions {
  readonly address: NetworkAddress;
  /** Bytes of a datagram at most. */
  readonly messageSize: number;
  /** Datagrams a second at most. */
  readonly rate: number;
  /** Waits forever for a collector that is away. */
  readonly isEndless: boolean;
}

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
/** Between two attempts to connect again, milliseconds. */
const RETRY_MS = 1000;
/** How long a collector may be away while captures are read; live capture waits forever. Milliseconds. */
const AWAY_MAX_MS = 30_000;
const SECOND_MS = 1000;

/** @throws {FParserError} ERR_WRITE when it cannot be reached */
export async function openNetworkTarget(options: NetworkOptions, signal?: AbortSignal): Promise<Target> {
  const { address } = options;
  try {
    return address.protocol === 'udp' ? await openDatagrams(options) : await openStream(options, signal);
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
  #began = 0;
  #sent = 0;
  #inFlight = 0;
  #lost = 0;
  #error: Error | undefined;
  #wake = (): void => {};
  #open = true;

  constructor(socket: DatagramSocket, { address, messageSize, rate }: NetworkOptions) {
    this.name = networkName(address);
    this.carrier = { messageMax: messageSize, session: 0, isLossy: true };
    this.#socket = socket;
    this.#rate = rate;
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
    this.#sent++;
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
    if (this.#lost > 0) warn(`${this.#lost} of ${this.#sent} datagrams to ${this.name} were refused`);
  }

  abandon(): void {
    if (this.#open) this.#socket.close();
    this.#open = false;
  }

  /** Waits when more were sent than the rate allows until now. After a pause the count begins again. */
  async #pace(): Promise<void> {
    const now = performance.now();
    const due = this.#began + (this.#sent * SECOND_MS) / this.#rate;
    if (this.#sent === 0 || now > due + SECOND_MS / 10) this.#began = now - (this.#sent * SECOND_MS) / this.#rate;
    else if (due > now + 1) await setTimeout(due - now);
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
    if (this.#lost++ === 0) warn(`${this.name}: ${error.message}; is a collector listening there? Sending continues`);
  }
}

async function openStream(options: NetworkOptions, signal: AbortSignal | undefined): Promise<Target> {
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
  return socket;
}

/**
 * Connects again when the collector closes the connection or breaks it. The message that was being sent is lost then, and
 * what the collector had not read; nobody can know how much that is.
 */
class ConnectedTarget implements Target {
  readonly name: string;
  readonly continues = false;
  readonly isTerminal = false;
  readonly #address: NetworkAddress;
  readonly #awayMaxMs: number;
  readonly #signal: AbortSignal | undefined;
  #socket: Socket;
  #session = 0;
  #lost = 0;
  #open = true;

  constructor(socket: Socket, { address, isEndless }: NetworkOptions, signal: AbortSignal | undefined) {
    this.name = networkName(address);
    this.#address = address;
    this.#awayMaxMs = isEndless ? Infinity : AWAY_MAX_MS;
    this.#signal = signal;
    this.#socket = watched(socket);
  }

  get carrier(): Carrier {
    return { messageMax: MESSAGE_MAX, session: this.#session, isLossy: false };
  }

  get waiting(): number {
    return this.#socket.writableLength;
  }

  async write(message: Uint8Array): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        if (this.#socket.destroyed || this.#socket.readableEnded)
          reject(new Error('the collector closed the connection'));
        else this.#socket.write(message, (error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      this.#lost++;
      await this.#reconnect(error);
    }
  }

  commit(): void {
    if (this.#open) this.#socket.end();
    this.#open = false;
    if (this.#lost > 0) warn(`${this.#lost} messages to ${this.name} were lost, and what it had not read before`);
  }

  abandon(): void {
    this.#open = false;
    this.#socket.destroy();
  }

  async #reconnect(reason: unknown): Promise<void> {
    this.#socket.destroy();
    warn(`${this.name}: ${messageOf(reason)}; connecting again`);
    const end = performance.now() + this.#awayMaxMs;
    while (true) {
      try {
        this.#socket = watched(await connected(this.#address));
        this.#session++;
        return;
      } catch (error) {
        if (performance.now() > end || this.#signal?.aborted === true) throw error;
      }
      await setTimeout(RETRY_MS, undefined, this.#signal === undefined ? {} : { signal: this.#signal }).catch(
        () => undefined,
      );
    }
  }
}

/** Errors are seen by the next write. */
function watched(socket: Socket): Socket {
  return socket.on('error', () => undefined);
}
