/** Two hosts talking: every call is one frame, a step later than the one before. */

import {
  ACK,
  FIN,
  PSH,
  RST,
  SYN,
  ethernet,
  ipv4,
  ipv6,
  payloadBytes,
  tcp,
  type CaptureRecord,
  type Packet,
  type Payload,
} from '../test/builders/index.ts';

/** 2023-11-14T22:13:20Z, when all captures here begin. Nanoseconds. */
export const START_NS = 1_700_000_000_000_000_000n;
const NS_PER_MS = 1_000_000;

/** Puts link headers around an IP packet. */
export type Link = (packet: Packet) => Uint8Array;

export const onEthernet: Link = (packet) => packet.over(ethernet({ minSize: 60 }));

export interface ConversationFields {
  /** Address of the host that speaks `forth`; IPv6 when it has a colon. */
  readonly from?: string;
  readonly to?: string;
  /** When the first frame goes, seconds after the start of the capture. */
  readonly at?: number;
  /** Milliseconds from one frame to the next. */
  readonly stepMs?: number;
  readonly ttl?: number;
  readonly link?: Link;
}

export class Conversation {
  readonly records: CaptureRecord[] = [];
  readonly #fields: Required<ConversationFields>;
  #nowNs: bigint;
  #id = 1;

  constructor(fields: ConversationFields = {}) {
    this.#fields = { from: '192.0.2.1', to: '198.51.100.2', at: 0, stepMs: 10, ttl: 64, link: onEthernet, ...fields };
    this.#nowNs = START_NS + BigInt(Math.round(this.#fields.at * 1e6)) * 1000n;
  }

  /** Lets time pass before the next frame; negative makes that frame come late. */
  wait(seconds: number): this {
    this.#nowNs += BigInt(Math.round(seconds * 1e6)) * 1000n;
    return this;
  }

  forth(packet: Packet): this {
    return this.put(this.between(packet, this.#fields.from, this.#fields.to));
  }

  back(packet: Packet): this {
    return this.put(this.between(packet, this.#fields.to, this.#fields.from));
  }

  /** An IP packet from anyone, on the same link. */
  put(packet: Packet): this {
    return this.frame(this.#fields.link(packet));
  }

  frame(frame: Uint8Array): this {
    this.records.push({ timestampNs: this.#nowNs, frame });
    this.#nowNs += BigInt(Math.round(this.#fields.stepMs * NS_PER_MS));
    return this;
  }

  between(packet: Packet, src: string, dst: string): Packet {
    const { ttl } = this.#fields;
    return packet.over(
      src.includes(':')
        ? ipv6({ src, dst, hopLimit: ttl })
        : ipv4({ src, dst, ttl, id: this.#id++, dontFragment: true }),
    );
  }
}

export interface TcpFields extends ConversationFields {
  readonly port?: number;
  readonly service?: number;
  /** Initial sequence number of the client; the server's is 1,000,000 more. */
  readonly isn?: number;
}

type Speaker = 'client' | 'server';

/** A TCP connection with right sequence and acknowledgement numbers; `client` is the one that speaks `forth`. */
export class TcpConversation extends Conversation {
  readonly #port: number;
  readonly #service: number;
  readonly #next: Record<Speaker, number> = { client: 0, server: 0 };

  constructor(fields: TcpFields = {}) {
    super(fields);
    this.#port = fields.port ?? 50000;
    this.#service = fields.service ?? 80;
    this.reopen(fields.isn ?? 1000);
  }

  /** A new connection on the same ports. */
  reopen(isn: number): this {
    Object.assign(this.#next, { client: isn, server: isn + 1_000_000 });
    return this;
  }

  open(): this {
    return this.segment('client', SYN)
      .segment('server', SYN | ACK)
      .segment('client', ACK);
  }

  /** Data and its acknowledgement. */
  say(speaker: Speaker, payload: Payload): this {
    return this.segment(speaker, PSH | ACK, payload).segment(other(speaker), ACK);
  }

  /** FIN and its acknowledgement. */
  finish(speaker: Speaker): this {
    return this.segment(speaker, FIN | ACK).segment(other(speaker), ACK);
  }

  /** Three-way close: FIN, FIN with ACK, ACK. */
  close(speaker: Speaker = 'client'): this {
    return this.segment(speaker, FIN | ACK)
      .segment(other(speaker), FIN | ACK)
      .segment(speaker, ACK);
  }

  reset(speaker: Speaker): this {
    return this.segment(speaker, RST | ACK);
  }

  segment(speaker: Speaker, flags: number, payload: Payload = 0): this {
    const bytes = payloadBytes(payload);
    const fromClient = speaker === 'client';
    const packet = tcp({
      srcPort: fromClient ? this.#port : this.#service,
      dstPort: fromClient ? this.#service : this.#port,
      flags,
      seq: this.#next[speaker],
      ack: flags & ACK ? this.#next[other(speaker)] : 0,
      win: 64240,
      payload: bytes,
      ...(flags & SYN ? { options: SYN_OPTIONS } : {}),
    });
    this.#next[speaker] += bytes.length + (flags & (SYN | FIN) ? 1 : 0);
    return fromClient ? this.forth(packet) : this.back(packet);
  }
}

/** Maximum segment size 1460, SACK permitted, window scale 7. */
const SYN_OPTIONS = Uint8Array.of(2, 4, 5, 0xb4, 1, 1, 4, 2, 1, 3, 3, 7);

const other = (speaker: Speaker): Speaker => (speaker === 'client' ? 'server' : 'client');

/** Records of several conversations in order of time; equal times stay in the order given. */
export function merged(...conversations: readonly Conversation[]): CaptureRecord[] {
  const records = conversations.flatMap((conversation) => conversation.records);
  return records.sort((a, b) => (a.timestampNs < b.timestampNs ? -1 : a.timestampNs > b.timestampNs ? 1 : 0));
}
