/** Expressions made along the grammar, with values that the frames of frames.ts have as well. */
import type { Random } from './random.ts';

export const IPV4_POOL = ['10.0.0.1', '10.0.0.2', '10.1.2.3', '192.168.1.2', '224.0.0.1', '255.255.255.255'] as const;
export const IPV6_POOL = ['2001:db8::1', '2001:db8::2', 'fe80::1', 'ff02::1', '::1'] as const;
export const MAC_POOL = ['00:11:22:33:44:55', '66:77:88:99:aa:bb', 'ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:01'] as const;
export const PORT_POOL = [22, 53, 80, 443, 1024, 6081, 65535] as const;
export const VLAN_POOL = [1, 7, 4095] as const;
export const LABEL_POOL = [5, 1048575] as const;
export const SESSION_POOL = [1, 2] as const;

const NETS = [
  '10',
  '10.1',
  '192.168.1',
  '10.0.0.0/8',
  '10.0.0.0/30',
  '192.168.0.0/16',
  '224.0.0.0/4',
  '0.0.0.0/0',
  '10.0.0.0 mask 255.255.0.0',
  '2001:db8::/32',
  'fe80::/10',
  '::/0',
  '10.0.0.0/8',
  '192.168.1.2',
  '10.0.0.1/8',
] as const;
const PROTOCOLS = [
  'ip',
  'ip6',
  'arp',
  'rarp',
  'tcp',
  'udp',
  'sctp',
  'icmp',
  'icmp6',
  'igmp',
  'pim',
  'vrrp',
  'carp',
  'ah',
  'esp',
] as const;
const RARE_PROTOCOLS = [
  'igrp',
  'atalk',
  'aarp',
  'decnet',
  'lat',
  'sca',
  'moprc',
  'mopdl',
  'iso',
  'esis',
  'isis',
  'clnp',
  'l1',
  'l2',
  'iih',
  'lsp',
  'snp',
  'csnp',
  'psnp',
  'stp',
  'ipx',
  'netbeui',
  'radio',
  'link',
] as const;
const DIRECTIONS = ['src', 'dst', 'src or dst', 'src and dst', 'dst or src', 'dst and src'] as const;
const WLAN_DIRECTIONS = ['addr1', 'addr2', 'addr3', 'addr4', 'ra', 'ta'] as const;
const LOADS = [
  'ip',
  'ip',
  'ip',
  'ip6',
  'ip6',
  'tcp',
  'tcp',
  'tcp',
  'udp',
  'udp',
  'icmp',
  'icmp6',
  'sctp',
  'ether',
  'ether',
  'link',
  'arp',
  'igmp',
  'wlan',
] as const;
const RARE_LOADS = ['radio', 'rarp', 'esp', 'ah', 'iso'] as const;
const CONSTANTS = [
  'tcpflags',
  'tcp-syn',
  'tcp-ack',
  'tcp-fin',
  'tcp-rst',
  'icmptype',
  'icmpcode',
  'icmp-echo',
  'icmp6-echo',
  '0x0f',
  '017',
] as const;
const OPERATORS = ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>'] as const;
const RELATIONS = ['=', '==', '!=', '<', '>', '<=', '>='] as const;
const PROTOCOL_NAMES = ['\\tcp', '\\udp', '\\icmp', '\\esp', '\\ospf', '\\nosuchproto'] as const;
const LINK_NAMES = ['\\ip', '\\arp', '\\ip6', '\\ipx', '\\iso', '\\stp', '\\atalk', '\\loopback', '\\foo'] as const;
const PORT_NAMES = ['http', 'domain', 'ssh', 'https', 'ftp-data', 'snmp', 'nosuchport'] as const;
const PORT_RANGES = [
  '20-100',
  '100-20',
  '443-2000',
  'ssh-http',
  '0-65535',
  '53-domain',
  '1-65535',
  '440-70000',
] as const;

/** A random expression. About one in ten is damaged afterwards. */
export function randomExpression(random: Random): string {
  const text = expression(random, 3);
  return random.chance(0.1) ? damaged(random, text) : text;
}

function expression(random: Random, depth: number): string {
  const parts = 1 + random.below(random.chance(0.2) ? 5 : 3);
  let last = term(random, depth);
  let text = last;
  for (let part = 1; part < parts; part++) {
    const connective = random.pick(['and', 'or', 'and', 'or', '&&', '||']);
    const next = term(random, depth);
    const carried = carriedId(random, last);
    last = carried ?? next;
    text += ` ${connective} ${last}`;
  }
  return text;
}

function term(random: Random, depth: number): string {
  if (random.chance(0.15)) return `${random.pick(['not', '!'])} ${term(random, depth)}`;
  if (depth > 0 && random.chance(0.2)) return `(${expression(random, depth - 1)})`;
  return primitive(random);
}

/** Sometimes an id that takes over the qualifiers of the test before it, mostly one that suits them. */
function carriedId(random: Random, before: string): string | undefined {
  const port = / port |^port /.test(before);
  const host = /host|net|src|dst/.test(before) && !before.includes(':');
  if (!random.chance(port || host ? 0.35 : 0.01)) return undefined;
  const odd = random.chance(0.05);
  const pool: readonly string[] = port === odd ? IPV4_POOL : PORT_POOL.map(String);
  const plain = random.pick(pool);
  if (random.chance(0.15)) return `not ${plain}`;
  return random.chance(0.2) ? `(${plain} or ${random.pick(pool)})` : plain;
}

const PRIMITIVES: readonly ((random: Random) => string)[] = [
  hostTest,
  hostTest,
  hostTest,
  netTest,
  portTest,
  portTest,
  portRangeTest,
  protoTest,
  protocolWord,
  protocolWord,
  relation,
  relation,
  relation,
  lengthTest,
];
/** Tests that many link types refuse. */
const LINK_PRIMITIVES: readonly ((random: Random) => string)[] = [linkTest, encapsulation, encapsulation, rareTest];

function primitive(random: Random): string {
  if (random.chance(0.02)) return hostList(random);
  return random.pick(random.chance(0.85) ? PRIMITIVES : LINK_PRIMITIVES)(random);
}

function optional(random: Random, words: readonly string[], probability = 0.5): string {
  return random.chance(probability) ? `${random.pick(words)} ` : '';
}

function hostTest(random: Random): string {
  const ipv4 = random.chance(0.7);
  const own = ipv4 ? ['ip', 'arp', 'rarp'] : ['ip6'];
  const protocol = optional(random, random.chance(0.03) ? PROTOCOLS : own, 0.3);
  const direction = optional(random, DIRECTIONS);
  const host = direction === '' || random.chance(0.5) ? 'host ' : '';
  const address = ipv4 ? random.pick(IPV4_POOL) : random.pick(IPV6_POOL);
  return `${protocol}${direction}${host}${address}`;
}

/** A list that is long enough to be tested as a set, with some hosts of the frames in it. */
function hostList(random: Random): string {
  const hosts = Array.from({ length: 3 + random.below(12) }, () =>
    random.chance(0.3) ? random.pick(IPV4_POOL) : `10.9.${random.below(3)}.${random.below(256)}`,
  );
  const direction = optional(random, ['src', 'dst', 'src or dst'], 0.3);
  const list = `${optional(random, ['ip', 'arp'], 0.2)}${direction}host ${hosts.join(' or ')}`;
  return random.chance(0.5) ? `(${list})` : list;
}

function netTest(random: Random): string {
  const net = random.pick(NETS);
  const protocol = optional(random, random.chance(0.05) ? PROTOCOLS : [net.includes(':') ? 'ip6' : 'ip'], 0.3);
  return `${protocol}${optional(random, DIRECTIONS)}net ${net}`;
}

function portTest(random: Random): string {
  const port = random.chance(0.9) ? String(random.pick(PORT_POOL)) : random.pick(PORT_NAMES);
  const list = random.chance(0.1) ? `(${port} or ${random.pick(PORT_POOL)})` : port;
  return `${optional(random, random.chance(0.03) ? PROTOCOLS : ['tcp', 'udp', 'sctp'], 0.3)}${optional(random, DIRECTIONS)}port ${list}`;
}

function portRangeTest(random: Random): string {
  const range = random.chance(0.8) ? random.pick(PORT_RANGES) : String(random.pick(PORT_POOL));
  return `${optional(random, ['tcp', 'udp', 'sctp'], 0.3)}${optional(random, DIRECTIONS)}portrange ${range}`;
}

function protoTest(random: Random): string {
  const word = random.chance(0.85) ? 'proto' : 'protochain';
  if (random.chance(0.3)) {
    const value = random.chance(0.5)
      ? random.pick(LINK_NAMES)
      : random.pick(['0x800', '2054', '0x86dd', '6', '0xe0', '1500']);
    return `ether ${random.chance(0.95) ? 'proto' : word} ${value}`;
  }
  const value = random.chance(0.4)
    ? random.pick(PROTOCOL_NAMES)
    : random.pick(['6', '17', '1', '51', '58', '0', '300']);
  return `${optional(random, random.chance(0.1) ? ['iso', 'isis', 'tcp'] : ['ip', 'ip6'], 0.6)}${word} ${value}`;
}

function protocolWord(random: Random): string {
  return random.chance(0.9) ? random.pick(PROTOCOLS) : random.pick(RARE_PROTOCOLS);
}

function linkTest(random: Random): string {
  switch (random.below(4)) {
    case 0:
      return `${random.pick(['ether', 'ip', 'ip6', 'wlan', 'tcp'])} ${random.pick(['broadcast', 'multicast'])}`;
    case 1:
      return random.pick(['broadcast', 'multicast']);
    case 2:
      return `wlan ${random.pick(WLAN_DIRECTIONS)} ${random.pick(MAC_POOL)}`;
    default:
      return `ether ${optional(random, DIRECTIONS)}host ${random.pick(MAC_POOL)}`;
  }
}

function encapsulation(random: Random): string {
  switch (random.below(6)) {
    case 0:
      return 'vlan';
    case 1:
      return `vlan ${random.pick(VLAN_POOL)}`;
    case 2:
      return random.chance(0.5) ? 'mpls' : `mpls ${random.pick(LABEL_POOL)}`;
    case 3:
      return random.chance(0.5) ? 'pppoes' : `pppoes ${random.pick(SESSION_POOL)}`;
    case 4:
      return random.pick(['pppoed', 'vlan (7)', 'vlan 4096', 'mpls ((5))']);
    default:
      return random.chance(0.5) ? 'geneve' : 'geneve 5';
  }
}

function lengthTest(random: Random): string {
  return `${random.pick(['less', 'greater'])} ${random.pick([0, 60, 64, 100, 1000])}`;
}

function rareTest(random: Random): string {
  return random.pick([
    'inbound',
    'outbound',
    'ifindex 3',
    'llc',
    'llc ui',
    'llc i',
    'llc rnr',
    'type mgt',
    'type data subtype null',
    'subtype beacon',
    'dir tods',
    'wlan type ctl',
    'byte 5 = 3',
    'byte 3 > 7',
    'byte 2 & 1',
    'decnet host 1.5',
    'ip broadcast',
    'gateway foo',
    'vpi 3',
    'rnr 5',
    'fisu',
    'icmp6[icmp6type] = icmp6-echo',
    'type 4',
    'dir 2',
    'action pass',
    'host 1.2.3',
    'host 1.2.3.256',
    'llc foo',
  ]);
}

function relation(random: Random): string {
  return `${arithmetic(random, 2)} ${random.pick(RELATIONS)} ${arithmetic(random, random.chance(0.7) ? 0 : 2)}`;
}

function arithmetic(random: Random, depth: number): string {
  if (depth > 0 && random.chance(0.45)) {
    return `${arithmetic(random, depth - 1)} ${random.pick(OPERATORS)} ${arithmetic(random, depth - 1)}`;
  }
  if (depth > 0 && random.chance(0.15)) return `(${arithmetic(random, depth - 1)})`;
  if (random.chance(0.05)) return `-${arithmetic(random, 0)}`;
  if (random.chance(0.08)) return 'len';
  if (depth > 0 && random.chance(0.75)) return load(random, depth);
  return random.chance(0.2)
    ? random.pick(CONSTANTS)
    : String(random.pick([0, 1, 2, 4, 5, 6, 13, 20, 64, 255, 2048, 65535]));
}

function load(random: Random, depth: number): string {
  const offset = random.chance(0.85)
    ? String(random.pick([0, 1, 2, 4, 6, 8, 9, 12, 13, 14, 16, 30]))
    : arithmetic(random, depth - 1);
  const size = random.chance(0.5) ? '' : `:${random.pick(random.chance(0.03) ? [0, 3, 8] : [1, 2, 4])}`;
  return `${random.chance(0.96) ? random.pick(LOADS) : random.pick(RARE_LOADS)}[${offset}${size}]`;
}

/**
 * So many hosts that they are tested as a set, now and then those of the frames. The list stands in the expression
 * once: of `LIST and LIST` tcpdump's optimizer drops packets that match.
 */
export function randomHostList(random: Random): string {
  const address = (): string =>
    random.chance(0.1) ? random.pick(IPV4_POOL) : `172.16.${random.below(4)}.${random.below(256)}`;
  const qualifiers = random.pick(['host', 'host', 'src host', 'dst host', 'ip host', 'arp host', 'ip src host']);
  const list = `${qualifiers} ${Array.from({ length: 64 + random.below(30) }, address).join(' or ')}`;
  return random.pick([
    list,
    list,
    `not (${list})`,
    `tcp and (${list})`,
    `(${list}) and port 80`,
    `(${list}) or udp`,
    `udp or (${list})`,
    `(${list}) and not host 10.0.0.1`,
    `vlan and (${list})`,
    `host 10.0.0.2 and (${list})`,
  ]);
}

/** One change to the text: a word left out, doubled, moved, or replaced; or a character. */
export function damaged(random: Random, text: string): string {
  const words = text.split(' ');
  const at = random.below(words.length);
  switch (random.below(5)) {
    case 0:
      words.splice(at, 1);
      break;
    case 1:
      words.splice(at, 0, words[random.below(words.length)] ?? '');
      break;
    case 2:
      words[at] = random.pick([
        'and',
        'or',
        'not',
        '(',
        ')',
        'host',
        'port',
        'tcp',
        '=',
        '5',
        'src',
        '1.2.3.4',
        'vlan',
      ]);
      break;
    case 3: {
      const other = random.below(words.length);
      [words[at], words[other]] = [words[other] ?? '', words[at] ?? ''];
      break;
    }
    default: {
      const place = random.below(text.length + 1);
      return text.slice(0, place) + random.pick([...'()[]:/.-+*&|!<>=0a%^~$ ']) + text.slice(place + random.below(2));
    }
  }
  return words.join(' ');
}
