/** The reserved words of the filter language, pcap-filter(7), and its named constants. */
import type { ProtocolKeyword } from './tree.ts';

/** Words that name a protocol, and the protocol each stands for. Every link-layer word means the same. */
export const PROTOCOL_WORDS: ReadonlyMap<string, ProtocolKeyword> = new Map<string, ProtocolKeyword>([
  ...['link', 'ether', 'ppp', 'slip', 'fddi', 'tr', 'wlan'].map((word) => [word, 'link'] as const),
  ['es-is', 'esis'],
  ['is-is', 'isis'],
  ...(
    [
      'ip', 'ip6', 'arp', 'rarp', 'sctp', 'tcp', 'udp', 'icmp', 'icmp6', 'igmp', 'igrp', 'pim', 'vrrp', 'carp', 'ah',
      'esp', 'atalk', 'aarp', 'decnet', 'lat', 'sca', 'moprc', 'mopdl', 'iso', 'esis', 'isis', 'clnp', 'l1', 'l2',
      'iih', 'lsp', 'snp', 'csnp', 'psnp', 'stp', 'ipx', 'netbeui', 'radio',
    ] as const
  ).map((word) => [word, word] as const),
]);

/** Words with a meaning of their own in the grammar, and the word the parser knows each by. */
export const GRAMMAR_WORDS: ReadonlyMap<string, string> = new Map<string, string>([
  ...[
    'src', 'dst', 'host', 'net', 'mask', 'port', 'portrange', 'proto', 'protochain', 'gateway', 'type', 'subtype',
    'addr1', 'addr2', 'addr3', 'addr4', 'ra', 'ta', 'less', 'greater', 'byte', 'broadcast', 'multicast', 'and', 'or',
    'not', 'len', 'inbound', 'outbound', 'ifindex', 'vlan', 'mpls', 'pppoed', 'pppoes', 'geneve', 'llc', 'dir', 'rnr',
  ].map((word) => [word, word] as const),
  ['address1', 'addr1'],
  ['address2', 'addr2'],
  ['address3', 'addr3'],
  ['address4', 'addr4'],
  ['direction', 'dir'],
  ['length', 'len'],
  ['rulenum', 'rnr'],
]);

/** Words that have a meaning only on link types that are not compiled here: ATM, SS7 and the logs of pf. */
export const FOREIGN_WORDS: ReadonlyMap<string, string> = new Map<string, string>([
  ...[
    'lane', 'metac', 'bcc', 'oam', 'oamf4', 'oamf4ec', 'oamf4sc', 'sc', 'ilmic', 'vpi', 'vci', 'connectmsg',
    'metaconnect',
  ].map((word) => [word, 'raw ATM'] as const),
  ...[
    'fisu', 'lssu', 'lsu', 'msu', 'hfisu', 'hlssu', 'hmsu', 'sio', 'opc', 'dpc', 'sls', 'hsio', 'hopc', 'hdpc', 'hsls',
  ].map((word) => [word, 'SS7'] as const),
  ...['on', 'ifname', 'rset', 'ruleset', 'srnr', 'subrulenum', 'reason', 'action'].map(
    (word) => [word, 'pf logs'] as const,
  ),
]);

/** Named numbers: fields and flags of TCP, types of ICMP (RFC 792) and ICMPv6 (RFC 4443 and later). */
export const CONSTANTS: ReadonlyMap<string, number> = new Map<string, number>([
  ['icmptype', 0], ['icmpcode', 1], ['icmp-echoreply', 0], ['icmp-unreach', 3], ['icmp-sourcequench', 4],
  ['icmp-redirect', 5], ['icmp-echo', 8], ['icmp-routeradvert', 9], ['icmp-routersolicit', 10], ['icmp-timxceed', 11],
  ['icmp-paramprob', 12], ['icmp-tstamp', 13], ['icmp-tstampreply', 14], ['icmp-ireq', 15], ['icmp-ireqreply', 16],
  ['icmp-maskreq', 17], ['icmp-maskreply', 18],
  ['icmp6type', 0], ['icmp6code', 1], ['icmp6-destinationunreach', 1], ['icmp6-packettoobig', 2],
  ['icmp6-timeexceeded', 3], ['icmp6-parameterproblem', 4], ['icmp6-echo', 128], ['icmp6-echoreply', 129],
  ['icmp6-multicastlistenerquery', 130], ['icmp6-multicastlistenerreportv1', 131],
  ['icmp6-multicastlistenerdone', 132], ['icmp6-routersolicit', 133], ['icmp6-routeradvert', 134],
  ['icmp6-neighborsolicit', 135], ['icmp6-neighboradvert', 136], ['icmp6-redirect', 137], ['icmp6-routerrenum', 138],
  ['icmp6-nodeinformationquery', 139], ['icmp6-nodeinformationresponse', 140],
  ['icmp6-ineighbordiscoverysolicit', 141], ['icmp6-ineighbordiscoveryadvert', 142],
  ['icmp6-multicastlistenerreportv2', 143], ['icmp6-homeagentdiscoveryrequest', 144],
  ['icmp6-homeagentdiscoveryreply', 145], ['icmp6-mobileprefixsolicit', 146], ['icmp6-mobileprefixadvert', 147],
  ['icmp6-certpathsolicit', 148], ['icmp6-certpathadvert', 149], ['icmp6-multicastrouteradvert', 151],
  ['icmp6-multicastroutersolicit', 152], ['icmp6-multicastrouterterm', 153],
  ['tcpflags', 13], ['tcp-fin', 0x01], ['tcp-syn', 0x02], ['tcp-rst', 0x04], ['tcp-push', 0x08], ['tcp-ack', 0x10],
  ['tcp-urg', 0x20], ['tcp-ece', 0x40], ['tcp-cwr', 0x80],
]);
