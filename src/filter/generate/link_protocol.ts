/** Tests of what a link-layer header says it carries. Values up to 1500 are LLC SAPs, larger ones EtherTypes. */
import { LINKTYPE_ATM_RFC1483, LINKTYPE_FDDI, LINKTYPE_IEEE802_5 } from '../../../assembly/wire/numbers.ts';
import { B, H, JEQ, JMP, JSET, K, LD, LDX, MEM, W, X } from '../bpf/bpf.ts';
import { and, not, or, statement, test } from './block.ts';
import type { Condition } from './block.ts';
import { linkTypeText } from '../../flow/link_types.ts';
import { syntaxError, unsupported } from '../language/error.ts';
import { isLeftOut } from './link_layout.ts';
import type { Generator } from './generator.ts';
import { ETHERTYPE, LENGTH_MAX, NLPID, PPP, SAP } from '../language/protocols.ts';
import { LLC_TYPES } from '../language/wlan_words.ts';

/** Values of the protocol field of Linux cooked captures for frames of the 802 family. */
const SLL_802_3 = 0x0001;
const SLL_802_2 = 0x0004;

/** Link types whose every frame begins with LLC. */
const LLC_ALWAYS: readonly number[] = [LINKTYPE_IEEE802_5, LINKTYPE_FDDI, LINKTYPE_ATM_RFC1483];

const FAMILY_INET = 2;
/** Values of AF_INET6: NetBSD and OpenBSD, FreeBSD, Darwin. */
const FAMILIES_INET6 = [24, 28, 30] as const;

const ARCNET = { ip: 212, ipOld: 240, arp: 213, arpOld: 241, rarp: 214, atalk: 221, ip6: 196 } as const;

/** The frame carries the protocol. */
export function linkProtocol(generator: Generator, protocol: number): Condition {
  if (generator.labelDepth > 0) return labelledProtocol(generator, protocol);
  switch (generator.link.family) {
    case 'ethernet':
    case 'netanalyzer':
      return ethernetProtocol(generator, protocol);
    case 'wifi':
      return and(dataFrame(generator), llcProtocol(generator, protocol));
    case 'llc':
      return llcProtocol(generator, protocol);
    case 'chdlc':
      return generator.equal('link type', 0, H, protocol === SAP.iso ? SAP.iso * 0x101 : protocol);
    case 'sll':
      return cookedProtocol(generator, protocol);
    case 'raw':
      return versionProtocol(generator, protocol);
    case 'ipv4':
      return protocol === ETHERTYPE.ip ? generator.always() : generator.never();
    case 'ipv6':
      return protocol === ETHERTYPE.ip6 ? generator.always() : generator.never();
    case 'ppp':
      return generator.equal('link type', 0, H, pppProtocol(protocol));
    case 'ppp bsdos':
      if (protocol !== ETHERTYPE.ip) return generator.equal('link type', 0, H, pppProtocol(protocol));
      return or(
        generator.equal('link type', 0, H, PPP.ip),
        generator.equal('link type', 0, H, PPP.vjCompressed),
        generator.equal('link type', 0, H, PPP.vjUncompressed),
      );
    case 'null':
    case 'loop':
      return familyProtocol(generator, protocol);
    case 'arcnet':
      return arcnetProtocol(generator, protocol);
    case 'localtalk':
      return protocol === ETHERTYPE.atalk ? generator.always() : generator.never();
    case 'frame relay':
      return frameRelayProtocol(generator, protocol);
    case 'ipnet':
      if (protocol === ETHERTYPE.ip) return generator.equal('link type', 0, B, 2);
      return protocol === ETHERTYPE.ip6 ? generator.equal('link type', 0, B, 26) : generator.never();
    case 'ethertype':
      return generator.equal('link type', 0, H, protocol);
    case 'opaque': {
      const type = linkTypeText(generator.link.linkType);
      if (isLeftOut(generator.link.linkType))
        throw unsupported(`filters of protocols are not compiled for link type ${type}`, generator.column);
      throw syntaxError(`link-layer type filtering not implemented for link type ${type}`, generator.column);
    }
  }
}

/** After an MPLS label: the bottom of the stack, and the IP version of what follows. */
function labelledProtocol(generator: Generator, protocol: number): Condition {
  const ip4 = protocol === ETHERTYPE.ip || protocol === PPP.ip;
  const ip6 = protocol === ETHERTYPE.ip6 || protocol === PPP.ip6;
  if (!ip4 && !ip6) generator.fail('unsupported protocol over mpls');
  return and(
    generator.maskedEqual('network', -2, B, 0x01, 0x01),
    generator.maskedEqual('network', 0, B, ip4 ? 0x40 : 0x60, 0xf0),
  );
}

/** The type field holds a length: an 802.3 frame. */
function lengthField(generator: Generator): Condition {
  return not(generator.greater('link type', 0, H, LENGTH_MAX));
}

function ethernetProtocol(generator: Generator, protocol: number): Condition {
  switch (protocol) {
    case SAP.iso:
    case SAP.ip:
    case SAP.netbeui:
      return and(lengthField(generator), generator.equal('llc', 0, H, protocol * 0x101));
    case SAP.ipx: {
      const frames = or(generator.equal('llc', 0, B, SAP.ipx), generator.equal('llc', 0, H, 0xffff));
      const framesOrSnap = or(snap(generator, 0, ETHERTYPE.ipx), frames);
      return or(generator.equal('link type', 0, H, ETHERTYPE.ipx), and(lengthField(generator), framesOrSnap));
    }
    case ETHERTYPE.atalk:
    case ETHERTYPE.aarp:
      return or(
        generator.equal('link type', 0, H, protocol),
        and(lengthField(generator), snap(generator, protocol === ETHERTYPE.atalk ? 0x080007 : 0, protocol)),
      );
    default:
      if (protocol > LENGTH_MAX) return generator.equal('link type', 0, H, protocol);
      return and(lengthField(generator), generator.equal('link type', 2, B, protocol));
  }
}

function cookedProtocol(generator: Generator, protocol: number): Condition {
  const llc = (): Condition => generator.equal('link type', 0, H, SLL_802_2);
  switch (protocol) {
    case SAP.iso:
    case SAP.ip:
    case SAP.netbeui:
      return and(llc(), generator.equal('llc', 0, H, protocol * 0x101));
    case SAP.ipx:
      return or(
        generator.equal('link type', 0, H, ETHERTYPE.ipx),
        or(
          generator.equal('link type', 0, H, SLL_802_3),
          and(llc(), or(generator.equal('llc', 0, B, SAP.ipx), snap(generator, 0, ETHERTYPE.ipx))),
        ),
      );
    case ETHERTYPE.atalk:
    case ETHERTYPE.aarp:
      return or(
        generator.equal('link type', 0, H, protocol),
        and(llc(), snap(generator, protocol === ETHERTYPE.atalk ? 0x080007 : 0, protocol)),
      );
    default:
      if (protocol > LENGTH_MAX) return generator.equal('link type', 0, H, protocol);
      return and(llc(), generator.equal('link header', generator.linkPayload.constant, B, protocol));
  }
}

function llcProtocol(generator: Generator, protocol: number): Condition {
  switch (protocol) {
    case SAP.iso:
    case SAP.ip:
    case SAP.netbeui:
      return generator.equal('llc', 0, H, protocol * 0x101);
    case ETHERTYPE.atalk:
      return snap(generator, 0x080007, ETHERTYPE.atalk);
    default:
      return protocol > LENGTH_MAX ? generator.equal('llc', 6, H, protocol) : generator.equal('llc', 0, B, protocol);
  }
}

/** LLC with SNAP: organization and protocol, RFC 1042. */
function snap(generator: Generator, organization: number, protocol: number): Condition {
  return generator.equalBytes('llc', 0, [
    SAP.snap,
    SAP.snap,
    0x03,
    organization >>> 16,
    (organization >>> 8) & 0xff,
    organization & 0xff,
    protocol >>> 8,
    protocol & 0xff,
  ]);
}

function versionProtocol(generator: Generator, protocol: number): Condition {
  if (protocol === ETHERTYPE.ip) return generator.maskedEqual('link header', 0, B, 0x40, 0xf0);
  if (protocol === ETHERTYPE.ip6) return generator.maskedEqual('link header', 0, B, 0x60, 0xf0);
  return generator.never();
}

function pppProtocol(protocol: number): number {
  switch (protocol) {
    case ETHERTYPE.ip:
      return PPP.ip;
    case ETHERTYPE.ip6:
      return PPP.ip6;
    case ETHERTYPE.decnet:
      return PPP.decnet;
    case ETHERTYPE.atalk:
      return PPP.atalk;
    case ETHERTYPE.ns:
      return PPP.ns;
    case SAP.iso:
      return PPP.iso;
    case SAP.stp:
      return PPP.stp;
    case SAP.ipx:
      return PPP.ipx;
    default:
      return protocol;
  }
}

function familyProtocol(generator: Generator, protocol: number): Condition {
  const family = (value: number): Condition => {
    const little = generator.link.family === 'null' && !generator.byteSwapped;
    return generator.equal('link header', 0, W, little ? value * 0x1000000 : value);
  };
  if (protocol === ETHERTYPE.ip) return family(FAMILY_INET);
  if (protocol !== ETHERTYPE.ip6) return generator.never();
  const [bsd, freebsd, darwin] = FAMILIES_INET6;
  return or(family(darwin), or(family(bsd), family(freebsd)));
}

function arcnetProtocol(generator: Generator, protocol: number): Condition {
  const code = (value: number): Condition => generator.equal('link type', 0, B, value);
  switch (protocol) {
    case ETHERTYPE.ip:
      return or(code(ARCNET.ip), code(ARCNET.ipOld));
    case ETHERTYPE.arp:
      return or(code(ARCNET.arp), code(ARCNET.arpOld));
    case ETHERTYPE.ip6:
      return code(ARCNET.ip6);
    case ETHERTYPE.rarp:
      return code(ARCNET.rarp);
    case ETHERTYPE.atalk:
      return code(ARCNET.atalk);
    default:
      return generator.never();
  }
}

function frameRelayProtocol(generator: Generator, protocol: number): Condition {
  switch (protocol) {
    case ETHERTYPE.ip:
      return frameRelayNlpid(generator, 0xcc);
    case ETHERTYPE.ip6:
      return frameRelayNlpid(generator, 0x8e);
    case SAP.iso:
      return or(
        frameRelayNlpid(generator, NLPID.clnp),
        or(frameRelayNlpid(generator, NLPID.esis), frameRelayNlpid(generator, NLPID.isis)),
      );
    default:
      return generator.never();
  }
}

/** A frame relay frame of unnumbered information with a network-layer protocol identifier, RFC 2427. */
export function frameRelayNlpid(generator: Generator, nlpid: number): Condition {
  return generator.equal('link header', 2, H, 0x0300 | nlpid);
}

/** An 802.11 frame of type data. */
function dataFrame(generator: Generator): Condition {
  return and(not(frameControlBit(generator, 0x04)), frameControlBit(generator, 0x08));
}

/** A bit of the first byte of the 802.11 frame control field. */
export function frameControlBit(generator: Generator, bit: number): Condition {
  return test(generator.load('link header', 0, B), JMP | JSET | K, bit);
}

/** `llc`, with or without a type. */
export function llcFrame(generator: Generator, type: string | undefined): Condition {
  const frame = anyLlcFrame(generator);
  const control = type === undefined ? undefined : LLC_TYPES.get(type);
  if (control === undefined) return frame;
  if (type === 'i') return and(frame, not(test(generator.load('llc', 2, B), JMP | JSET | K, control.mask)));
  return and(frame, generator.maskedEqual('llc', 2, B, control.value, control.mask));
}

function anyLlcFrame(generator: Generator): Condition {
  switch (generator.link.family) {
    case 'ethernet':
      return and(lengthField(generator), not(generator.equal('llc', 0, H, 0xffff)));
    case 'wifi':
      return dataFrame(generator);
    case 'llc':
      if (LLC_ALWAYS.includes(generator.link.linkType)) return generator.always();
  }
  return generator.fail("'llc' not supported for this link type");
}

/** Inside Geneve a test of Ethernet fields first makes sure that there is an Ethernet header. */
export function afterEthernetHeaderCheck(generator: Generator, condition: () => Condition): Condition {
  if (!generator.insideGeneve) return condition();
  const present = not(
    test(
      [statement(LD | MEM, generator.linkHeader.register), statement(LDX | MEM, generator.linkPayload.register)],
      JMP | JEQ | X,
    ),
  );
  return and(present, condition());
}
