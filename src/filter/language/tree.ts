/** The syntax tree of a filter expression, with every carried-over qualifier written out. */

/** A protocol; `link` stands for every word for the link layer, as `ether` and `wlan`. */
export type ProtocolKeyword =
  | 'link'
  | 'ip'
  | 'ip6'
  | 'arp'
  | 'rarp'
  | 'sctp'
  | 'tcp'
  | 'udp'
  | 'icmp'
  | 'icmp6'
  | 'igmp'
  | 'igrp'
  | 'pim'
  | 'vrrp'
  | 'carp'
  | 'ah'
  | 'esp'
  | 'atalk'
  | 'aarp'
  | 'decnet'
  | 'lat'
  | 'sca'
  | 'moprc'
  | 'mopdl'
  | 'iso'
  | 'esis'
  | 'isis'
  | 'clnp'
  | 'l1'
  | 'l2'
  | 'iih'
  | 'lsp'
  | 'snp'
  | 'csnp'
  | 'psnp'
  | 'stp'
  | 'ipx'
  | 'netbeui'
  | 'radio';

export type DirectionKeyword =
  | 'src'
  | 'dst'
  | 'src or dst'
  | 'src and dst'
  | 'addr1'
  | 'addr2'
  | 'addr3'
  | 'addr4'
  | 'ra'
  | 'ta';

export type TypeKeyword = 'host' | 'net' | 'port' | 'portrange' | 'gateway' | 'proto' | 'protochain';

/** Qualifiers of an id; what was not written is absent. */
export interface Qualifiers {
  readonly protocol?: ProtocolKeyword;
  readonly direction?: DirectionKeyword;
  readonly type?: TypeKeyword;
}

/** What qualifiers apply to: `80`, `1.2.3.4`, `10.0.0.0/8`, `2001:db8::/32`, `0:1:2:3:4:5`, `http`. */
export type Id =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'ipv4'; readonly text: string; readonly prefixLength?: number; readonly mask?: string }
  | { readonly kind: 'ipv6'; readonly text: string; readonly prefixLength?: number }
  | { readonly kind: 'mac'; readonly text: string };

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';
export type Relation = '>' | '>=' | '=' | '<=' | '<' | '!=';

/** A 32-bit unsigned value computed from the frame. */
export type Arithmetic =
  | { readonly kind: 'constant'; readonly value: number; readonly column: number }
  | { readonly kind: 'length'; readonly column: number }
  | {
      readonly kind: 'load';
      readonly protocol: ProtocolKeyword;
      readonly offset: Arithmetic;
      readonly size: number;
      readonly column: number;
    }
  | { readonly kind: 'negate'; readonly operand: Arithmetic; readonly column: number }
  | {
      readonly kind: 'binary';
      readonly operator: ArithmeticOperator;
      readonly left: Arithmetic;
      readonly right: Arithmetic;
      readonly column: number;
    };

/** A test without operands of its own. `column` is where it starts in the text. */
export type Primitive =
  | { readonly kind: 'id'; readonly qualifiers: Qualifiers | undefined; readonly id: Id; readonly column: number }
  | { readonly kind: 'protocol'; readonly protocol: ProtocolKeyword; readonly column: number }
  | {
      readonly kind: 'broadcast' | 'multicast';
      readonly protocol: ProtocolKeyword | undefined;
      readonly column: number;
    }
  | { readonly kind: 'less' | 'greater' | 'ifindex'; readonly value: number; readonly column: number }
  | {
      readonly kind: 'byte';
      readonly index: number;
      readonly operator: '=' | '<' | '>' | '&' | '|';
      readonly value: number;
      readonly column: number;
    }
  | { readonly kind: 'inbound' | 'outbound' | 'pppoed'; readonly column: number }
  | {
      readonly kind: 'vlan' | 'mpls' | 'pppoes' | 'geneve';
      /** VLAN id, label, session or virtual network; absent means any. */
      readonly value?: number;
      readonly column: number;
    }
  | { readonly kind: 'wlan type'; readonly value: number; readonly mask: number; readonly column: number }
  | { readonly kind: 'wlan direction'; readonly value: number; readonly column: number }
  | { readonly kind: 'llc'; readonly type: string | undefined; readonly column: number }
  | {
      readonly kind: 'relation';
      readonly relation: Relation;
      readonly left: Arithmetic;
      readonly right: Arithmetic;
      readonly column: number;
    };

export type FilterNode =
  | Primitive
  | { readonly kind: 'and' | 'or'; readonly left: FilterNode; readonly right: FilterNode }
  | { readonly kind: 'not'; readonly operand: FilterNode };

/** A parsed expression. `root` is absent for the empty expression, which matches every frame. */
export interface FilterTree {
  readonly text: string;
  readonly root: FilterNode | undefined;
}
