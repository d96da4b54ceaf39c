/** Messages in ASN.1: LDAP (RFC 4511), Kerberos (RFC 4120) and SNMP (RFC 3416, 3412). */

import { Reader, uintAt } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';
import { isRecord } from './starttls.ts';
import { elementSize, expectElement, nextElement } from './tls/der.ts';
import { asciiOf, textOf } from './text.ts';

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;

/** Value of an INTEGER of at most four bytes; -1 for others. */
function integer(reader: Reader): number {
  const content = expectElement(reader, INTEGER);
  if (content === undefined || content.left < 1 || content.left > 4) return -1;
  let value = 0;
  while (content.left > 0) value = value * 256 + content.u8();
  return value;
}

const BIND = 0x60;
const SEARCH = 0x63;
const EXTENDED = 0x77;
const LDAP_REQUESTS = [BIND, 0x42, SEARCH, 0x66, 0x68, 0x4a, 0x6c, 0x6e, 0x50, EXTENDED];
const LDAP_RESPONSES = [0x61, 0x64, 0x65, 0x67, 0x69, 0x6b, 0x6d, 0x6f, 0x73, 0x78, 0x79];
const STARTTLS_OID = '1.3.6.1.4.1.1466.20037';

export const recogniseLdap: Recognise = ({ client, server, secrets }) => {
  const ask = ldapMessage(client, LDAP_REQUESTS);
  const answer = ldapMessage(server, LDAP_RESPONSES);
  if (ask === undefined && answer === undefined) return undefined;
  const starttls = ask?.operation === EXTENDED && ldapOid(ask.content) === STARTTLS_OID;
  const upgraded = starttls && isRecord(client, ask.end);
  return verdict('ldap', 2, ask !== undefined && answer !== undefined, {
    details: detailsOf({
      operation: (ask ?? answer)?.operation,
      bindName: secrets && ask?.operation === BIND ? bindName(ask.content) : undefined,
      starttls: starttls || undefined,
    }),
    inner: upgraded ? { clientAt: ask.end, serverAt: answer?.end ?? server.length, tls: true } : undefined,
  });
};

interface LdapMessage {
  readonly operation: number;
  readonly content: Uint8Array;
  /** Behind the message. */
  readonly end: number;
}

/** The message may continue past the prefix: only its head must be present. */
function ldapMessage(stream: Uint8Array, operations: readonly number[]): LdapMessage | undefined {
  const reader = new Reader(stream);
  if (reader.u8() !== SEQUENCE) return undefined;
  const size = elementSize(reader);
  const end = reader.at + size;
  const id = integer(reader);
  const operation = reader.u8();
  const length = elementSize(reader);
  if (reader.short || size < 5 || id < 0 || length < 0 || reader.at + length > end) return undefined;
  if (!operations.includes(operation)) return undefined;
  return { operation, content: stream.subarray(reader.at, Math.min(reader.at + length, stream.length)), end };
}

function bindName(content: Uint8Array): string | undefined {
  const reader = new Reader(content);
  const version = integer(reader);
  const name = expectElement(reader, OCTET_STRING);
  return version < 1 || name === undefined || name.left === 0 ? undefined : textOf(name.take(name.left));
}

function ldapOid(content: Uint8Array): string | undefined {
  const name = expectElement(new Reader(content), 0x80);
  return name === undefined || name.left > 64 ? undefined : asciiOf(name.take(name.left));
}

const KERBEROS_TAGS: ReadonlySet<number> = new Set([0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x74, 0x75, 0x76, 0x7e]);
const VERSION = 5;

export const recogniseKerberos: Recognise = ({ client, server, transport, secrets }) => {
  const ask = kerberosMessage(client, transport);
  const answer = kerberosMessage(server, transport);
  const message = ask ?? answer;
  if (message === undefined) return undefined;
  return verdict('kerberos', 3, ask !== undefined && answer !== undefined, {
    details: detailsOf({ type: message.type, realm: message.realm, cname: secrets ? message.cname : undefined }),
  });
};

interface KerberosMessage {
  readonly type: number;
  readonly realm: string | undefined;
  readonly cname: string | undefined;
}

/** Tag of the application, then a sequence with pvno 5 and a msg-type that equals the tag's number. */
function kerberosMessage(bytes: Uint8Array, transport: 'tcp' | 'udp'): KerberosMessage | undefined {
  const reader = new Reader(bytes, transport === 'tcp' ? 4 : 0);
  const tag = reader.u8();
  const size = elementSize(reader);
  if (!KERBEROS_TAGS.has(tag) || size < 0) return undefined;
  if (transport === 'tcp' && uintAt(bytes, 0, 4) !== reader.at - 4 + size) return undefined;
  if (transport === 'udp' && bytes.length !== reader.at + size) return undefined;
  if (reader.u8() !== SEQUENCE || elementSize(reader) < 0) return undefined;
  const fields = contextFields(reader);
  // In requests the numbers start at 1, elsewhere at 0.
  const base = tag === 0x6a || tag === 0x6c ? 1 : 0;
  const version = fields.get(base);
  const type = fields.get(base + 1);
  const number = type === undefined ? -1 : integer(type);
  if (version === undefined || integer(version) !== VERSION || number !== (tag & 0x1f)) return undefined;
  const body = fields.get(4);
  const inner = base === 1 && body !== undefined ? expectElement(body, SEQUENCE) : undefined;
  const names = inner === undefined ? fields : contextFields(inner);
  const [realmAt, cnameAt] = base === 1 ? [2, 1] : tag === 0x7e ? [9, 8] : [3, 4];
  return { type: number, realm: stringOf(names.get(realmAt)), cname: principalOf(names.get(cnameAt)) };
}

/** Elements with the tags [0] to [15]; the last one may be cut by the prefix and is left out then. */
function contextFields(reader: Reader): Map<number, Reader> {
  const fields = new Map<number, Reader>();
  for (let n = 0; n < 16 && reader.left > 0; n++) {
    const element = nextElement(reader);
    if (element === undefined || (element.tag & 0xe0) !== 0xa0) break;
    fields.set(element.tag & 0x1f, element.content);
  }
  return fields;
}

function stringOf(reader: Reader | undefined): string | undefined {
  const element = reader && nextElement(reader);
  return element === undefined || element.tag === SEQUENCE
    ? undefined
    : textOf(element.content.take(element.content.left));
}

/** PrincipalName: kind, then the parts of the name. */
function principalOf(reader: Reader | undefined): string | undefined {
  const sequence = reader && expectElement(reader, SEQUENCE);
  const parts = sequence && contextFields(sequence).get(1);
  const list = parts && expectElement(parts, SEQUENCE);
  const names: string[] = [];
  while (list !== undefined && list.left > 0 && names.length < 4) {
    const part = nextElement(list);
    if (part === undefined) return undefined;
    names.push(textOf(part.content.take(part.content.left)));
  }
  return names.length === 0 ? undefined : names.join('/').slice(0, 255);
}

const SNMP_VERSIONS = [0, 1, 3];
const SNMP_RESPONSE = 2;

export const recogniseSnmp: Recognise = ({ client, server }) => {
  const ask = snmpMessage(client);
  const answer = snmpMessage(server);
  const message = ask ?? answer;
  // The other way round: the client does not answer.
  if (message === undefined || (ask?.pdu === SNMP_RESPONSE && answer !== undefined)) return undefined;
  return verdict('snmp', 2, ask !== undefined && answer !== undefined, { details: detailsOf({ ...message }) });
};

/** Version, then community and PDU, or the header of version 3. */
function snmpMessage(datagram: Uint8Array): { version: number; pdu: number | undefined } | undefined {
  const outer = new Reader(datagram);
  const message = expectElement(outer, SEQUENCE);
  if (message === undefined || outer.left > 0) return undefined;
  const version = integer(message);
  if (!SNMP_VERSIONS.includes(version)) return undefined;
  const next = nextElement(message);
  if (next?.tag !== (version === 3 ? SEQUENCE : OCTET_STRING)) return undefined;
  if (version === 3) return { version, pdu: undefined };
  const pdu = nextElement(message);
  return pdu !== undefined && (pdu.tag & 0xf0) === 0xa0 ? { version, pdu: pdu.tag & 15 } : undefined;
}
