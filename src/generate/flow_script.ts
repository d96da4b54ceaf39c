import type { Random } from './random.ts';

/** How a TCP flow of the workload stops: without a word, with FINs from both sides, or with one RST. */
export type Ending = 'silent' | 'fin' | 'rst';

/** What stays the same over all packets of one flow. The client sends the first packet. */
export interface Conversation {
  readonly protocol: typeof ICMP | typeof TCP | typeof UDP;
  readonly ipv6: boolean;
  /** VLAN identifier, 1..4094; 0: untagged. */
  readonly vlan: number;
  /** Host numbers, 32 bits; the frame writer makes addresses of them. */
  readonly client: number;
  readonly server: number;
  readonly clientPort: number;
  readonly serverPort: number;
  /** TCP timestamps on every segment (12 bytes of options). */
  readonly timestamps: boolean;
}

/** When a flow sends what. */
export interface Course {
  readonly startUs: number;
  /** Packets the flow has when the capture is long enough, 1 or more. */
  readonly packetCount: number;
  readonly ending: Ending;
  /** Whether the server answers at all. */
  readonly answered: boolean;
  readonly roundTripUs: number;
  /** Mean time between packets after the handshake, microseconds. */
  readonly gapUs: number;
  /** Share of the packets after the handshake that the server sends, 0..1. */
  readonly serverShare: number;
  /** Largest payload in one packet, bytes. */
  readonly segmentSize: number;
}

export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

/** Plays one flow packet by packet. After `play()` the public fields describe the packet that is due. */
export class FlowScript {
  /** When the next packet is due, microseconds since the capture began. */
  dueUs: number;
  fromClient = true;
  tcpFlags = 0;
  payloadSize = 0;
  sequence = 0;
  acknowledgement = 0;
  /** Packets played, this one not counted. */
  index = 0;
  readonly conversation: Conversation;
  readonly #course: Course;
  #clientSequence: number;
  #serverSequence: number;

  constructor(conversation: Conversation, course: Course, random: Random) {
    this.conversation = conversation;
    this.#course = course;
    this.dueUs = course.startUs;
    this.#clientSequence = random.u32();
    this.#serverSequence = random.u32();
  }

  get finished(): boolean {
    return this.index >= this.#course.packetCount;
  }

  /** Describes the packet that is due now. */
  play(random: Random): void {
    if (this.conversation.protocol === TCP) this.#playTcp(random);
    else this.#playDatagram(random);
  }

  /** Moves on to the next packet and says when it is due. */
  advance(random: Random): void {
    const { answered, roundTripUs, gapUs } = this.#course;
    const index = this.index++;
    if (!answered) this.dueUs += 1_000_000 * 2 ** Math.min(index, 6);
    else if (index < 2) this.dueUs += (roundTripUs >>> 1) + random.below((roundTripUs >>> 3) + 1);
    // Bursts: most packets follow at once, every tenth after a pause. The mean is gapUs.
    else this.dueUs += random.chance(0.9) ? random.below(gapUs) : random.below(11 * gapUs);
  }

  #playTcp(random: Random): void {
    const { packetCount, ending, answered } = this.#course;
    const index = this.index;
    const left = packetCount - index;
    if (index === 0 || !answered) this.#segment(true, SYN, 0);
    else if (left === 1 && ending === 'rst') this.#segment(index === 1 ? false : random.chance(0.5), RST | ACK, 0);
    else if (index === 1) this.#segment(false, SYN | ACK, 0);
    else if (index === 2) this.#segment(true, ACK, 0);
    else if (ending === 'fin' && left <= 3) this.#segment(left !== 2, left === 1 ? ACK : FIN | ACK, 0);
    else if (index === 3) this.#segment(true, PSH | ACK, random.between(80, 600));
    else if (random.chance(this.#course.serverShare)) this.#segment(false, ACK, this.#drawPayloadSize(random));
    else this.#segment(true, ACK, random.chance(0.1) ? random.between(20, 400) : 0);
  }

  #playDatagram(random: Random): void {
    const request = this.index === 0 || !this.#course.answered;
    this.fromClient = request || (this.index !== 1 && !random.chance(this.#course.serverShare));
    this.tcpFlags = 0;
    this.payloadSize = this.fromClient ? random.between(24, 200) : this.#drawPayloadSize(random);
    this.sequence = this.index;
  }

  #drawPayloadSize(random: Random): number {
    return random.chance(0.75) ? this.#course.segmentSize : random.between(1, this.#course.segmentSize);
  }

  #segment(fromClient: boolean, flags: number, payloadSize: number): void {
    this.fromClient = fromClient;
    this.tcpFlags = flags;
    this.payloadSize = payloadSize;
    this.sequence = fromClient ? this.#clientSequence : this.#serverSequence;
    this.acknowledgement = (flags & ACK) === 0 ? 0 : fromClient ? this.#serverSequence : this.#clientSequence;
    // A SYN or a FIN takes one sequence number. A SYN that is sent again keeps its own.
    const taken = payloadSize + ((flags & (SYN | FIN)) !== 0 && this.#course.answered ? 1 : 0);
    if (fromClient) this.#clientSequence = (this.#clientSequence + taken) >>> 0;
    else this.#serverSequence = (this.#serverSequence + taken) >>> 0;
  }
}
