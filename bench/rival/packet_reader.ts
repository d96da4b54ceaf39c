import { KEY_HIGH, KEY_PORTS, KEY_PROTOCOL } from './records.ts';

const ICMP = 1;
const TCP = 6;
const UDP = 17;
const DCCP = 33;
const FRAGMENT = 44;
const ICMPV6 = 58;
const SCTP = 132;
const UDP_LITE = 136;
/** Stands for ports that the captured bytes or the packet do not reach. */
const OUT_OF_SIGHT = -1;

/** What packets are counted into: the caller fills `key`, then calls `count`. */
export interface PacketCounter {
  readonly key: Int32Array;
  /**
   * @param side which end of the key sent it: 0 low, 1 high
   * @param flags TCP flags, 12 bits; 0 when not TCP
   */
  count(side: 0 | 1, bytes: number, wireLen: number, payloadSize: number, flags: number, sequence: number): void;
}

/**
 * Reads Ethernet frames down to the transport header (VLAN, IPv4 RFC 791, IPv6 RFC 8200, TCP RFC 9293, UDP RFC 768,
 * ICMP RFC 792 and 4443) and counts them into a flow table. Later fragments go to the flow with ports 0; tunnels are
 * not opened.
 */
export class PacketReader {
  delivered = 0;
  malformed = 0;
  notTracked = 0;
  readonly #table: PacketCounter;
  readonly #view: DataView;

  /** @param block the buffer that all frames lie in */
  constructor(block: Uint8Array, table: PacketCounter) {
    this.#view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    this.#table = table;
  }

  /** Counts one frame. */
  read(frame: number, capLen: number, wireLen: number): void {
    const view = this.#view;
    const end = frame + capLen;
    let at = frame + 12;
    for (; at + 2 <= end; at += 4) {
      const type = view.getUint16(at);
      if (type === 0x0800) return this.#readIpv4(at + 2, end, frame + Math.max(wireLen, capLen), wireLen);
      if (type === 0x86dd) return this.#readIpv6(at + 2, end, frame + Math.max(wireLen, capLen), wireLen);
      if (type !== 0x8100 && type !== 0x88a8 && type !== 0x9100) {
        this.notTracked++;
        return;
      }
    }
    this.malformed++;
  }

  #readIpv4(at: number, end: number, wireEnd: number, wireLen: number): void {
    const view = this.#view;
    const { key } = this.#table;
    if (at + 20 > end) return this.#reject();
    const head = view.getInt32(at);
    const headerSize = (head >>> 22) & 0x3c;
    const bytes = (head & 0xffff) === 0 ? wireEnd - at : head & 0xffff;
    if (head >>> 28 !== 4 || headerSize < 20 || at + headerSize > end || bytes < headerSize || at + bytes > wireEnd) {
      return this.#reject();
    }
    const protocol = view.getUint8(at + 9);
    const source = view.getInt32(at + 12);
    const destination = view.getInt32(at + 16);
    const later = (view.getUint16(at + 6) & 0x1fff) !== 0;
    const transport = at + headerSize;
    const ports = later ? 0 : this.#portsOf(protocol, transport, end, at + bytes);
    if (ports === OUT_OF_SIGHT) return this.#reject();
    const side = sideOf(source, destination, ports, protocol);
    key[0] = side === 0 ? source : destination;
    key[KEY_HIGH] = side === 0 ? destination : source;
    for (let word = 1; word < KEY_HIGH; word++) key[word] = key[KEY_HIGH + word] = 0;
    this.#fillPorts(side, ports, protocol, 4);
    this.#deliver(side, bytes, wireLen, later ? 0 : protocol, transport, end, bytes - headerSize);
  }

  #readIpv6(at: number, end: number, wireEnd: number, wireLen: number): void {
    const view = this.#view;
    const { key } = this.#table;
    if (at + 40 > end || view.getUint8(at) >>> 4 !== 6) return this.#reject();
    const length = view.getUint16(at + 4);
    let protocol = view.getUint8(at + 6);
    const bytes = length === 0 && protocol !== 59 ? wireEnd - at : 40 + length;
    if (at + bytes > wireEnd) return this.#reject();
    let transport = at + 40;
    let later = false;
    // Extension headers: hop-by-hop, routing, destination options, fragment, authentication.
    for (let count = 0; count < 16 && !later && isExtension(protocol) && transport + 8 <= end; count++) {
      later = protocol === FRAGMENT && view.getUint16(transport + 2) > 7;
      const units = view.getUint8(transport + 1);
      const size = protocol === FRAGMENT ? 8 : protocol === 51 ? 4 * (units + 2) : 8 * (units + 1);
      protocol = view.getUint8(transport);
      transport += size;
    }
    if (transport > at + bytes) return this.#reject();
    const ports = later ? 0 : this.#portsOf(protocol, transport, end, at + bytes);
    if (ports === OUT_OF_SIGHT) return this.#reject();
    let word = 0;
    for (; word < 3 && view.getInt32(at + 8 + 4 * word) === view.getInt32(at + 24 + 4 * word); word++);
    const side = sideOf(view.getInt32(at + 8 + 4 * word), view.getInt32(at + 24 + 4 * word), ports, protocol);
    const low = at + (side === 0 ? 8 : 24);
    const high = at + (side === 0 ? 24 : 8);
    for (let index = 0; index < 4; index++) {
      key[index] = view.getInt32(low + 4 * index);
      key[KEY_HIGH + index] = view.getInt32(high + 4 * index);
    }
    this.#fillPorts(side, ports, protocol, 6);
    this.#deliver(side, bytes, wireLen, later ? 0 : protocol, transport, end, at + bytes - transport);
  }

  /** Both ports as in the packet, 32 bits unsigned; for ICMP its class and identifier; 0 where there are none. */
  #portsOf(protocol: number, at: number, end: number, packetEnd: number): number {
    const view = this.#view;
    switch (protocol) {
      case TCP:
      case UDP:
      case DCCP:
      case SCTP:
      case UDP_LITE:
        return at + 4 > end || at + 4 > packetEnd ? OUT_OF_SIGHT : view.getUint32(at);
      case ICMP:
      case ICMPV6: {
        if (at + 8 > end) return 0xff_0000;
        const type = view.getUint8(at);
        const request = protocol === ICMP ? requestOf(type) : requestOfV6(type);
        const identified = protocol === ICMP ? request === 8 || (request >= 13 && request <= 17) : request === 128;
        return (request << 16) | (identified ? view.getUint16(at + 4) : 0);
      }
      default:
        return 0;
    }
  }

  #fillPorts(side: number, ports: number, protocol: number, version: number): void {
    const { key } = this.#table;
    const symmetric = side === 0 || protocol === ICMP || protocol === ICMPV6;
    key[KEY_PORTS] = symmetric ? ports : (ports << 16) | (ports >>> 16);
    key[KEY_PROTOCOL] = protocol | (version << 8);
  }

  /** @param protocol 0 for a later fragment, all of which is payload */
  #deliver(
    side: 0 | 1,
    bytes: number,
    wireLen: number,
    protocol: number,
    transport: number,
    end: number,
    size: number,
  ): void {
    const view = this.#view;
    this.delivered++;
    if (protocol === TCP) {
      const seen = transport + 14 <= end;
      const word = seen ? view.getUint16(transport + 12) : 0x5000;
      const payloadSize = Math.max(0, size - ((word >>> 10) & 0x3c));
      this.#table.count(side, bytes, wireLen, payloadSize, word & 0xfff, seen ? view.getInt32(transport + 4) : 0);
      return;
    }
    this.#table.count(side, bytes, wireLen, Math.max(0, size - this.#headerSizeOf(protocol, transport, end)), 0, 0);
  }

  #headerSizeOf(protocol: number, at: number, end: number): number {
    switch (protocol) {
      case UDP:
      case UDP_LITE:
      case ICMP:
      case ICMPV6:
        return 8;
      case DCCP:
        return at + 5 <= end ? 4 * this.#view.getUint8(at + 4) : 12;
      case SCTP:
        return 12;
      default:
        return 0;
    }
  }

  #reject(): void {
    this.malformed++;
  }
}

/** Which end of the key the source is: 0 when its address and port are the smaller ones. */
function sideOf(source: number, destination: number, ports: number, protocol: number): 0 | 1 {
  if (source !== destination) return source >>> 0 < destination >>> 0 ? 0 : 1;
  if (protocol === ICMP || protocol === ICMPV6) return 0;
  return ports >>> 16 <= (ports & 0xffff) ? 0 : 1;
}

function isExtension(protocol: number): boolean {
  return protocol === 0 || protocol === 43 || protocol === FRAGMENT || protocol === 60 || protocol === 51;
}

/** The ICMP type that asks for this one, or the type itself. */
function requestOf(type: number): number {
  if (type === 0) return 8;
  if (type === 9) return 10;
  return type === 14 || type === 16 || type === 18 ? type - 1 : type;
}

function requestOfV6(type: number): number {
  return type === 129 || type === 134 || type === 136 || type === 140 ? type - 1 : type;
}
