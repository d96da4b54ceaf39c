/** Tests of what a link-layer header says it carries. Values up to 1500 are LLC SAPs, larger ones EtherTypes. */
import { LINKTYPE_ATM_RFC1483, LINKTYPE_FDDI, LINKTYPE_IEEE802_5 } from '../../../assembly/wire/numbers.ts';
import { B, H, JEQ, JMP, JSET, K, LD, LDX, MEM, W, X } from '../bpf/bpf.ts';
import { and, not, or, statement, test } from './block.ts';
import type { Condition } from './block.ts';
import { syntaxError } from '../language/error.ts';
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
export function linkProtocol(g: Generator, protocol: number): Condition {
  if (g.labelDepth > 0) return labelledProtocol(g, protocol);
  switch (g.link.family) {
    case 'ethernet':
    case 'netanalyzer':
      return ethernetProtocol(g, protocol);
    case 'wifi':
      return and(dataFrame(g), llcProtocol(g, protocol));
    case 'llc':
      return llcProtocol(g, protocol);
    case 'chdlc':
      return g.equal('link type', 0, H, protocol === SAP.iso ? SAP.iso * 0x101 : protocol);
    case 'sll':
      return cookedProtocol(g, protocol);
    case 'raw':
      return versionProtocol(g, protocol);
    case 'ipv4':
      return protocol === ETHERTYPE.ip ? g.always() : g.never();
    case 'ipv6':
      return protocol === ETHERTYPE.ip6 ? g.always() : g.never();
    case 'ppp':
      return g.equal('link type', 0, H, pppProtocol(protocol));
    case 'ppp bsdos':
      if (protocol !== ETHERTYPE.ip) return g.equal('link type', 0, H, pppProtocol(protocol));
      return or(
        g.equal('link type', 0, H, PPP.ip),
        g.equal('link type', 0, H, PPP.vjCompressed),
        g.equal('link type', 0, H, PPP.vjUncompressed),
      );
    case 'null':
    case 'loop':
      return familyProtocol(g, protocol);
    case 'arcnet':
      return arcnetProtocol(g, protocol);
    case 'localtalk':
      return protocol === ETHERTYPE.atalk ? g.always() : g.never();
    case 'frame relay':
      return frameRelayProtocol(g, protocol);
    case 'ipnet':
      if (protocol === ETHERTYPE.ip) return g.equal('link type', 0, B, 2);
      return protocol === ETHERTYPE.ip6 ? g.equal('link type', 0, B, 26) : g.never();
    case 'ethertype':
      return g.equal('link type', 0, H, protocol);
    case 'opaque':
      throw syntaxError(`link-layer type filtering not implemented for link type ${g.link.linkType}`, g.column);
  }
}

/** Behind an MPLS label: the bottom of the stack, and the version of what follows. */
function labelledProtocol(g: Generator, protocol: number): Condition {
  const ip4 = protocol === ETHERTYPE.ip || protocol === PPP.ip;
  const ip6 = protocol === ETHERTYPE.ip6 || protocol === PPP.ip6;
  if (!ip4 && !ip6) g.fail('unsupported protocol over mpls');
  return and(g.maskedEqual('network', -2, B, 0x01, 0x01), g.maskedEqual('network', 0, B, ip4 ? 0x40 : 0x60, 0xf0));
}

/** The type field holds a length: an 802.3 frame. */
function lengthField(g: Generator): Condition {
  return not(g.greater('link type', 0, H, LENGTH_MAX));
}

function ethernetProtocol(g: Generator, protocol: number): Condition {
  switch (protocol) {
    case SAP.iso:
    case SAP.ip:
    case SAP.netbeui:
      return and(lengthField(g), g.equal('llc', 0, H, protocol * 0x101));
    case SAP.ipx: {
      const frames = or(g.equal('llc', 0, B, SAP.ipx), g.equal('llc', 0, H, 0xffff));
      const framesOrSnap = or(snap(g, 0, ETHERTYPE.ipx), frames);
      return or(g.equal('link type', 0, H, ETHERTYPE.ipx), and(lengthField(g), framesOrSnap));
    }
    case ETHERTYPE.atalk:
    case ETHERTYPE.aarp:
      return or(
        g.equal('link type', 0, H, protocol),
        and(lengthField(g), snap(g, protocol === ETHERTYPE.atalk ? 0x080007 : 0, protocol)),
      );
    default:
      if (protocol > LENGTH_MAX) return g.equal('link type', 0, H, protocol);
      return and(lengthField(g), g.equal('link type', 2, B, protocol));
  }
}

function cookedProtocol(g: Generator, protocol: number): Condition {
  const llc = (): Condition => g.equal('link type', 0, H, SLL_802_2);
  switch (protocol) {
    case SAP.iso:
    case SAP.ip:
    case SAP.netbeui:
      return and(llc(), g.equal('llc', 0, H, protocol * 0x101));
    case SAP.ipx:
      return or(
        g.equal('link type', 0, H, ETHERTYPE.ipx),
        or(
          g.equal('link type', 0, H, SLL_802_3),
          and(llc(), or(g.equal('llc', 0, B, SAP.ipx), snap(g, 0, ETHERTYPE.ipx))),
        ),
      );
    case ETHERTYPE.atalk:
    case ETHERTYPE.aarp:
      return or(
        g.equal('link type', 0, H, protocol),
        and(llc(), snap(g, protocol === ETHERTYPE.atalk ? 0x080007 : 0, protocol)),
      );
    default:
      if (protocol > LENGTH_MAX) return g.equal('link type', 0, H, protocol);
      return and(llc(), g.equal('link header', g.linkPayload.constant, B, protocol));
  }
}

function llcProtocol(g: Generator, protocol: number): Condition {
  switch (protocol) {
    case SAP.iso:
    case SAP.ip:
    case SAP.netbeui:
      return g.equal('llc', 0, H, protocol * 0x101);
    case ETHERTYPE.atalk:
      return snap(g, 0x080007, ETHERTYPE.atalk);
    default:
      return protocol > LENGTH_MAX ? g.equal('llc', 6, H, protocol) : g.equal('llc', 0, B, protocol);
  }
}

/** LLC with SNAP: organization and protocol, RFC 1042. */
function snap(g: Generator, organization: number, protocol: number): Condition {
  return g.equalBytes('llc', 0, [
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

function versionProtocol(g: Generator, protocol: number): Condition {
  if (protocol === ETHERTYPE.ip) return g.maskedEqual('link header', 0, B, 0x40, 0xf0);
  if (protocol === ETHERTYPE.ip6) return g.maskedEqual('link header', 0, B, 0x60, 0xf0);
  return g.never();
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

function familyProtocol(g: Generator, protocol: number): Condition {
  const family = (value: number): Condition => {
    const little = g.link.family === 'null' && !g.byteSwapped;
    return g.equal('link header', 0, W, little ? value * 0x1000000 : value);
  };
  if (protocol === ETHERTYPE.ip) return family(FAMILY_INET);
  if (protocol !== ETHERTYPE.ip6) return g.never();
  const [bsd, freebsd, darwin] = FAMILIES_INET6;
  return or(family(darwin), or(family(bsd), family(freebsd)));
}

function arcnetProtocol(g: Generator, protocol: number): Condition {
  const code = (value: number): Condition => g.equal('link type', 0, B, value);
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
      return g.never();
  }
}

function frameRelayProtocol(g: Generator, protocol: number): Condition {
  switch (protocol) {
    case ETHERTYPE.ip:
      return frameRelayNlpid(g, 0xcc);
    case ETHERTYPE.ip6:
      return frameRelayNlpid(g, 0x8e);
    case SAP.iso:
      return or(frameRelayNlpid(g, NLPID.clnp), or(frameRelayNlpid(g, NLPID.esis), frameRelayNlpid(g, NLPID.isis)));
    default:
      return g.never();
  }
}

/** A frame relay frame of unnumbered information with a network-layer protocol identifier, RFC 2427. */
export function frameRelayNlpid(g: Generator, nlpid: number): Condition {
  return g.equal('link header', 2, H, 0x0300 | nlpid);
}

/** An 802.11 frame of type data. */
function dataFrame(g: Generator): Condition {
  return and(not(frameControlBit(g, 0x04)), frameControlBit(g, 0x08));
}

/** A bit of the first byte of the 802.11 frame control field. */
export function frameControlBit(g: Generator, bit: number): Condition {
  return test(g.load('link header', 0, B), JMP | JSET | K, bit);
}

/** `llc`, with or without a type. */
export function llcFrame(g: Generator, type: string | undefined): Condition {
  const frame = anyLlcFrame(g);
  const control = type === undefined ? undefined : LLC_TYPES.get(type);
  if (control === undefined) return frame;
  if (type === 'i') return and(frame, not(test(g.load('llc', 2, B), JMP | JSET | K, control.mask)));
  return and(frame, g.maskedEqual('llc', 2, B, control.value, control.mask));
}

function anyLlcFrame(g: Generator): Condition {
  switch (g.link.family) {
    case 'ethernet':
      return and(lengthField(g), not(g.equal('llc', 0, H, 0xffff)));
    case 'wifi':
      return dataFrame(g);
    case 'llc':
      if (LLC_ALWAYS.includes(g.link.linkType)) return g.always();
  }
  return g.fail("'llc' not supported for this link type");
}

/** Inside Geneve a test of Ethernet fields first makes sure that there is an Ethernet header. */
export function afterEthernetHeaderCheck(g: Generator, condition: () => Condition): Condition {
  if (!g.insideGeneve) return condition();
  const present = not(
    test([statement(LD | MEM, g.linkHeader.register), statement(LDX | MEM, g.linkPayload.register)], JMP | JEQ | X),
  );
  return and(present, condition());
}
