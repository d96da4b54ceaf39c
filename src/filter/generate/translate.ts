/** Syntax tree to conditions for one link type. Tests are made in the order of the text, and so move offsets in it. */
import {
  LINKTYPE_IPNET,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_PPP_PPPD,
  LINKTYPE_SLIP,
} from '../../../assembly/wire/numbers.ts';
import { ALU, AND, B, H, JEQ, JGE, JGT, JMP, K, LD, LEN, OR, W } from '../bpf/bpf.ts';
import { parseIpv4 } from '../language/address.ts';
import { comparison } from './arithmetic.ts';
import { and, not, or, statement, test } from './block.ts';
import type { Condition } from './block.ts';
import { geneve, mpls, pppoeSession, vlan } from './encapsulation.ts';
import type { Generator } from './generator.ts';
import { ipv4Host, linkAddressOffsets, linkHost } from './hosts.ts';
import { idTest } from './id_condition.ts';
import { afterEthernetHeaderCheck, linkProtocol, llcFrame } from './link_protocol.ts';
import { keywordProtocol } from './protocol_condition.ts';
import { ETHERTYPE } from '../language/protocols.ts';
import type { FilterNode, Primitive, Qualifiers } from '../language/tree.ts';
import { groupBit, wlanDestination } from './wlan.ts';

/** Inputs of a filter besides its text. */
export interface CompileContext {
  /** Network mask of `ip broadcast`. */
  readonly netmask: number | undefined;
}

/** From this many hosts in a row on, they are tested as one set. */
const HOST_SET_MIN = 64;

const PACKET_OUTGOING = 4;
const BROADCAST = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff] as const;

/** The condition of a tree. @throws {FilterError} for what has no meaning on the link type */
export function translate(generator: Generator, root: FilterNode, context: CompileContext): Condition {
  // Chains of `and` and `or` lean to the left and may be thousands long: walked down without recursion.
  const spine: { readonly kind: 'and' | 'or'; readonly right: FilterNode }[] = [];
  let node = root;
  while (node.kind === 'and' || node.kind === 'or') {
    spine.push({ kind: node.kind, right: node.right });
    node = node.left;
  }
  let hosts = soleAddress(node);
  const list = hosts === undefined ? [] : [hosts];
  let condition: Condition | undefined;
  let waiting: FilterNode[] = [node];
  const settle = (): void => {
    condition = settled(generator, condition, waiting, list, context);
    waiting = [];
    list.length = 0;
  };
  for (let at = spine.length - 1; at >= 0; at--) {
    const step = spine[at];
    if (step === undefined) break;
    const next = soleAddress(step.right);
    if (step.kind === 'or' && next !== undefined && hosts !== undefined && sameQualifiers(waiting[0], step.right)) {
      waiting.push(step.right);
      list.push(next);
      continue;
    }
    settle();
    hosts = step.kind === 'or' ? next : undefined;
    if (hosts !== undefined) {
      waiting = [step.right];
      list.push(hosts);
    } else {
      const right = single(generator, step.right, context);
      condition = condition === undefined ? right : join(step.kind, condition, right);
    }
  }
  settle();
  if (condition === undefined) throw new RangeError('an expression without tests');
  return condition;
}

function join(kind: 'and' | 'or', left: Condition, right: Condition): Condition {
  return kind === 'and' ? and(left, right) : or(left, right);
}

/** The condition so far, or the alternatives that wait: as one set when they are many hosts. */
function settled(
  generator: Generator,
  condition: Condition | undefined,
  waiting: readonly FilterNode[],
  addresses: readonly number[],
  context: CompileContext,
): Condition | undefined {
  const [first] = waiting;
  if (first === undefined) return condition;
  if (addresses.length >= HOST_SET_MIN && first.kind === 'id') {
    generator.column = first.column;
    const { protocol, direction } = first.qualifiers ?? {};
    const set = ipv4Host(generator, [...new Set(addresses)], protocol, direction, 'host');
    return condition === undefined ? set : or(condition, set);
  }
  let result = condition;
  for (const node of waiting) {
    const right = single(generator, node, context);
    result = result === undefined ? right : or(result, right);
  }
  return result;
}

/** The whole IPv4 address of `host a.b.c.d`. */
function soleAddress(node: FilterNode): number | undefined {
  if (node.kind !== 'id' || node.id.kind !== 'ipv4' || node.id.prefixLength !== undefined) return undefined;
  if (node.id.mask !== undefined || node.qualifiers === undefined) return undefined;
  const { type, protocol, direction } = node.qualifiers;
  if (type !== undefined && type !== 'host') return undefined;
  if (protocol !== undefined && protocol !== 'ip' && protocol !== 'arp' && protocol !== 'rarp') return undefined;
  if (direction === 'src and dst') return undefined;
  const { address, bits } = parseIpv4(node.id.text, node.column);
  return bits === 32 ? address : undefined;
}

function sameQualifiers(first: FilterNode | undefined, second: FilterNode): boolean {
  if (first?.kind !== 'id' || second.kind !== 'id') return false;
  const [a, b] = [first.qualifiers, second.qualifiers];
  return a?.protocol === b?.protocol && a?.direction === b?.direction;
}

function single(generator: Generator, node: FilterNode, context: CompileContext): Condition {
  switch (node.kind) {
    case 'and':
    case 'or':
      return translate(generator, node, context);
    case 'not':
      return not(single(generator, node.operand, context));
    default:
      generator.column = node.column;
      return primitive(generator, node, context);
  }
}

function primitive(generator: Generator, node: Primitive, context: CompileContext): Condition {
  switch (node.kind) {
    case 'id':
      return idTest(generator, node.qualifiers, node.id);
    case 'protocol':
      return keywordProtocol(generator, node.protocol);
    case 'broadcast':
      return broadcast(generator, node.protocol, context.netmask);
    case 'multicast':
      return multicast(generator, node.protocol);
    case 'less':
      return not(test([statement(LD | LEN)], JMP | JGT | K, node.value));
    case 'greater':
      return test([statement(LD | LEN)], JMP | JGE | K, node.value);
    case 'ifindex':
      if (generator.link.linkType !== LINKTYPE_LINUX_SLL2)
        generator.fail('ifindex not supported on this link type when reading savefiles');
      return generator.equal('link header', 4, W, node.value);
    case 'byte':
      return byteTest(generator, node.index, node.operator, node.value);
    case 'inbound':
      return direction(generator, false);
    case 'outbound':
      return direction(generator, true);
    case 'pppoed':
      return linkProtocol(generator, ETHERTYPE.pppoed);
    case 'vlan':
      return vlan(generator, node.value);
    case 'mpls':
      return mpls(generator, node.value);
    case 'pppoes':
      return pppoeSession(generator, node.value);
    case 'geneve':
      return geneve(generator, node.value);
    case 'wlan type':
      requireWlan(generator, '802.11 link-layer types supported only on 802.11');
      return generator.maskedEqual('link header', 0, B, node.value, node.mask);
    case 'wlan direction':
      requireWlan(generator, 'frame direction supported only with 802.11 headers');
      return generator.maskedEqual('link header', 1, B, node.value, 0x03);
    case 'llc':
      return llcFrame(generator, node.type);
    case 'relation':
      return comparison(generator, node.relation, node.left, node.right);
  }
}

function requireWlan(generator: Generator, message: string): void {
  if (generator.link.family !== 'wifi' || generator.link.radio === 'ppi') generator.fail(message);
}

function byteTest(
  generator: Generator,
  index: number,
  operator: '=' | '<' | '>' | '&' | '|',
  value: number,
): Condition {
  switch (operator) {
    case '=':
      return generator.equal('link header', index, B, value);
    case '<':
      return not(generator.atLeast('link header', index, B, value));
    case '>':
      return generator.greater('link header', index, B, value);
    case '&':
      // As in every libpcap, these two use the value already in A, not the byte.
      return not(test([statement(ALU | AND | K, value)], JMP | JEQ | K, 0));
    case '|':
      return not(test([statement(ALU | OR | K, value)], JMP | JEQ | K, 0));
  }
}

/** Sent by the capturing host or not, where the link-layer header says so. */
function direction(generator: Generator, outbound: boolean): Condition {
  switch (generator.link.linkType) {
    case LINKTYPE_SLIP: {
      const zero = { kind: 'constant', value: 0, column: generator.column } as const;
      const first = { kind: 'load', protocol: 'link', offset: zero, size: 1, column: generator.column } as const;
      return comparison(generator, outbound ? '!=' : '=', first, zero);
    }
    case LINKTYPE_IPNET:
      return generator.equal('link header', 2, H, outbound ? 1 : 2);
    case LINKTYPE_LINUX_SLL:
    case LINKTYPE_LINUX_SLL2: {
      const outgoing =
        generator.link.linkType === LINKTYPE_LINUX_SLL
          ? generator.equal('link header', 0, H, PACKET_OUTGOING)
          : generator.equal('link header', 10, B, PACKET_OUTGOING);
      return outbound ? outgoing : not(outgoing);
    }
    case LINKTYPE_PPP_PPPD:
      return generator.equal('link header', 0, B, outbound ? 1 : 0);
    default:
      return generator.fail('inbound/outbound not supported on this link type when reading savefiles');
  }
}

function broadcast(generator: Generator, protocol: Qualifiers['protocol'], netmask: number | undefined): Condition {
  if (protocol === 'ip') {
    if (netmask === undefined) generator.fail("netmask not known, so 'ip broadcast' not supported");
    const hostmask = ~netmask >>> 0;
    const carried = linkProtocol(generator, ETHERTYPE.ip);
    return and(
      carried,
      or(
        generator.maskedEqual('network', 16, W, 0, hostmask),
        generator.maskedEqual('network', 16, W, hostmask, hostmask),
      ),
    );
  }
  if (protocol !== undefined && protocol !== 'link') generator.fail('only link-layer/IP broadcast filters supported');
  if (generator.link.family === 'arcnet') return generator.equal('link header', 1, B, 0);
  return linkHost(generator, BROADCAST, 'dst', 'not a broadcast link');
}

function multicast(generator: Generator, protocol: Qualifiers['protocol']): Condition {
  if (protocol === 'ip') return and(linkProtocol(generator, ETHERTYPE.ip), generator.atLeast('network', 16, B, 224));
  if (protocol === 'ip6') return and(linkProtocol(generator, ETHERTYPE.ip6), generator.equal('network', 24, B, 255));
  if (protocol === undefined || protocol === 'link') {
    if (generator.link.family === 'wifi') return wlanDestination(generator, (offset) => groupBit(generator, offset));
    if (generator.link.family === 'arcnet') return generator.equal('link header', 1, B, 0);
    const offsets = linkAddressOffsets(generator);
    if (offsets !== undefined)
      return afterEthernetHeaderCheck(generator, () => groupBit(generator, offsets.destination));
  }
  return generator.fail('link-layer multicast filters are not supported on this link type');
}
