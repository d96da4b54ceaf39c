import { ICMP, SYN, TCP, UDP } from './flow_script.ts';
import type { Conversation, FlowScript } from './flow_script.ts';
import { Random } from './random.ts';

/** Bytes that are made at a time, in whole records. */
const CHUNK_SIZE = 4 << 20;
/** Largest record, with its header. */
const RECORD_SIZE_MAX = 1 << 11;
const FILE_HEADER_SIZE = 24;
/** Smallest Ethernet frame on the wire without its checksum (IEEE 802.3). */
const ETHERNET_SIZE_MIN = 60;
/** Capture time of the first flow's start: 2023-11-14T22:13:20Z. */
const EPOCH_SECONDS = 1_700_000_000;

/**
 * Makes a classic pcap file (little-endian, microseconds) of the packets of flow scripts, as Ethernet frames.
 * Without payload a frame is cut behind its last header, as a tight snaplen does; its lengths stay those of the wire.
 * IPv4 header checksums are right; transport checksums are 0.
 */
export class FrameWriter {
  readonly #withPayload: boolean;
  readonly #chunk = new Uint8Array(CHUNK_SIZE);
  readonly #view = new DataView(this.#chunk.buffer);
  readonly #filler: Uint8Array;
  #size = 0;

  /** @param withPayload whole frames; else they are cut behind the last header */
  constructor(withPayload: boolean) {
    this.#withPayload = withPayload;
    const random = new Random(0x66756c6c);
    this.#filler = Uint8Array.from({ length: 1 << 16 }, () => random.u32());
    this.#writeFileHeader();
  }

  /** There may be no room for another packet: `take` first. */
  get full(): boolean {
    return this.#size > CHUNK_SIZE - RECORD_SIZE_MAX;
  }

  /** Appends the packet that the script has just played. The writer must not be full. */
  write(script: FlowScript): void {
    const view = this.#view;
    const record = this.#size;
    const frame = record + 16;
    const seconds = Math.floor(script.dueUs / 1_000_000);
    const end = this.#writeFrame(frame, script);
    const wireLen = Math.max(ETHERNET_SIZE_MIN, end - frame + script.payloadSize);
    const capLen = this.#withPayload ? wireLen : end - frame;
    if (this.#withPayload) this.#fillPayload(end, script.payloadSize, frame + wireLen);
    view.setUint32(record, EPOCH_SECONDS + seconds, true);
    view.setUint32(record + 4, script.dueUs - seconds * 1_000_000, true);
    view.setUint32(record + 8, capLen, true);
    view.setUint32(record + 12, wireLen, true);
    this.#size = frame + capLen;
  }

  /** The bytes since the last call. They are overwritten by the next packets. */
  take(): Uint8Array {
    const bytes = this.#chunk.subarray(0, this.#size);
    this.#size = 0;
    return bytes;
  }

  #writeFileHeader(): void {
    this.#view.setUint32(0, 0xa1b2c3d4, true);
    this.#view.setUint16(4, 2, true);
    this.#view.setUint16(6, 4, true);
    this.#view.setUint32(16, 262_144, true);
    this.#view.setUint32(20, 1, true);
    this.#size = FILE_HEADER_SIZE;
  }

  #fillPayload(at: number, payloadSize: number, frameEnd: number): void {
    const from = (at * 31) & 0x7fff;
    this.#chunk.set(this.#filler.subarray(from, from + payloadSize), at);
    this.#chunk.fill(0, at + payloadSize, Math.max(at + payloadSize, frameEnd));
  }

  /** Writes all headers and returns where the payload begins. */
  #writeFrame(at: number, script: FlowScript): number {
    const conversation = script.conversation;
    const transportSize = transportHeaderSize(script);
    const internet = this.#writeEthernet(at, script);
    const length = transportSize + script.payloadSize;
    const transport = conversation.ipv6
      ? this.#writeIpv6(internet, script, length)
      : this.#writeIpv4(internet, script, length);
    if (conversation.protocol === TCP) this.#writeTcp(transport, script, transportSize);
    else if (conversation.protocol === UDP) this.#writeUdp(transport, script, length);
    else this.#writeIcmp(transport, script);
    return transport + transportSize;
  }

  #writeEthernet(at: number, script: FlowScript): number {
    const view = this.#view;
    const { client, server, vlan, ipv6 } = script.conversation;
    const source = script.fromClient ? client : server;
    const destination = script.fromClient ? server : client;
    view.setUint16(at, 0x0200);
    view.setUint32(at + 2, destination);
    view.setUint16(at + 6, 0x0200);
    view.setUint32(at + 8, source);
    const etherType = ipv6 ? 0x86dd : 0x0800;
    if (vlan === 0) {
      view.setUint16(at + 12, etherType);
      return at + 14;
    }
    view.setUint16(at + 12, 0x8100);
    view.setUint16(at + 14, vlan);
    view.setUint16(at + 16, etherType);
    return at + 18;
  }

  #writeIpv4(at: number, script: FlowScript, length: number): number {
    const view = this.#view;
    const { client, server, protocol } = script.conversation;
    const size = 20 + length;
    const identification = script.index & 0xffff;
    const source = script.fromClient ? client : server;
    const destination = script.fromClient ? server : client;
    view.setUint16(at, 0x4500);
    view.setUint16(at + 2, size);
    view.setUint16(at + 4, identification);
    view.setUint16(at + 6, 0x4000);
    view.setUint16(at + 8, (64 << 8) | protocol);
    let sum = 0x4500 + size + identification + 0x4000 + ((64 << 8) | protocol);
    sum += (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff);
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    view.setUint16(at + 10, ~sum);
    view.setUint32(at + 12, source);
    view.setUint32(at + 16, destination);
    return at + 20;
  }

  #writeIpv6(at: number, script: FlowScript, length: number): number {
    const view = this.#view;
    const { client, server } = script.conversation;
    view.setUint32(at, 0x6000_0000);
    view.setUint16(at + 4, length);
    view.setUint16(at + 6, (ipv6NextHeader(script.conversation) << 8) | 64);
    this.#writeIpv6Address(at + 8, script.fromClient ? client : server);
    this.#writeIpv6Address(at + 24, script.fromClient ? server : client);
    return at + 40;
  }

  /** 2001:db8:<host, high half>::<host>, in the documentation prefix (RFC 3849). */
  #writeIpv6Address(at: number, host: number): void {
    this.#view.setUint32(at, 0x2001_0db8);
    this.#view.setUint32(at + 4, host & 0xffff_0000);
    this.#view.setUint32(at + 8, 0x0200_5eff);
    this.#view.setUint32(at + 12, host);
  }

  #writeTcp(at: number, script: FlowScript, headerSize: number): void {
    const view = this.#view;
    this.#writePorts(at, script);
    view.setUint32(at + 4, script.sequence);
    view.setUint32(at + 8, script.acknowledgement);
    view.setUint16(at + 12, (headerSize << 10) | script.tcpFlags);
    view.setUint16(at + 14, 0xfaf0);
    view.setUint32(at + 16, 0);
    if (headerSize === 20) return;
    let option = at + 20;
    if ((script.tcpFlags & SYN) !== 0) {
      // Maximum segment size, SACK permitted, window scale 7.
      view.setUint32(option, 0x0204_05b4);
      view.setUint32(option + 4, 0x0402_0303);
      view.setUint32(option + 8, 0x0701_0101);
      option += 12;
    }
    if (option === at + headerSize) return;
    view.setUint32(option, 0x0101_080a);
    view.setUint32(option + 4, Math.floor(script.dueUs / 1000));
    view.setUint32(option + 8, 0);
  }

  #writeUdp(at: number, script: FlowScript, length: number): void {
    this.#writePorts(at, script);
    this.#view.setUint16(at + 4, length);
    this.#view.setUint16(at + 6, 0);
  }

  #writeIcmp(at: number, script: FlowScript): void {
    const view = this.#view;
    const { ipv6, clientPort } = script.conversation;
    const type = ipv6 ? (script.fromClient ? 128 : 129) : script.fromClient ? 8 : 0;
    view.setUint16(at, type << 8);
    view.setUint16(at + 2, 0);
    view.setUint16(at + 4, clientPort);
    view.setUint16(at + 6, script.sequence);
  }

  #writePorts(at: number, script: FlowScript): void {
    const { clientPort, serverPort } = script.conversation;
    this.#view.setUint16(at, script.fromClient ? clientPort : serverPort);
    this.#view.setUint16(at + 2, script.fromClient ? serverPort : clientPort);
  }
}

function transportHeaderSize(script: FlowScript): number {
  if (script.conversation.protocol !== TCP) return 8;
  const timestamps = script.conversation.timestamps ? 12 : 0;
  return 20 + timestamps + ((script.tcpFlags & SYN) !== 0 ? 12 : 0);
}

function ipv6NextHeader(conversation: Conversation): number {
  return conversation.protocol === ICMP ? 58 : conversation.protocol;
}
