/** WireGuard (whitepaper §5.4), OpenVPN (protocol document), IKE (RFC 7296, 2408) and L2TP (RFC 2661, 3931). */

import { equalBytes, hex, uintAt, uintLittleAt } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';

const INITIATION = 1;
const RESPONSE = 2;

export const recogniseWireguard: Recognise = ({ client, server }) => {
  const asks = wireguardType(client);
  const answers = wireguardType(server);
  if (asks === 0 && answers === 0) return undefined;
  // The response names the initiation's sender: 32 bits that nobody guesses.
  const paired =
    asks === INITIATION && answers === RESPONSE && uintLittleAt(server, 8, 4) === uintLittleAt(client, 4, 4);
  if (!paired && ((asks === 0 && client.length > 0) || (answers === 0 && server.length > 0))) return undefined;
  return verdict('wireguard', 2, paired, { details: { type: asks || answers } });
};

/** 0: it is none. */
function wireguardType(datagram: Uint8Array): number {
  const type = datagram[0] ?? 0;
  const size = datagram.length;
  if (size < 32 || uintAt(datagram, 1, 3) !== 0) return 0;
  const fits =
    type === 1 ? size === 148 : type === 2 ? size === 92 : type === 3 ? size === 64 : type === 4 && size % 16 === 0;
  return fits ? type : 0;
}

const OPENVPN_PORT = 1194;
const CLIENT_RESETS = [7, 10];
const SERVER_RESET = 8;

export const recogniseOpenvpn: Recognise = ({ client, server, transport, clientPort, serverPort }) => {
  const ask = openvpnPacket(client, transport);
  const answer = openvpnPacket(server, transport);
  const asks = ask !== undefined && CLIENT_RESETS.includes(ask.opcode);
  const answers = answer?.opcode === SERVER_RESET;
  if (!asks && !(answers && client.length === 0)) return undefined;
  if (asks && !answers && server.length > 0) return undefined;
  // One side has eight fixed bits: without the other one only the port makes it plausible.
  if (!(asks && answers) && clientPort !== OPENVPN_PORT && serverPort !== OPENVPN_PORT) return undefined;
  const echoed = asks && answers && ask !== undefined && holds(server, ask.session, 9);
  return {
    ...verdict('openvpn', 2, asks && answers, { details: { opcode: (ask ?? answer)?.opcode ?? 0 } }),
    confidence: echoed ? 3 : 2,
  };
};

interface OpenvpnPacket {
  readonly opcode: number;
  readonly session: Uint8Array;
}

/** A control packet with key id 0: opcode, session id (8 bytes), at least acknowledgements and packet id behind. */
function openvpnPacket(bytes: Uint8Array, transport: 'tcp' | 'udp'): OpenvpnPacket | undefined {
  const at = transport === 'tcp' ? 2 : 0;
  const size = transport === 'tcp' ? uintAt(bytes, 0, 2) : bytes.length;
  const first = bytes[at] ?? 0;
  if (size < 14 || size > 1500 || bytes.length < at + 14 || (first & 7) !== 0) return undefined;
  const opcode = first >> 3;
  if (!CLIENT_RESETS.includes(opcode) && opcode !== SERVER_RESET) return undefined;
  const session = bytes.subarray(at + 1, at + 9);
  return session.every((byte) => byte === 0) ? undefined : { opcode, session };
}

const SEARCH_MAX = 128;

function holds(bytes: Uint8Array, part: Uint8Array, from: number): boolean {
  for (let at = from; at + part.length <= bytes.length && at < SEARCH_MAX; at++)
    if (equalBytes(bytes.subarray(at, at + part.length), part)) return true;
  return false;
}

const NAT_TRAVERSAL_PORT = 4500;
const IKE_PORT = 500;
const IKE_HEADER_SIZE = 28;

export const recogniseIpsec: Recognise = ({ client, server, clientPort, serverPort }) => {
  const ports = [clientPort, serverPort];
  if (!ports.includes(IKE_PORT) && !ports.includes(NAT_TRAVERSAL_PORT)) return undefined;
  const ask = ikeHeader(client);
  const answer = ikeHeader(server);
  const header = ask ?? answer;
  if (header === undefined) return undefined;
  const both = ask !== undefined && answer !== undefined && equalBytes(ask.initiator, answer.initiator);
  return verdict('ipsec', 2, both, {
    details: { version: header.version, exchange: header.exchange, initiatorSpi: hex(header.initiator) },
  });
};

/** On port 4500 four zero bytes tell IKE from ESP (RFC 3948). */
function ikeHeader(datagram: Uint8Array): { version: string; exchange: number; initiator: Uint8Array } | undefined {
  const at = uintAt(datagram, 0, 4) === 0 ? 4 : 0;
  const version = datagram[at + 17] ?? 0;
  const exchange = datagram[at + 18] ?? 0;
  if (version !== 0x10 && version !== 0x20) return undefined;
  const known =
    version === 0x10 ? (exchange >= 2 && exchange <= 5) || exchange === 32 : exchange >= 34 && exchange <= 37;
  const fits = datagram.length >= at + IKE_HEADER_SIZE && uintAt(datagram, at + 24, 4) === datagram.length - at;
  if (!known || !fits) return undefined;
  return { version: version === 0x10 ? '1.0' : '2.0', exchange, initiator: datagram.subarray(at, at + 8) };
}

const L2TP_PORT = 1701;
const L2TP_HEADER_SIZE = 12;

/** Control messages only: flags of type, length and sequence, version 2 or 3, length of the datagram. */
export const recogniseL2tp: Recognise = ({ client, server, clientPort, serverPort }) => {
  const asks = isL2tp(client);
  const answers = isL2tp(server);
  const onPort = clientPort === L2TP_PORT || serverPort === L2TP_PORT;
  if (!(asks && (onPort || answers)) && !(answers && onPort)) return undefined;
  return verdict('l2tp', 2, asks && answers, {
    details: detailsOf({ version: ((asks ? client : server)[1] ?? 0) & 15 }),
  });
};

function isL2tp(datagram: Uint8Array): boolean {
  const flags = uintAt(datagram, 0, 2);
  const version = flags & 15;
  return (
    datagram.length >= L2TP_HEADER_SIZE &&
    (flags & 0xc800) === 0xc800 &&
    (version === 2 || version === 3) &&
    uintAt(datagram, 2, 2) === datagram.length
  );
}
