/** DHCP (RFC 2131, 2132) and DHCPv6 (RFC 8415): kind of message, names that the client gives itself. */

import { Reader, uintAt, hex } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';
import { ipv4Text } from '../flow/address_text.ts';
import { textOf } from './text.ts';

const MAGIC = 0x63825363;
const MAGIC_AT = 236;
const PAD = 0;
const REQUESTED_ADDRESS = 50;
const HOST_NAME = 12;
const TYPE = 53;
const VENDOR = 60;
const FQDN = 81;
const END = 255;

export const recogniseDhcp: Recognise = (conversation) => {
  const messages = [...conversation.clientDatagrams, ...conversation.serverDatagrams].filter(isDhcp);
  const first = isDhcp(conversation.client) ? conversation.client : conversation.server;
  // Clients ask with operation 1; two sides the other way round are tried in another call.
  if (!isDhcp(first) || (conversation.client[0] === 2 && isDhcp(conversation.server))) return undefined;
  // The first message may be an answer, or leave the name out.
  const options = messages.map(optionsOf);
  const get = (code: number) => options.find(({ values }) => values.has(code))?.values.get(code);
  const text = (code: number) => {
    const value = get(code);
    return value === undefined || value.length === 0 ? undefined : textOf(value);
  };
  const address = get(REQUESTED_ADDRESS);
  return verdict('dhcp', 3, isDhcp(conversation.client) && isDhcp(conversation.server), {
    details: detailsOf({
      type: options[0]?.values.get(TYPE)?.[0],
      hostName: text(HOST_NAME),
      vendor: text(VENDOR),
      requestedAddress: address?.length === 4 ? ipv4Text(address, 0) : undefined,
      fqdn: domainName(get(FQDN)),
    }),
    malformed: options.some(({ malformed }) => malformed),
  });
};

const isDhcp = (datagram: Uint8Array): boolean =>
  (datagram[0] === 1 || datagram[0] === 2) && uintAt(datagram, MAGIC_AT, 4) === MAGIC;

function optionsOf(datagram: Uint8Array): { values: ReadonlyMap<number, Uint8Array>; malformed: boolean } {
  const values = new Map<number, Uint8Array>();
  const reader = new Reader(datagram, MAGIC_AT + 4);
  while (reader.left > 0) {
    const code = reader.u8();
    if (code === PAD) continue;
    if (code === END) break;
    const value = reader.take(reader.u8());
    if (reader.short) break;
    if (!values.has(code)) values.set(code, value);
  }
  return { values, malformed: reader.short };
}

/** Option 81 (RFC 4702): flags, two bytes of no use, then a name, as labels when bit 2 of the flags is set. */
function domainName(value: Uint8Array | undefined): string | undefined {
  if (value === undefined || value.length < 4) return undefined;
  if (((value[0] ?? 0) & 4) === 0) return textOf(value.subarray(3));
  const labels: string[] = [];
  const reader = new Reader(value, 3);
  for (let size = reader.u8(); size > 0 && size < 64 && !reader.short; size = reader.u8())
    labels.push(textOf(reader.take(size)));
  return labels.length === 0 ? undefined : labels.join('.').slice(0, 253);
}

const CLIENT_ID = 1;
const DUID_MAX = 128;
const RELAY_TYPES = [12, 13];

export const recogniseDhcpv6: Recognise = ({ client, server, clientPort, serverPort }) => {
  const onPort = [clientPort, serverPort].every((port) => port === 546 || port === 547);
  const message = client.length > 0 ? client : server;
  const type = message[0] ?? 0;
  if (!onPort || type < 1 || type > 13 || message.length < 4) return undefined;
  const reader = new Reader(message, RELAY_TYPES.includes(type) ? 34 : 4);
  let duid: string | undefined;
  while (reader.left > 0) {
    const code = reader.u16();
    const value = reader.take(reader.u16());
    if (reader.short) return undefined;
    if (code === CLIENT_ID && value.length <= DUID_MAX) duid ??= hex(value).slice(0, 255);
  }
  return verdict('dhcpv6', 3, client.length > 0 && server.length > 0, { details: detailsOf({ type, duid }) });
};
