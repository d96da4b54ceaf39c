/** Tests of ports: TCP, UDP and SCTP over IPv4, where later fragments have none, and over IPv6. */
import { B, H } from '../bpf/bpf.ts';
import { and, or } from './block.ts';
import type { Condition } from './block.ts';
import type { Generator, Origin } from './generator.ts';
import { linkProtocol } from './link_protocol.ts';
import { firstFragment } from './protocol_condition.ts';
import { ETHERTYPE, IP_PROTOCOL } from '../language/protocols.ts';
import type { DirectionKeyword } from '../language/tree.ts';

/** The IP protocol whose ports are meant, undefined for all three. */
export type PortProtocol = 6 | 17 | 132 | undefined;

/** Offsets in the transport header. */
const SOURCE = 0;
const DESTINATION = 2;

/** Ports from `low` to `high`. Both 0..65535, in either order. */
export interface PortRange {
  readonly low: number;
  readonly high: number;
  /** A single port is compared for equality. */
  readonly single: boolean;
}

export function port(value: number): PortRange {
  return { low: value, high: value, single: true };
}

export function portRange(first: number, second: number): PortRange {
  return { low: Math.min(first, second), high: Math.max(first, second), single: false };
}

/** The packet has a port of the range in the direction. */
export function portTest(
  generator: Generator,
  range: PortRange,
  protocol: PortProtocol,
  direction: DirectionKeyword | undefined,
): Condition {
  const ipv4 = ipv4PortTest(generator, range, protocol, direction);
  return or(ipv6PortTest(generator, range, protocol, direction), ipv4);
}

export function ipv4PortTest(
  generator: Generator,
  range: PortRange,
  protocol: PortProtocol,
  direction: DirectionKeyword | undefined,
): Condition {
  const carried = linkProtocol(generator, ETHERTYPE.ip);
  return and(
    carried,
    overProtocols(protocol, (number) => {
      const hasPorts = and(generator.equal('network', 9, B, number), firstFragment(generator));
      return and(hasPorts, directed(generator, 'ipv4 transport', range, direction));
    }),
  );
}

export function ipv6PortTest(
  generator: Generator,
  range: PortRange,
  protocol: PortProtocol,
  direction: DirectionKeyword | undefined,
): Condition {
  const carried = linkProtocol(generator, ETHERTYPE.ip6);
  return and(
    carried,
    overProtocols(protocol, (number) =>
      and(generator.equal('network', 6, B, number), directed(generator, 'ipv6 transport', range, direction)),
    ),
  );
}

/** SCTP first, then TCP, then UDP, when the protocol is left open. */
function overProtocols(protocol: PortProtocol, make: (number: number) => Condition): Condition {
  if (protocol !== undefined) return make(protocol);
  const tcp = make(IP_PROTOCOL.tcp);
  const udp = make(IP_PROTOCOL.udp);
  return or(make(IP_PROTOCOL.sctp), or(tcp, udp));
}

function directed(
  generator: Generator,
  origin: Origin,
  range: PortRange,
  direction: DirectionKeyword | undefined,
): Condition {
  switch (direction) {
    case 'src':
      return within(generator, origin, SOURCE, range);
    case 'dst':
      return within(generator, origin, DESTINATION, range);
    case 'src and dst':
      return and(within(generator, origin, SOURCE, range), within(generator, origin, DESTINATION, range));
    case 'src or dst':
    case undefined:
      return or(within(generator, origin, SOURCE, range), within(generator, origin, DESTINATION, range));
    default:
      return generator.fail(`'${direction}' is not a valid qualifier for ports`);
  }
}

function within(generator: Generator, origin: Origin, offset: number, range: PortRange): Condition {
  if (range.single) return generator.equal(origin, offset, H, range.low);
  return and(generator.atLeast(origin, offset, H, range.low), generator.atMost(origin, offset, H, range.high));
}
