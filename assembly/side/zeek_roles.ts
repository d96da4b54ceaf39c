/** Who the originator is by the first packet: its sender, unless ports say that the sender is a server. */
import { serverPortsBase } from "../control";
import { packetTcpFlags } from "../decode/packet";
import {
  KEY_HIGH, KEY_HIGH_PORT, KEY_LOW, KEY_LOW_PORT, KEY_PROTOCOL, KEY_VERSION, PACKET_KEY, SERVER_PORTS_SIZE,
} from "../layout";
import { u8At } from "../wire/bytes";
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_SYN } from "../wire/numbers";

/** Has a server such a port? The first half of the bits is TCP's, the second UDP's. */
@inline function isServerPort(protocol: u32, port: u32): bool {
  const bits = serverPortsBase + (protocol == PROTOCOL_UDP ? <usize>SERVER_PORTS_SIZE / 2 : 0);
  return (u8At(bits + (port >> 3)) >> (port & 7) & 1) != 0;
}

/** Is the sender of the first packet, side 0 or 1 of the key, the responder? */
export function isSentByResponder(packet: usize, sender: u32): bool {
  const key = packet + PACKET_KEY;
  const protocol = u8At(key + KEY_PROTOCOL);
  if (protocol != PROTOCOL_TCP && protocol != PROTOCOL_UDP) return false;
  // A broadcast address answers nothing, and asks nothing.
  const source = key + (sender == 0 ? KEY_LOW : KEY_HIGH);
  if (u8At(key + KEY_VERSION) == 4 && load<u32>(source) == u32.MAX_VALUE) return false;
  const from = <u32>load<u16>(key + (sender == 0 ? KEY_LOW_PORT : KEY_HIGH_PORT));
  const to = <u32>load<u16>(key + (sender == 0 ? KEY_HIGH_PORT : KEY_LOW_PORT));
  if (!isServerPort(protocol, from)) return false;
  if (protocol == PROTOCOL_UDP) return !isServerPort(protocol, to);
  const handshake = packetTcpFlags(packet) & (TCP_SYN | TCP_ACK);
  if (handshake == TCP_SYN) return false;
  if (!isServerPort(protocol, to)) return true;
  return handshake != (TCP_SYN | TCP_ACK) && from < to;
}
