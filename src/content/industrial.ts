/**
 * Control systems: Modbus/TCP, DNP3 (IEEE 1815), BACnet/IP (ASHRAE 135 annex J), OPC UA, IEC 60870-5-104, EtherNet/IP.
 */

import { asciiAt, uintAt, uintLittleAt } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';
import { textOf } from './text.ts';

const MODBUS_PORT = 502;

export const recogniseModbus: Recognise = ({ client, server, serverPort }) => {
  const ask = modbusMessage(client);
  const answer = modbusMessage(server);
  if (ask === undefined) return undefined;
  const paired =
    answer !== undefined &&
    (answer.code & 0x7f) === ask.code &&
    answer.transaction === ask.transaction &&
    answer.unit === ask.unit;
  if (!paired && (serverPort !== MODBUS_PORT || server.length > 0)) return undefined;
  return verdict('modbus', 1, paired, { details: { function: ask.code, unit: ask.unit } });
};

function modbusMessage(stream: Uint8Array): { transaction: number; unit: number; code: number } | undefined {
  const size = uintAt(stream, 4, 2);
  const code = stream[7] ?? 0;
  if (uintAt(stream, 2, 2) !== 0 || size < 2 || size > 254 || stream.length < 6 + size || code === 0) return undefined;
  return { transaction: uintAt(stream, 0, 2), unit: stream[6] ?? 0, code };
}

const DNP3_START = 0x0564;
const DNP3_HEADER_SIZE = 8;
const TRANSPORT_AND_CONTROL = 2;

export const recogniseDnp3: Recognise = ({ client, server }) => {
  const asks = isDnp3(client);
  const answers = isDnp3(server);
  if (!asks && !answers) return undefined;
  const frame = asks ? client : server;
  const application = (frame[2] ?? 0) >= 8 ? frame[DNP3_HEADER_SIZE + 2 + TRANSPORT_AND_CONTROL] : undefined;
  return verdict('dnp3', 3, asks && answers, {
    details: detailsOf({
      function: application,
      destination: uintLittleAt(frame, 4, 2),
      source: uintLittleAt(frame, 6, 2),
    }),
  });
};

/** The header's checksum proves it. */
function isDnp3(bytes: Uint8Array): boolean {
  if (uintAt(bytes, 0, 2) !== DNP3_START || (bytes[2] ?? 0) < 5 || bytes.length < DNP3_HEADER_SIZE + 2) return false;
  let crc = 0;
  for (let at = 0; at < DNP3_HEADER_SIZE; at++) {
    crc ^= bytes[at] ?? 0;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa6bc : crc >> 1;
  }
  return (~crc & 0xffff) === uintLittleAt(bytes, DNP3_HEADER_SIZE, 2);
}

const BVLC = 0x81;
const BVLC_FUNCTION_MAX = 11;
const FORWARDED = 4;
const UNCONFIRMED_REQUEST = 1;

export const recogniseBacnet: Recognise = ({ client, server }) => {
  const asks = isBacnet(client);
  const answers = isBacnet(server);
  if (!asks && !answers) return undefined;
  const message = asks ? client : server;
  return verdict('bacnet', 3, asks && answers, {
    details: detailsOf({ function: message[1], service: serviceOf(message) }),
  });
};

const isBacnet = (datagram: Uint8Array): boolean =>
  datagram[0] === BVLC && (datagram[1] ?? 255) <= BVLC_FUNCTION_MAX && uintAt(datagram, 2, 2) === datagram.length;

/** Choice of service of an unconfirmed request that is not routed; those are who-is and i-am. */
function serviceOf(message: Uint8Array): number | undefined {
  const at = message[1] === FORWARDED ? 10 : 4;
  const control = message[at + 1] ?? 0xff;
  if (message[at] !== 1 || (control & 0x80) !== 0) return undefined;
  let apduAt = at + 2;
  if ((control & 0x20) !== 0) apduAt += 3 + (message[apduAt + 2] ?? 0);
  if ((control & 0x08) !== 0) apduAt += 3 + (message[apduAt + 2] ?? 0);
  if ((control & 0x20) !== 0) apduAt += 1;
  return (message[apduAt] ?? 0) >> 4 === UNCONFIRMED_REQUEST ? message[apduAt + 1] : undefined;
}

const OPCUA_KINDS = ['HELF', 'ACKF', 'OPNF', 'ERRF', 'RHEF'];
const ENDPOINT_AT = 28;

export const recogniseOpcua: Recognise = ({ client, server }) => {
  const asks = isOpcua(client) && !asciiAt(client, 0, 'ACKF');
  const answers = isOpcua(server);
  if (!asks && !answers) return undefined;
  const size = asciiAt(client, 0, 'HELF') ? uintLittleAt(client, ENDPOINT_AT, 4) : 0;
  const endpoint = client.subarray(ENDPOINT_AT + 4, ENDPOINT_AT + 4 + Math.max(0, size));
  return verdict('opcua', 2, asks && answers, {
    details: detailsOf({ endpoint: size > 0 && endpoint.length === size ? textOf(endpoint) : undefined }),
  });
};

const isOpcua = (stream: Uint8Array): boolean => {
  const size = uintLittleAt(stream, 4, 4);
  return OPCUA_KINDS.some((kind) => asciiAt(stream, 0, kind)) && size >= 8 && size <= 0x100000;
};

const IEC104_PORT = 2404;
const IEC104_START = 0x68;
const U_FRAMES = [0x07, 0x0b, 0x13, 0x23, 0x43, 0x83];

export const recogniseIec104: Recognise = ({ client, server, serverPort }) => {
  const asks = iec104Type(client);
  const answers = iec104Type(server);
  const both = asks !== undefined && answers !== undefined;
  const type = asks ?? answers;
  if (type === undefined || (!both && serverPort !== IEC104_PORT)) return undefined;
  if ((asks === undefined && client.length > 0) || (answers === undefined && server.length > 0)) return undefined;
  return { ...verdict('iec104', 1, both, { details: { type } }), confidence: both ? 2 : 1 };
};

/** Shape of the first frame: information, supervisory or unnumbered. */
function iec104Type(stream: Uint8Array): string | undefined {
  const size = stream[1] ?? 0;
  const control = stream[2] ?? 0;
  if (stream[0] !== IEC104_START || size < 4 || size > 253 || stream.length < 2 + size) return undefined;
  // What follows in the stream is a frame as well.
  if (stream.length > 2 + size && stream[2 + size] !== IEC104_START) return undefined;
  if ((control & 1) === 0) return size >= 10 && ((stream[4] ?? 1) & 1) === 0 ? 'I' : undefined;
  if (size !== 4 || ((stream[4] ?? 1) & 1) !== 0) return undefined;
  if (control === 1 && stream[3] === 0) return 'S';
  return U_FRAMES.includes(control) && uintAt(stream, 3, 3) === 0 ? 'U' : undefined;
}

const ENCAPSULATION_COMMANDS = [0x01, 0x04, 0x63, 0x64, 0x65, 0x66, 0x6f, 0x70];
const ENCAPSULATION_HEADER_SIZE = 24;
const ETHERNET_IP_PORTS = [44_818, 2222];

export const recogniseEthernetIp: Recognise = ({ client, server, clientPort, serverPort }) => {
  const ask = encapsulationCommand(client);
  const answer = encapsulationCommand(server);
  const paired = ask >= 0 && ask === answer;
  const onPort = ETHERNET_IP_PORTS.includes(serverPort) || ETHERNET_IP_PORTS.includes(clientPort);
  if (ask < 0 || (!paired && (!onPort || server.length > 0))) return undefined;
  return verdict('ethernet-ip', 2, paired, { details: { command: ask } });
};

/** Command of a message whose length is right and that has no status and no options; -1 for others. */
function encapsulationCommand(bytes: Uint8Array): number {
  const command = uintLittleAt(bytes, 0, 2);
  const size = uintLittleAt(bytes, 2, 2);
  const fits = bytes.length >= ENCAPSULATION_HEADER_SIZE && bytes.length >= ENCAPSULATION_HEADER_SIZE + size;
  const plain = uintAt(bytes, 8, 4) === 0 && uintAt(bytes, 20, 4) === 0;
  return fits && plain && ENCAPSULATION_COMMANDS.includes(command) ? command : -1;
}
