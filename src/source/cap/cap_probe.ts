/**
 * Two probe packets that a capture on device `any` sends to itself over loopback before it counts as open.
 *
 * libpcap filters the first packet after `open` with its own interpreter, which rejects every packet if the filter uses
 * `ifindex` (C3: each run lost one frame). The first probe packet is sacrificed to that. The second arrives only if the
 * filter runs in the kernel; if it does not arrive, the filter would reject everything forever. Both carry a random
 * number, which identifies them so they can be left out of the capture.
 */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';

/** `working`: the filter runs in the kernel. `rejecting`: it does not. `unknown`: loopback carries nothing. */
export type ProbeResult = 'working' | 'rejecting' | 'unknown';

const HOST = '127.0.0.1';
/** Sizes of the cooked header, an IPv4 header without options and the UDP header. */
const PAYLOAD_OFFSET = 16 + 20 + 8;
const PAYLOAD_SIZE = 8;
const UDP_HEADER_SIZE = 8;
const FIRST = 1;
const SECOND = 2;
const LIMIT_MS = 500;

export class CapProbe {
  readonly #loopback: number;
  readonly #token = randomInt(1, 2 ** 32 - 1);
  readonly #over: Promise<void>;
  #end: () => void = () => {};
  #seen = 0;

  /** @param loopback index of the loopback interface */
  constructor(loopback: number) {
    this.#loopback = loopback;
    this.#over = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /**
   * A filter that accepts the probe packets and whatever the given one accepts. It tests the length first: a load
   * beyond the end of a packet rejects the packet, whatever follows `or`.
   */
  alongside(filter: string): string {
    const kind = (number: number): string => `udp[12:4] = ${number}`;
    return `(udp[4:2] = ${UDP_HEADER_SIZE + PAYLOAD_SIZE} and udp[8:4] = ${this.#token} and (${kind(FIRST)} or (${kind(SECOND)} and ifindex ${this.#loopback}))) or (${filter})`;
  }

  /** Whether the frame (cooked, version 1) is a probe packet; its arrival is recorded. */
  take(frame: Buffer, frameBytes: number): boolean {
    if (frameBytes !== PAYLOAD_OFFSET + PAYLOAD_SIZE || frame.readUInt32BE(PAYLOAD_OFFSET) !== this.#token)
      return false;
    this.#seen = Math.max(this.#seen, frame.readUInt32BE(PAYLOAD_OFFSET + 4));
    if (this.#seen === SECOND) this.#end();
    return true;
  }

  /** Sends both and waits until the capture has seen them, at most half a second. */
  async run(): Promise<ProbeResult> {
    const socket = createSocket('udp4');
    try {
      socket.bind(0, HOST);
      await once(socket, 'listening');
      await send(socket, this.#payload(FIRST));
      await send(socket, this.#payload(SECOND));
      await within(this.#over, LIMIT_MS);
    } catch {
      // No loopback address, or a firewall: the result is unknown.
    } finally {
      socket.close();
    }
    return this.#seen === SECOND ? 'working' : this.#seen === FIRST ? 'rejecting' : 'unknown';
  }

  /** Ends `run`; its result is no longer needed. */
  cancel(): void {
    this.#end();
  }

  #payload(number: number): Buffer {
    const payload = Buffer.alloc(PAYLOAD_SIZE);
    payload.writeUInt32BE(this.#token);
    payload.writeUInt32BE(number, 4);
    return payload;
  }
}

/** Sent to its own port: a bound port does not answer with an ICMP error. */
function send(socket: Socket, payload: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(payload, socket.address().port, HOST, (error) => (error === null ? resolve() : reject(error)));
  });
}

async function within(promise: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([promise, limit]);
  clearTimeout(timer);
}
