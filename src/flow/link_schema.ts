/**
 * Fields of the group `link`: what lies below the transport. VLANs, labels and MAC addresses are those of the frame;
 * TTL, DSCP and the like are those of the IP header that the flow's addresses are from, which with `--decapsulate` is
 * the innermost one.
 */
import {
  LAYERS_BLOCK_COUNTS,
  LAYERS_BLOCK_DESTINATION_MAC,
  LAYERS_BLOCK_DSCP_CHANGED,
  LAYERS_BLOCK_FLOW_LABEL,
  LAYERS_BLOCK_MAC_CHANGED,
  LAYERS_BLOCK_MPLS,
  LAYERS_BLOCK_MPLS_COUNT,
  LAYERS_BLOCK_SIDES,
  LAYERS_BLOCK_SOURCE_MAC,
  LAYERS_BLOCK_TOS_FIRST,
  LAYERS_BLOCK_TOS_LAST,
  LAYERS_BLOCK_TTL_FIRST,
  LAYERS_BLOCK_TTL_MAX,
  LAYERS_BLOCK_TTL_MIN,
  LAYERS_BLOCK_TUNNEL_CHANGED,
  LAYERS_BLOCK_TUNNEL_DEPTH,
  LAYERS_BLOCK_TUNNEL_DESTINATION,
  LAYERS_BLOCK_TUNNEL_DESTINATION_PORT,
  LAYERS_BLOCK_TUNNEL_ID,
  LAYERS_BLOCK_TUNNEL_KIND,
  LAYERS_BLOCK_TUNNEL_SOURCE,
  LAYERS_BLOCK_TUNNEL_SOURCE_PORT,
  LAYERS_BLOCK_VLANS,
  LAYERS_BLOCK_VLAN_CHANGED,
  LAYERS_BLOCK_VLAN_COUNT,
  LAYERS_DF,
  LAYERS_ECN_CE,
  LAYERS_FRAGMENTS,
  LAYERS_OPTIONS,
  LAYERS_SIDE_BLOCK_SIZE,
  TUNNEL_4IN6,
  TUNNEL_6IN4,
  TUNNEL_6IN6,
  TUNNEL_AYIYA,
  TUNNEL_CAPWAP,
  TUNNEL_ERSPAN,
  TUNNEL_ETHERIP,
  TUNNEL_ETHERNET,
  TUNNEL_GENEVE,
  TUNNEL_GRE,
  TUNNEL_GTPU,
  TUNNEL_IPIP,
  TUNNEL_L2TP,
  TUNNEL_MPLS,
  TUNNEL_PIM,
  TUNNEL_TEREDO,
  TUNNEL_VXLAN,
  TUNNEL_VXLAN_GPE,
} from '../../assembly/layout.ts';
import { fieldsOfDirections, NOTHING_ELSEWHERE } from './direction_fields.ts';
import type { DirectionField } from './direction_fields.ts';
import type { FieldDefinition, FieldWord, IpfixElement } from './field.ts';

const U32_MAX = 2 ** 32 - 1;

/** A byte of the IP header, stored wider. */
function byte(name: string, at: number, doc: string, ipfix?: DirectionField['ipfix']): DirectionField {
  const field = { name, type: 'u8', unit: null, range: [0, 255], null: 'sentinel', store: 'u16', at, doc } as const;
  return ipfix === undefined ? field : { ...field, ipfix };
}

/** Packets, at most 2^32-1. */
function packets(name: string, at: number, doc: string): DirectionField {
  const range = [0, U32_MAX] as const;
  return { name, type: 'u32', unit: 'packets', range, null: 'never', store: 'u32', at: LAYERS_BLOCK_COUNTS + at, doc };
}

function flag(name: string, at: number, rule: FieldDefinition['null'], doc: string): DirectionField {
  return { name, type: 'boolean', unit: null, range: null, null: rule, store: 'u8', at, doc };
}

const DIRECTION: readonly DirectionField[] = [
  byte('ttlFirst', LAYERS_BLOCK_TTL_FIRST, 'Time to live or hop limit of the first packet.', [192, 'ipTTL', 1]),
  byte('ttlMin', LAYERS_BLOCK_TTL_MIN, 'Least time to live or hop limit.', [52, 'minimumTTL', 1]),
  byte('ttlMax', LAYERS_BLOCK_TTL_MAX, 'Greatest time to live or hop limit.', [53, 'maximumTTL', 1]),
  byte('tosFirst', LAYERS_BLOCK_TOS_FIRST, 'Type of service or traffic class of the first packet: DSCP and ECN.', [
    5,
    'ipClassOfService',
    1,
  ]),
  byte('tosLast', LAYERS_BLOCK_TOS_LAST, 'Type of service or traffic class of the last packet to come.'),
  flag('dscpChanged', LAYERS_BLOCK_DSCP_CHANGED, 'sentinel', 'A packet had another DSCP than the first one.'),
  packets('ecnCe', LAYERS_ECN_CE, 'Packets with ECN "congestion experienced" (RFC 3168).'),
  packets('dfPackets', LAYERS_DF, 'IPv4 packets with DF, which forbids fragments; IPv6 has no such flag.'),
  {
    name: 'flowLabel',
    type: 'u32',
    unit: null,
    range: [0, 0xfffff],
    null: 'sentinel',
    store: 'u32',
    at: LAYERS_BLOCK_FLOW_LABEL,
    doc: 'Flow label of the first packet (RFC 6437), 0 as well; null for IPv4.',
    ipfix: [31, 'flowLabelIPv6', 4],
  },
  packets('ipOptions', LAYERS_OPTIONS, 'Packets with IPv4 options, or with an extension header (RFC 8200 §4, AH).'),
  packets('fragments', LAYERS_FRAGMENTS, 'Packets that are fragments.'),
];

const KINDS: readonly FieldWord[] = [
  { code: TUNNEL_IPIP, word: 'ipip', ipfix: 0, doc: 'IPv4 in IPv4 (RFC 2003)' },
  { code: TUNNEL_6IN4, word: '6in4', ipfix: 1, doc: 'IPv6 in IPv4 (RFC 4213)' },
  { code: TUNNEL_4IN6, word: '4in6', ipfix: 2, doc: 'IPv4 in IPv6 (RFC 2473)' },
  { code: TUNNEL_6IN6, word: '6in6', ipfix: 3, doc: 'IPv6 in IPv6 (RFC 2473)' },
  { code: TUNNEL_GRE, word: 'gre', ipfix: 4, doc: 'GRE, PPTP, WCCP, in UDP as well' },
  { code: TUNNEL_ERSPAN, word: 'erspan', ipfix: 5, doc: 'ERSPAN' },
  { code: TUNNEL_VXLAN, word: 'vxlan', ipfix: 6, doc: 'VXLAN (RFC 7348)' },
  { code: TUNNEL_VXLAN_GPE, word: 'vxlan-gpe', ipfix: 7, doc: 'VXLAN-GPE' },
  { code: TUNNEL_GENEVE, word: 'geneve', ipfix: 8, doc: 'Geneve (RFC 8926)' },
  { code: TUNNEL_GTPU, word: 'gtpu', ipfix: 9, doc: "GTP-U, GTP' and GTP version 0" },
  { code: TUNNEL_TEREDO, word: 'teredo', ipfix: 10, doc: 'Teredo (RFC 4380)' },
  { code: TUNNEL_MPLS, word: 'mpls', ipfix: 11, doc: 'MPLS in IP or UDP (RFC 4023, RFC 7510)' },
  { code: TUNNEL_ETHERIP, word: 'etherip', ipfix: 12, doc: 'EtherIP (RFC 3378)' },
  { code: TUNNEL_ETHERNET, word: 'ethernet', ipfix: 13, doc: 'Ethernet in IP (RFC 8986)' },
  { code: TUNNEL_L2TP, word: 'l2tp', ipfix: 14, doc: 'L2TP version 2 or 3' },
  { code: TUNNEL_PIM, word: 'pim', ipfix: 15, doc: 'PIM register messages' },
  { code: TUNNEL_CAPWAP, word: 'capwap', ipfix: 16, doc: 'CAPWAP data (RFC 5415)' },
  { code: TUNNEL_AYIYA, word: 'ayiya', ipfix: 17, doc: 'AYIYA' },
];

const WHOLE = { group: 'link', opposite: null, ipfix: [], as: NOTHING_ELSEWHERE, unit: null } as const;

/** The other direction may have come another way: these do not turn with the originator. */
function mac(name: string, at: number, doc: string, element: IpfixElement, zeek: string): FieldDefinition {
  const elsewhere = { ipfix: [element], as: { ecs: null, zeek } };
  return { ...WHOLE, name, type: 'mac', range: null, null: 'sentinel', store: 'mac', at, ...elsewhere, doc };
}

function changed(name: string, at: number, doc: string): FieldDefinition {
  return { ...WHOLE, name, type: 'boolean', range: null, null: 'never', store: 'u8', at, doc };
}

function list(name: string, at: number, max: number, doc: string): FieldDefinition {
  return { ...WHOLE, name, type: 'list', range: [0, max], null: 'never', store: 'list', at, doc };
}

function size(name: string, at: number, doc: string, unit: string): FieldDefinition {
  return { ...WHOLE, name, type: 'u8', unit, range: [0, 255], null: 'never', store: 'u8', at, doc };
}

function port(name: string, at: number, doc: string): FieldDefinition {
  return { ...WHOLE, name, type: 'u16', range: [0, 65_535], null: 'sentinel', store: 'u32', at, doc };
}

function end(name: string, at: number, doc: string): FieldDefinition {
  return { ...WHOLE, name, type: 'address', range: null, null: 'sentinel', store: 'ip', at, doc };
}

export const LINK_FIELDS: readonly FieldDefinition[] = [
  ...fieldsOfDirections('link', DIRECTION, LAYERS_BLOCK_SIDES, LAYERS_SIDE_BLOCK_SIZE),
  mac(
    'srcMac',
    LAYERS_BLOCK_SOURCE_MAC,
    "MAC address that the originator's first packet came from.",
    { id: 56, name: 'sourceMacAddress', enterprise: 0, length: 6 },
    'orig_l2_addr',
  ),
  mac(
    'dstMac',
    LAYERS_BLOCK_DESTINATION_MAC,
    "MAC address that the originator's first packet went to.",
    { id: 80, name: 'destinationMacAddress', enterprise: 0, length: 6 },
    'resp_l2_addr',
  ),
  {
    ...list('vlans', LAYERS_BLOCK_VLANS, 4095, "VLAN IDs of the flow's first packet, outermost first, at most 3."),
    ipfix: [
      { id: 243, name: 'dot1qVlanId', enterprise: 0, length: 2 },
      { id: 245, name: 'dot1qCustomerVlanId', enterprise: 0, length: 2 },
    ],
    as: { ecs: 'network.vlan.id', zeek: 'vlan' },
  },
  size('vlanCount', LAYERS_BLOCK_VLAN_COUNT, 'VLAN tags of that packet, all of them.', 'tags'),
  {
    ...list('mpls', LAYERS_BLOCK_MPLS, 0xfffff, "MPLS labels of the flow's first packet, outermost first, at most 4."),
    ipfix: [{ id: 70, name: 'mplsTopLabelStackSection', enterprise: 0, length: 3 }],
  },
  size('mplsCount', LAYERS_BLOCK_MPLS_COUNT, 'MPLS labels of that packet, all of them.', 'labels'),
  changed('vlanChanged', LAYERS_BLOCK_VLAN_CHANGED, "A packet had other VLANs than the flow's first one."),
  changed(
    'macChanged',
    LAYERS_BLOCK_MAC_CHANGED,
    'A packet had other MAC addresses than the first one of its direction.',
  ),
  changed(
    'tunnelChanged',
    LAYERS_BLOCK_TUNNEL_CHANGED,
    'A packet was in another tunnel than the first one of its direction; ports do not count.',
  ),
  {
    ...WHOLE,
    name: 'tunnel.kind',
    type: 'enum',
    range: null,
    null: 'sentinel',
    store: 'u8',
    at: LAYERS_BLOCK_TUNNEL_KIND,
    words: KINDS,
    doc: "The innermost tunnel that the flow's first packet was in; null without one, and without `--decapsulate`.",
  },
  size('tunnel.depth', LAYERS_BLOCK_TUNNEL_DEPTH, 'Tunnels that it was in, one inside the other.', 'tunnels'),
  end('tunnel.srcAddress', LAYERS_BLOCK_TUNNEL_SOURCE, "Address from which that tunnel's packet came."),
  port('tunnel.srcPort', LAYERS_BLOCK_TUNNEL_SOURCE_PORT, 'Its UDP port; null for a tunnel that is not in UDP.'),
  end('tunnel.dstAddress', LAYERS_BLOCK_TUNNEL_DESTINATION, "Address to which that tunnel's packet went."),
  port('tunnel.dstPort', LAYERS_BLOCK_TUNNEL_DESTINATION_PORT, 'Its UDP port; null for a tunnel that is not in UDP.'),
  {
    ...WHOLE,
    name: 'tunnel.id',
    type: 'u32',
    range: [0, U32_MAX],
    null: 'sentinel',
    store: 'u64',
    at: LAYERS_BLOCK_TUNNEL_ID,
    ipfix: [{ id: 351, name: 'layer2SegmentId', enterprise: 0, length: 8 }],
    doc: "Its number: VNI, GTP-U's tunnel endpoint, GRE's key (of PPTP the call), session of ERSPAN or L2TP.",
  },
];
