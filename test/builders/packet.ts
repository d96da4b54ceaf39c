/**
 * A packet under construction: its bytes, and how to put its header in front of something else.
 *
 *     tcp({ srcPort: 80, dstPort: 1234, flags: SYN | ACK }).over(ipv4({ src, dst })).over(ethernet())
 *
 * Every step is a `Uint8Array`, so the last one is the frame. The header below reads `kind` to fill in its own
 * "what comes next" field.
 */

/** The numbers by which lower layers announce this one; absent where there is none. */
export interface Kind {
  /** IEEE 802 EtherType. */
  readonly etherType?: number;
  /** IANA protocol number. */
  readonly protocol?: number;
  /** PPP protocol number. */
  readonly ppp?: number;
  /** Where the checksum is that needs the pseudo-header of the IP layer below (offset in these bytes). */
  readonly checksumAt?: number;
  /** How many bytes from the start that checksum covers; all when absent (UDP-Lite, RFC 3828). */
  readonly checksumCoverage?: number;
}

/** Puts a header in front of `inner`. */
type Wrap = (inner: Packet) => Uint8Array;

export class Packet extends Uint8Array {
  static {
    // To species and to a test's equality a packet is a Uint8Array: slices are plain bytes, equal bytes are equal.
    Object.defineProperty(this.prototype, 'constructor', { value: Uint8Array });
  }

  // Private fields do not show in an equality test.
  readonly #kind: Kind;
  readonly #wrap: Wrap;

  constructor(bytes: Uint8Array, kind: Kind, wrap: Wrap = () => refuse()) {
    super(bytes);
    this.#kind = kind;
    this.#wrap = wrap;
  }

  get kind(): Kind {
    return this.#kind;
  }

  /** This packet inside `lower`, whose own payload (if any) it replaces. */
  over(lower: Packet): Packet {
    return new Packet(lower.#wrap(this), lower.#kind, lower.#wrap);
  }
}

function refuse(): never {
  throw new TypeError('plain bytes cannot carry another packet');
}

/** A layer: `wrap` builds header + payload; `payload` is what it carries when nothing is put `over` it. */
export function layer(kind: Kind, wrap: Wrap, payload: Uint8Array = new Uint8Array(0)): Packet {
  return new Packet(wrap(payload instanceof Packet ? payload : new Packet(payload, {})), kind, wrap);
}
