/** DNS over UDP and TCP, mDNS, LLMNR and NBNS: the first question and the first response to it. */

import { uintAt } from '../bytes.ts';
import { detailsOf, verdict, type Recognise, type Verdict } from '../conversation.ts';
import { dnsTypeName, parseDnsMessage, type DnsMessage } from './message.ts';
import { netbiosName } from './name.ts';
import type { ContentFields } from '../../flow/identity.ts';

const DNS_PORT = 53;
const FAMILY: ReadonlyMap<number, string> = new Map([
  [DNS_PORT, 'dns'],
  [5353, 'mdns'],
  [5355, 'llmnr'],
  [137, 'nbns'],
]);
/** Messages examined on each side. */
const MESSAGES_MAX = 8;

export const recogniseDnsUdp: Recognise = (conversation) => {
  const { clientPort, serverPort } = conversation;
  const family = FAMILY.get(serverPort) ?? FAMILY.get(clientPort);
  const read = (datagrams: readonly Uint8Array[]) => messagesOf(datagrams, family !== undefined);
  return dnsVerdict(family ?? 'dns', read(conversation.clientDatagrams), read(conversation.serverDatagrams));
};

export const recogniseDnsTcp: Recognise = ({ client, server, clientPort, serverPort }) => {
  const onPort = serverPort === DNS_PORT || clientPort === DNS_PORT;
  const read = (stream: Uint8Array) => messagesOf(tcpMessages(stream), onPort);
  return dnsVerdict('dns', read(client), read(server));
};

/**
 * Messages with a length of two bytes before each (RFC 1035 §4.2.2), the first two of a stream; the last one may be
 * cut.
 */
function tcpMessages(stream: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; messages.length < 2; ) {
    const size = uintAt(stream, at, 2);
    if (size < 12 || at + 2 + size > stream.length) break;
    messages.push(stream.subarray(at + 2, at + 2 + size));
    at += 2 + size;
  }
  return messages;
}

/** @param onPort a message may be malformed after its header; on other ports it must parse to its very end */
function messagesOf(datagrams: readonly Uint8Array[], onPort: boolean): DnsMessage[] {
  const messages: DnsMessage[] = [];
  for (const datagram of datagrams.slice(0, MESSAGES_MAX)) {
    const message = parseDnsMessage(datagram);
    const whole = message !== undefined && !message.malformed && message.size === datagram.length;
    const plausible = whole && (message.question !== undefined || message.addresses.length > 0);
    if (message === undefined || !(onPort ? whole || message.questions > 0 || message.response : plausible)) {
      if (messages.length === 0) return [];
      continue;
    }
    messages.push(message);
  }
  return messages;
}

function dnsVerdict(app: string, client: readonly DnsMessage[], server: readonly DnsMessage[]): Verdict | undefined {
  const all = [...client, ...server];
  if (all.length === 0) return undefined;
  const query = all.find((message) => !message.response && message.question !== undefined);
  const response =
    query === undefined
      ? all.find((message) => message.response)
      : all.find((message) => message.response && message.id === query.id);
  const asked = query ?? (response?.question === undefined ? undefined : response);
  const both = client.some((message) => !message.response) && server.some((message) => message.response);
  const queries = all.filter((message) => !message.response && message.question !== undefined).length;
  return verdict(app, 2, both, {
    fields: { ...questionFields(app, asked), ...responseFields(response), dnsQueries: queries },
    details: detailsOf({ netbiosSuffix: suffixOf(app, asked), opcode: all[0]?.opcode || undefined }),
    malformed: all.some((message) => message.malformed),
  });
}

function questionFields(app: string, message: DnsMessage | undefined): Partial<ContentFields> {
  const question = message?.question;
  if (question === undefined) return {};
  const netbios = app === 'nbns' ? netbiosName(question.name) : undefined;
  return { dnsQuery: netbios?.name ?? question.name, dnsType: dnsTypeName(question.type, app === 'nbns') };
}

function suffixOf(app: string, message: DnsMessage | undefined): number | undefined {
  return app === 'nbns' && message?.question !== undefined ? netbiosName(message.question.name)?.suffix : undefined;
}

function responseFields(message: DnsMessage | undefined): Partial<ContentFields> {
  if (message === undefined) return {};
  const addresses = message.addresses.map(({ address }) => address);
  return { dnsRcode: message.rcode, dnsAnswers: addresses.length === 0 ? null : addresses };
}

/** The application of DNS messages between two ports. */
export const dnsAppOf = (portA: number, portB: number): string => FAMILY.get(portA) ?? FAMILY.get(portB) ?? 'dns';
