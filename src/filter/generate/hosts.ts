/** Tests of addresses: IPv4 in IP, ARP and RARP, IPv6, DECnet, and the addresses of Ethernet-like links. */
import { B, H, W } from '../bpf/bpf.ts';
import { and, or } from './block.ts';
import type { Condition } from './block.ts';
import type { Generator } from './generator.ts';
import { afterEthernetHeaderCheck, linkProtocol } from './link_protocol.ts';
import { ETHERTYPE } from '../language/protocols.ts';
import type { DirectionKeyword, ProtocolKeyword } from '../language/tree.ts';
import { wlanHost } from './wlan.ts';

/** An address and the bits of it that count. */
export interface MaskedAddress {
  readonly address: number;
  readonly mask: number;
}

/** Where the two addresses are, from the start of the network header. */
interface AddressOffsets {
  readonly protocols: readonly [number, ...number[]];
  readonly source: number;
  readonly destination: number;
}

const IPV4: AddressOffsets = { protocols: [ETHERTYPE.ip], source: 12, destination: 16 };
const ARP: AddressOffsets = { protocols: [ETHERTYPE.arp], source: 14, destination: 24 };
const RARP: AddressOffsets = { protocols: [ETHERTYPE.rarp], source: 14, destination: 24 };
const ARP_AND_RARP: AddressOffsets = { ...ARP, protocols: [ETHERTYPE.arp, ETHERTYPE.rarp] };
const IPV6: AddressOffsets = { protocols: [ETHERTYPE.ip6], source: 8, destination: 24 };

/** An address with its mask, or many whole addresses. */
export type Addresses = MaskedAddress | readonly number[];

/** The packet has the IPv4 address, or one of them. */
export function ipv4Host(
  generator: Generator,
  addresses: Addresses,
  protocol: ProtocolKeyword | undefined,
  direction: DirectionKeyword | undefined,
  what: 'host' | 'net',
): Condition {
  switch (protocol) {
    case undefined: {
      const inIp = ipv4In(generator, addresses, IPV4, direction);
      // After an MPLS label there are only IP packets.
      if (generator.labelDepth > 0) return inIp;
      // A long list is searched once for both protocols that carry addresses at the same offsets.
      if (isList(addresses)) return or(inIp, ipv4In(generator, addresses, ARP_AND_RARP, direction));
      const inArp = ipv4In(generator, addresses, ARP, direction);
      return or(inIp, inArp, ipv4In(generator, addresses, RARP, direction));
    }
    case 'ip':
      return ipv4In(generator, addresses, IPV4, direction);
    case 'arp':
      return ipv4In(generator, addresses, ARP, direction);
    case 'rarp':
      return ipv4In(generator, addresses, RARP, direction);
    case 'decnet':
      if (isList(addresses)) break;
      return decnetHost(generator, addresses.address, direction);
    case 'ip6':
      return generator.fail("'ip6' modifier applied to ip host");
    default:
  }
  return generator.fail(`'${protocol}' modifier applied to ${what}`);
}

function isList(addresses: Addresses): addresses is readonly number[] {
  return Array.isArray(addresses);
}

function ipv4In(
  generator: Generator,
  addresses: Addresses,
  offsets: AddressOffsets,
  direction: DirectionKeyword | undefined,
): Condition {
  const at = (side: Side, tested: Addresses): Condition => {
    const carried = carries(generator, offsets);
    if (isList(tested)) return and(carried, generator.oneOf('network', offsets[side], W, tested));
    return and(carried, generator.maskedEqual('network', offsets[side], W, tested.address, tested.mask));
  };
  const isEither = direction === undefined || direction === 'src or dst';
  if (isList(addresses) && isEither && generator.linkPayload.variable) return eitherAfterFirst(addresses, at);
  return directed(generator, direction, notForAddresses(direction), (side) => at(side, addresses));
}

/**
 * After a header of varying length libpcap tests both addresses for one host, then for the next; elsewhere it tests the
 * source for all hosts first. So a frame that ends between the two addresses matches only the first host.
 */
function eitherAfterFirst(addresses: readonly number[], at: (side: Side, tested: Addresses) => Condition): Condition {
  const first = { address: addresses[0] ?? 0, mask: 0xffffffff };
  return or(at('source', first), at('destination', addresses), at('source', addresses));
}

function carries(generator: Generator, { protocols: [first, ...rest] }: AddressOffsets): Condition {
  const condition = linkProtocol(generator, first);
  return rest.length === 0 ? condition : or(condition, ...rest.map((protocol) => linkProtocol(generator, protocol)));
}

/** The packet has the IPv6 address. */
export function ipv6Host(
  generator: Generator,
  address: readonly number[],
  mask: readonly number[],
  protocol: ProtocolKeyword | undefined,
  direction: DirectionKeyword | undefined,
  what: 'host' | 'net',
): Condition {
  if (protocol !== undefined && protocol !== 'ip6') generator.fail(`'${protocol}' modifier applied to ip6 ${what}`);
  return directed(generator, direction, notForAddresses(direction), (side) => {
    const [first, ...rest] = [0, 1, 2, 3].map((word) =>
      generator.maskedEqual('network', IPV6[side] + 4 * word, W, address[word] ?? 0, mask[word] ?? 0),
    );
    return and(carries(generator, IPV6), ...(first === undefined ? [] : [and(first, ...rest)]));
  });
}

type Side = 'source' | 'destination';

function notForAddresses(direction: DirectionKeyword | undefined): string {
  return `'${direction}' is not a valid qualifier for addresses other than 802.11 MAC addresses`;
}

/** The condition for the sides that the direction names; `refusal` says why another direction has no meaning. */
function directed(
  generator: Generator,
  direction: DirectionKeyword | undefined,
  refusal: string,
  make: (side: Side) => Condition,
): Condition {
  switch (direction) {
    case 'src':
      return make('source');
    case 'dst':
      return make('destination');
    case 'src and dst':
      return and(make('source'), make('destination'));
    case 'src or dst':
    case undefined:
      return or(make('source'), make('destination'));
    default:
      return generator.fail(refusal);
  }
}

/** Offsets of the link-layer addresses, source and destination, by link type. */
const TOKEN_RING = { source: 8, destination: 2 } as const;
const FDDI = { source: 7, destination: 1 } as const;
const FIBRE_CHANNEL = { source: 10, destination: 2 } as const;
const ETHERNET = { source: 6, destination: 0 } as const;

/** The frame has the link-layer address. */
export function linkHost(
  generator: Generator,
  address: readonly number[],
  direction: DirectionKeyword | undefined,
  refusal: string,
): Condition {
  if (generator.link.family === 'wifi') return wlanHost(generator, address, direction);
  const offsets = linkAddressOffsets(generator);
  if (offsets === undefined) return generator.fail(refusal);
  const make = (side: Side): Condition => generator.equalBytes('link header', offsets[side], address);
  const elsewhere = `'${direction}' is only supported on 802.11 with 802.11 headers`;
  return afterEthernetHeaderCheck(generator, () => directed(generator, direction, elsewhere, make));
}

/** Where the link-layer addresses are, undefined for links without. */
export function linkAddressOffsets(generator: Generator): { source: number; destination: number } | undefined {
  switch (generator.link.family) {
    case 'ethernet':
    case 'netanalyzer':
      return ETHERNET;
    case 'llc':
      if (generator.link.linkType === 6) return TOKEN_RING;
      if (generator.link.linkType === 10) return FDDI;
      return generator.link.linkType === 122 ? FIBRE_CHANNEL : undefined;
    default:
      return undefined;
  }
}

/** A DECnet node address, low byte first on the wire, in each of the headers that carry it. */
function decnetHost(generator: Generator, address: number, direction: DirectionKeyword | undefined): Condition {
  const wire = ((address & 0xff) << 8) | ((address >>> 8) & 0xff);
  const make = (short: number, long: number): Condition => {
    const masked = (width: number, value: number, mask: number): Condition =>
      generator.maskedEqual('network', 2, width, value, mask);
    const carried = linkProtocol(generator, ETHERTYPE.decnet);
    const longPadded = and(masked(H, 0x8106, 0xff07), generator.equal('network', 3 + long, H, wire));
    const longPlain = and(masked(B, 0x06, 0x07), generator.equal('network', 2 + long, H, wire));
    const shortPadded = and(masked(H, 0x8102, 0xff07), generator.equal('network', 3 + short, H, wire));
    const shortPlain = and(masked(B, 0x02, 0x07), generator.equal('network', 2 + short, H, wire));
    return and(carried, or(shortPlain, or(shortPadded, or(longPlain, longPadded))));
  };
  const source = (): Condition => make(3, 15);
  const destination = (): Condition => make(1, 7);
  switch (direction) {
    case 'src':
      return source();
    case 'dst':
      return destination();
    case 'src and dst':
      return and(source(), destination());
    case 'src or dst':
    case undefined:
      return or(source(), destination());
    default:
      return generator.fail(notForAddresses(direction));
  }
}
