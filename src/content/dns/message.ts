/** DNS messages: RFC 1035 §4, and what mDNS (RFC 6762), LLMNR (RFC 4795) and NBNS (RFC 1002) share with them. */

import { uintAt } from '../bytes.ts';
import { LIST_MAX } from '../../flow/identity.ts';
import { ipv4Text, ipv6Text } from '../../flow/address_text.ts';
import { addressKey, type AddressKey } from './address_key.ts';
import { nameAt } from './name.ts';

export interface Question {
  readonly name: string;
  readonly type: number;
}

export interface AddressRecord {
  readonly address: string;
  readonly key: AddressKey;
  /** Seconds, at most a day. */
  readonly ttl: number;
}

export interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  readonly opcode: number;
  readonly rcode: number;
  /** First question; undefined when there is none or its name is malformed. */
  readonly question: Question | undefined;
  readonly questions: number;
  /** A and AAAA records of the answer section, in order; at most 16. */
  readonly addresses: readonly AddressRecord[];
  /** First malformed name or length: what came before it is kept. */
  readonly malformed: boolean;
  /** Bytes that were read; a whole message is as long as what carries it. */
  readonly size: number;
}

const HEADER_SIZE = 12;
const COUNT_MAX = 64;
const QUESTIONS_MAX = 32;
const DAY_S = 86_400;
const TYPE_A = 1;
const TYPE_AAAA = 28;
const CLASS_IN = 1;

/** Undefined when the header cannot be that of a DNS message. */
export function parseDnsMessage(message: Uint8Array): DnsMessage | undefined {
  if (message.length < HEADER_SIZE) return undefined;
  const flags = uintAt(message, 2, 2);
  const questions = uintAt(message, 4, 2);
  const answers = uintAt(message, 6, 2);
  const others = [uintAt(message, 8, 2), uintAt(message, 10, 2)];
  const opcode = (flags >> 11) & 15;
  if (opcode > 6 || (flags & 0x40) !== 0 || questions > QUESTIONS_MAX) return undefined;
  if (answers > COUNT_MAX || others.some((count) => count > COUNT_MAX)) return undefined;
  const walk = new Walk(message);
  let question: Question | undefined;
  for (let n = 0; n < questions && !walk.malformed; n++) {
    const read = walk.question();
    question ??= read;
  }
  const addresses: AddressRecord[] = [];
  for (let n = 0; n < answers && !walk.malformed; n++) {
    const record = walk.record();
    if (record !== undefined && addresses.length < LIST_MAX) addresses.push(record);
  }
  for (let n = (others[0] ?? 0) + (others[1] ?? 0); n > 0 && !walk.malformed; n--) walk.record();
  return {
    id: uintAt(message, 0, 2),
    response: (flags & 0x8000) !== 0,
    opcode,
    rcode: flags & 15,
    question,
    questions,
    addresses,
    malformed: walk.malformed,
    size: walk.at,
  };
}

/** Goes through the sections; after a broken rule it stays where it is. */
class Walk {
  readonly #message: Uint8Array;
  at = HEADER_SIZE;
  malformed = false;

  constructor(message: Uint8Array) {
    this.#message = message;
  }

  question(): Question | undefined {
    const name = nameAt(this.#message, this.at);
    const type = name === undefined ? -1 : uintAt(this.#message, name.next, 2);
    if (name === undefined || type < 0 || name.next + 4 > this.#message.length) {
      this.malformed = true;
      return undefined;
    }
    this.at = name.next + 4;
    return { name: name.text, type };
  }

  /** Steps over a record; gives its address when it is an A or AAAA record of class IN. */
  record(): AddressRecord | undefined {
    const message = this.#message;
    const name = nameAt(message, this.at);
    const fixed = name?.next ?? message.length;
    const size = uintAt(message, fixed + 8, 2);
    const data = fixed + 10;
    if (size < 0 || data + size > message.length) {
      this.malformed = true;
      return undefined;
    }
    this.at = data + size;
    const type = uintAt(message, fixed, 2);
    const ttl = Math.min(DAY_S, uintAt(message, fixed + 4, 4));
    // mDNS marks a record as unique in the top bit of the class.
    if ((uintAt(message, fixed + 2, 2) & 0x7fff) !== CLASS_IN) return undefined;
    if (type === TYPE_A && size === 4)
      return { address: ipv4Text(message, data), key: addressKey(message, data, 4), ttl };
    if (type !== TYPE_AAAA || size !== 16) return undefined;
    const address = ipv6Text(message, data);
    return { address, key: address, ttl };
  }
}

const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [10, 'NULL'],
  [12, 'PTR'],
  [13, 'HINFO'],
  [15, 'MX'],
  [16, 'TXT'],
  [28, 'AAAA'],
  [29, 'LOC'],
  [32, 'NB'],
  [33, 'SRV'],
  [35, 'NAPTR'],
  [39, 'DNAME'],
  [41, 'OPT'],
  [43, 'DS'],
  [44, 'SSHFP'],
  [46, 'RRSIG'],
  [47, 'NSEC'],
  [48, 'DNSKEY'],
  [50, 'NSEC3'],
  [52, 'TLSA'],
  [64, 'SVCB'],
  [65, 'HTTPS'],
  [99, 'SPF'],
  [251, 'IXFR'],
  [252, 'AXFR'],
  [255, 'ANY'],
  [257, 'CAA'],
]);
const TYPE_NBSTAT = 33;

/** Name of a type in the IANA registry, `TYPEn` (RFC 3597 §5) for others. In NBNS 33 is NBSTAT. */
export function dnsTypeName(type: number, netbios = false): string {
  if (netbios && type === TYPE_NBSTAT) return 'NBSTAT';
  return TYPE_NAMES.get(type) ?? `TYPE${type}`;
}
