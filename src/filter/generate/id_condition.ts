/** Tests of an id with its qualifiers: `tcp port 80`, `src net 10`, `host 2001:db8::1`, `ip proto \\icmp`. */
import { mask32, maskWords, parseIpv4, parseIpv6, parseMac } from '../language/address.ts';
import type { Condition } from './block.ts';
import { syntaxError, unsupported } from '../language/error.ts';
import type { Generator } from './generator.ts';
import { ipv4Host, ipv6Host, linkHost } from './hosts.ts';
import type { MaskedAddress } from './hosts.ts';
import { port, portRange, portTest } from './ports.ts';
import type { PortProtocol, PortRange } from './ports.ts';
import { carriedProtocol, chainedProtocol } from './protocol_condition.ts';
import { IP_PROTOCOL, ipProtocolOf, isoProtocolOf, linkProtocolOf } from '../language/protocols.ts';
import { serviceOf } from '../language/services.ts';
import type { Service } from '../language/services.ts';
import type { Id, Qualifiers } from '../language/tree.ts';

/** The condition of an id. @throws {FilterError} when the qualifiers do not suit it */
export function idTest(generator: Generator, qualifiers: Qualifiers | undefined, id: Id): Condition {
  if (qualifiers === undefined)
    throw syntaxError(
      'syntax error: nothing says what this is; put a word such as host, net, port or proto in front',
      generator.column,
    );
  switch (id.kind) {
    case 'number':
      return numberTest(generator, qualifiers, id.value);
    case 'name':
      return nameTest(generator, qualifiers, id.name);
    case 'ipv4':
      return ipv4Test(generator, qualifiers, id);
    case 'ipv6':
      return ipv6Test(generator, qualifiers, id);
    case 'mac':
      if (qualifiers.protocol !== 'link' || (qualifiers.type ?? 'host') !== 'host') {
        generator.fail('ethernet address used in non-ether expression');
      }
      return linkHost(
        generator,
        parseMac(id.text),
        qualifiers.direction,
        'ethernet addresses are not supported on this link type',
      );
  }
}

function numberTest(generator: Generator, qualifiers: Qualifiers, value: number): Condition {
  const { protocol, direction: side, type } = qualifiers;
  switch (type) {
    case 'port':
    case 'portrange': {
      const transport = portProtocol(generator, qualifiers);
      if (value > 65535) generator.fail(`illegal port number ${value} > 65535`);
      return portTest(generator, type === 'port' ? port(value) : portRange(value, value), transport, side);
    }
    case 'proto':
      return carriedProtocol(generator, value, protocol);
    case 'protochain':
      return chainedProtocol(generator, value, protocol);
    case 'gateway':
      throw unsupported("'gateway' needs a resolver", generator.column);
    default: {
      if (protocol === 'link') generator.fail('illegal link layer address');
      const address = type === 'net' ? shortNet(value) : { address: value, mask: 0xffffffff };
      return ipv4Host(generator, address, protocol, side, type ?? 'host');
    }
  }
}

/** `net 10` is 10.0.0.0/8: the number is moved to the left as far as its bytes allow. */
function shortNet(value: number): MaskedAddress {
  let address = value;
  let bits = 32;
  while (address !== 0 && address < 0x1000000) {
    address *= 256;
    bits -= 8;
  }
  return { address, mask: mask32(bits) };
}

function portProtocol(generator: Generator, qualifiers: Qualifiers): PortProtocol {
  switch (qualifiers.protocol) {
    case undefined:
      return undefined;
    case 'tcp':
      return IP_PROTOCOL.tcp;
    case 'udp':
      return IP_PROTOCOL.udp;
    case 'sctp':
      return IP_PROTOCOL.sctp;
    default:
      return generator.fail(`illegal qualifier of '${qualifiers.type ?? 'port'}'`);
  }
}

function nameTest(generator: Generator, qualifiers: Qualifiers, name: string): Condition {
  const { protocol, direction: side, type } = qualifiers;
  switch (type) {
    case 'port': {
      const wanted = portProtocol(generator, qualifiers);
      const service = knownService(generator, name);
      return portTest(generator, port(service.port), transportOf(generator, service, wanted, name), side);
    }
    case 'portrange': {
      const wanted = portProtocol(generator, qualifiers);
      const { range, transport } = namedRange(generator, name);
      const protocolOf = transportOf(generator, { port: range.low, transport }, wanted, name);
      return portTest(generator, range, protocolOf, side);
    }
    case 'proto':
    case 'protochain': {
      const number = namedProtocol(generator, protocol, name);
      return type === 'proto'
        ? carriedProtocol(generator, number, protocol)
        : chainedProtocol(generator, number, protocol);
    }
    case 'gateway':
      throw unsupported("'gateway' needs a resolver", generator.column);
    default:
      throw unsupported(`${type === 'net' ? 'network' : 'host'} name '${name}' needs a resolver`, generator.column);
  }
}

function knownService(generator: Generator, name: string): Service {
  const service = serviceOf(name);
  if (service === undefined) throw unsupported(`unknown port '${name}'`, generator.column);
  return service;
}

/** The protocol to test: the qualifier, unless the service belongs to another, or that of the service. */
function transportOf(generator: Generator, service: Service, wanted: PortProtocol, name: string): PortProtocol {
  if (service.transport === 'both') return wanted;
  const own = service.transport === 'tcp' ? IP_PROTOCOL.tcp : IP_PROTOCOL.udp;
  if (wanted !== undefined && wanted !== own) generator.fail(`port '${name}' is ${service.transport}`);
  return own;
}

function namedRange(generator: Generator, name: string): { range: PortRange; transport: Service['transport'] } {
  const numbers = /^(\d+)-(\d+)/.exec(name);
  if (numbers !== null) {
    const ports = [Number(numbers[1]), Number(numbers[2])] as const;
    for (const value of ports) if (value > 65535) generator.fail(`illegal port number ${value} > 65535`);
    return { range: portRange(...ports), transport: 'both' };
  }
  const dash = name.indexOf('-');
  if (dash < 0) throw unsupported(`unknown port in range '${name}'`, generator.column);
  const first = knownService(generator, name.slice(0, dash));
  const second = knownService(generator, name.slice(dash + 1));
  const transport = first.transport === second.transport ? first.transport : 'both';
  return { range: portRange(first.port, second.port), transport };
}

function namedProtocol(generator: Generator, protocol: Qualifiers['protocol'], name: string): number {
  const table =
    protocol === undefined || protocol === 'ip' || protocol === 'ip6'
      ? ipProtocolOf
      : protocol === 'link'
        ? linkProtocolOf
        : protocol === 'iso'
          ? isoProtocolOf
          : undefined;
  if (table === undefined) return generator.fail(`'${protocol ?? ''} proto' is bogus`);
  const number = table(name);
  if (number === undefined) throw unsupported(`unknown protocol name '${name}'`, generator.column);
  return number;
}

function ipv4Test(generator: Generator, qualifiers: Qualifiers, id: Extract<Id, { kind: 'ipv4' }>): Condition {
  const { protocol, direction: side, type } = qualifiers;
  if (id.prefixLength !== undefined || id.mask !== undefined) {
    const address = maskedIpv4(generator, id);
    if (type !== 'net') generator.fail('Mask syntax for networks only');
    return ipv4Host(generator, address, protocol, side, 'net');
  }
  if (type === 'gateway') throw unsupported("'gateway' needs a resolver", generator.column);
  if (type !== undefined && type !== 'host' && type !== 'net') generator.fail(`'${type}' modifier applied to ip host`);
  if (protocol === 'link') generator.fail('illegal link layer address');
  if (protocol === 'decnet')
    return ipv4Host(generator, decnetAddress(generator, id.text), protocol, side, type ?? 'host');
  const { address, bits } = parseIpv4(id.text, generator.column);
  return ipv4Host(generator, { address, mask: mask32(bits) }, protocol, side, type ?? 'host');
}

function maskedIpv4(generator: Generator, id: Extract<Id, { kind: 'ipv4' }>): MaskedAddress {
  const { address } = parseIpv4(id.text, generator.column);
  const length = id.prefixLength ?? 0;
  if (length > 32) generator.fail('mask length must be <= 32');
  const mask = id.mask === undefined ? mask32(length) : parseIpv4(id.mask, generator.column).address;
  if ((address & ~mask) !== 0) generator.fail(`non-network bits set in "${id.text}"`);
  return { address, mask };
}

/** `area.node` */
function decnetAddress(generator: Generator, text: string): MaskedAddress {
  const parts = /^(\d+)\.(\d+)/.exec(text);
  if (parts === null) return generator.fail(`malformed decnet address '${text}'`);
  const address = ((Number(parts[1]) << 10) & 0xfc00) | (Number(parts[2]) & 0x3ff);
  return { address, mask: 0xffffffff };
}

function ipv6Test(generator: Generator, qualifiers: Qualifiers, id: Extract<Id, { kind: 'ipv6' }>): Condition {
  const { protocol, direction: side, type } = qualifiers;
  const length = id.prefixLength ?? 128;
  if (length > 128) generator.fail('mask length must be <= 128');
  const address = parseIpv6(id.text, generator.column);
  const mask = maskWords(length);
  if (address.some((word, index) => (word & ~(mask[index] ?? 0)) !== 0)) {
    generator.fail(`non-network bits set in "${id.text}/${length}"`);
  }
  if (type === 'net') return ipv6Host(generator, address, mask, protocol, side, 'net');
  if (type === 'gateway') throw unsupported("'gateway' needs a resolver", generator.column);
  if (type !== undefined && type !== 'host') generator.fail('invalid qualifier against IPv6 address');
  if (length !== 128) generator.fail('Mask syntax for networks only');
  return ipv6Host(generator, address, mask, protocol, side, 'host');
}
