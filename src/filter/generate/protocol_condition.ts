/** Tests of the protocol that a packet carries: `tcp`, `ip proto 47`, `ip6 protochain 6`. */
import {
  ABS,
  ADD,
  ALU,
  B,
  H,
  IMM,
  IND,
  JA,
  JEQ,
  JMP,
  JSET,
  K,
  LD,
  LDX,
  MEM,
  MISC,
  MSH,
  MUL,
  ST,
  TAX,
  TXA,
  X,
} from '../bpf/bpf.ts';
import { and, not, or, statement, test } from './block.ts';
import type { Condition, Statement } from './block.ts';
import type { Generator } from './generator.ts';
import { frameRelayNlpid, linkProtocol } from './link_protocol.ts';
import { ETHERTYPE, IP_PROTOCOL, ISIS_PDU, NLPID, SAP } from '../language/protocols.ts';
import type { ProtocolKeyword } from '../language/tree.ts';

/** EtherTypes and SAPs of the keywords that name a protocol right above the link. */
const LINK_PROTOCOLS: Readonly<Partial<Record<ProtocolKeyword, number>>> = {
  ip: ETHERTYPE.ip,
  ip6: ETHERTYPE.ip6,
  arp: ETHERTYPE.arp,
  rarp: ETHERTYPE.rarp,
  atalk: ETHERTYPE.atalk,
  aarp: ETHERTYPE.aarp,
  decnet: ETHERTYPE.decnet,
  sca: ETHERTYPE.sca,
  lat: ETHERTYPE.lat,
  mopdl: ETHERTYPE.mopdl,
  moprc: ETHERTYPE.moprc,
  iso: SAP.iso,
  stp: SAP.stp,
  ipx: SAP.ipx,
  netbeui: SAP.netbeui,
};

/** Protocols of IPv4 and IPv6. */
const BOTH_VERSIONS: Readonly<Partial<Record<ProtocolKeyword, number>>> = {
  tcp: IP_PROTOCOL.tcp,
  udp: IP_PROTOCOL.udp,
  sctp: IP_PROTOCOL.sctp,
  pim: IP_PROTOCOL.pim,
  ah: IP_PROTOCOL.ah,
  esp: IP_PROTOCOL.esp,
};

const IPV4_ONLY: Readonly<Partial<Record<ProtocolKeyword, number>>> = {
  icmp: IP_PROTOCOL.icmp,
  igmp: IP_PROTOCOL.igmp,
  igrp: IP_PROTOCOL.igrp,
  vrrp: IP_PROTOCOL.vrrp,
  carp: IP_PROTOCOL.vrrp,
};

const ISO_ONLY: Readonly<Partial<Record<ProtocolKeyword, number>>> = {
  esis: NLPID.esis,
  isis: NLPID.isis,
  clnp: NLPID.clnp,
};

/** IS-IS PDU types of a keyword, in the order in which they are tested. */
const ISIS_PDUS: Readonly<Partial<Record<ProtocolKeyword, readonly number[]>>> = {
  l1: [ISIS_PDU.l1Partial, ISIS_PDU.l1Complete, ISIS_PDU.l1LinkState, ISIS_PDU.l1Hello, ISIS_PDU.pointToPointHello],
  l2: [ISIS_PDU.l2Partial, ISIS_PDU.l2Complete, ISIS_PDU.l2LinkState, ISIS_PDU.l2Hello, ISIS_PDU.pointToPointHello],
  iih: [ISIS_PDU.pointToPointHello, ISIS_PDU.l1Hello, ISIS_PDU.l2Hello],
  lsp: [ISIS_PDU.l1LinkState, ISIS_PDU.l2LinkState],
  snp: [ISIS_PDU.l2Partial, ISIS_PDU.l1Partial, ISIS_PDU.l1Complete, ISIS_PDU.l2Complete],
  csnp: [ISIS_PDU.l1Complete, ISIS_PDU.l2Complete],
  psnp: [ISIS_PDU.l1Partial, ISIS_PDU.l2Partial],
};

/** The frame carries the protocol of a keyword that stands by itself. */
export function keywordProtocol(generator: Generator, protocol: ProtocolKeyword): Condition {
  const link = LINK_PROTOCOLS[protocol];
  if (link !== undefined) return linkProtocol(generator, link);
  const both = BOTH_VERSIONS[protocol];
  if (both !== undefined) return carriedProtocol(generator, both, undefined);
  const ipv4 = IPV4_ONLY[protocol];
  if (ipv4 !== undefined) return carriedProtocol(generator, ipv4, 'ip');
  if (protocol === 'icmp6') return carriedProtocol(generator, IP_PROTOCOL.icmp6, 'ip6');
  const iso = ISO_ONLY[protocol];
  if (iso !== undefined) return carriedProtocol(generator, iso, 'iso');
  const pdus = ISIS_PDUS[protocol];
  if (pdus !== undefined) {
    const [first, ...rest] = pdus.map((pdu) => carriedProtocol(generator, pdu, 'isis'));
    if (first !== undefined) return or(first, ...rest);
  }
  if (protocol === 'link') return generator.fail('link layer applied in wrong context');
  return generator.fail(`'${protocol}' is not a valid protocol type`);
}

/** `[protocol] proto number`: the frame carries `protocol`, and its header says that it carries `number`. */
export function carriedProtocol(
  generator: Generator,
  number: number,
  protocol: ProtocolKeyword | undefined,
): Condition {
  switch (protocol) {
    case undefined: {
      const ipv4 = carriedProtocol(generator, number, 'ip');
      return or(ipv4, carriedProtocol(generator, number, 'ip6'));
    }
    case 'link':
      return linkProtocol(generator, number);
    case 'ip':
      return and(linkProtocol(generator, ETHERTYPE.ip), generator.equal('network', 9, B, number));
    case 'ip6': {
      const carried = linkProtocol(generator, ETHERTYPE.ip6);
      const fragment = and(
        generator.equal('network', 6, B, IP_PROTOCOL.fragment),
        generator.equal('network', 40, B, number),
      );
      return and(carried, or(generator.equal('network', 6, B, number), fragment));
    }
    case 'iso':
      if (generator.link.family === 'frame relay') return frameRelayNlpid(generator, number);
      if (generator.link.family === 'chdlc') {
        return and(linkProtocol(generator, SAP.iso * 0x101), generator.equal('network without snap', 1, B, number));
      }
      return and(linkProtocol(generator, SAP.iso), generator.equal('network without snap', 0, B, number));
    case 'isis':
      return and(carriedProtocol(generator, NLPID.isis, 'iso'), generator.equal('network without snap', 4, B, number));
    default:
      return generator.fail(`'${protocol} proto' is bogus`);
  }
}

/** Not a fragment, or the first one. */
export function firstFragment(generator: Generator): Condition {
  return not(test(generator.load('network', 6, H), JMP | JSET | K, 0x1fff));
}

/** `[protocol] protochain number`: somewhere in the chain of extension headers. */
export function chainedProtocol(
  generator: Generator,
  number: number,
  protocol: ProtocolKeyword | undefined,
): Condition {
  const register = generator.takeRegister();
  if (protocol === undefined) {
    const ipv4 = chainedProtocol(generator, number, 'ip');
    return or(ipv4, chainedProtocol(generator, number, 'ip6'));
  }
  if (protocol !== 'ip' && protocol !== 'ip6') generator.fail("bad protocol applied for 'protochain'");
  if (generator.linkPayload.variable) generator.fail("'protochain' not supported with variable length headers");
  generator.optimizable = false;
  const carried = linkProtocol(generator, protocol === 'ip' ? ETHERTYPE.ip : ETHERTYPE.ip6);
  const statements = chainWalk(number, protocol, register, generator.linkPayload.constant + generator.network);
  generator.freeRegister(register);
  return and(carried, test(statements, JMP | JEQ | K, number));
}

/**
 * Statements that go from header to header until A is the number, or a protocol that has no next header. The step
 * over an authentication header sets X to its length alone, as every libpcap does.
 */
function chainWalk(number: number, version: 'ip' | 'ip6', register: number, network: number): Statement[] {
  const end = statement(ALU | ADD | K, 0);
  const isAh = statement(JMP | JEQ | K, IP_PROTOCOL.ah);
  const again = statement(JMP | JEQ | K, number);
  const isNone = statement(JMP | JEQ | K, IP_PROTOCOL.none);
  const start =
    version === 'ip'
      ? [statement(LD | ABS | B, network + 9), statement(LDX | MSH | B, network)]
      : [statement(LD | ABS | B, network + 6), statement(LDX | IMM, 40)];
  const statements: Statement[] = [...start, again, isNone];
  again.jt = end;
  again.jf = isNone;
  isNone.jt = end;
  if (version === 'ip6') {
    const step = statement(LD | IND | B, network);
    const extensions = [IP_PROTOCOL.hopByHop, IP_PROTOCOL.destination, IP_PROTOCOL.routing, IP_PROTOCOL.fragment].map(
      (extension) => statement(JMP | JEQ | K, extension),
    );
    let previous = isNone;
    for (const extension of extensions) {
      extension.jt = step;
      previous.jf = extension;
      previous = extension;
    }
    previous.jf = isAh;
    statements.push(
      ...extensions,
      step,
      statement(ST, register),
      statement(LD | IND | B, network + 1),
      statement(ALU | ADD | K, 1),
      statement(ALU | MUL | K, 8),
      statement(ALU | ADD | X),
      statement(MISC | TAX),
      statement(LD | MEM, register),
    );
    statements.push(jumpBack(statements, again));
  } else {
    const nothing = statement(ALU | ADD | K, 0);
    isNone.jf = nothing;
    statements.push(nothing);
  }
  const overAh = statement(MISC | TXA);
  isAh.jt = overAh;
  isAh.jf = end;
  statements.push(
    isAh,
    overAh,
    statement(LD | IND | B, network),
    statement(ST, register),
    statement(MISC | TXA),
    statement(ALU | ADD | K, 1),
    statement(MISC | TAX),
    statement(LD | IND | B, network),
    statement(ALU | ADD | K, 2),
    statement(ALU | MUL | K, 4),
    statement(MISC | TAX),
    statement(LD | MEM, register),
  );
  statements.push(jumpBack(statements, again), end);
  return statements;
}

/** A jump from the place after the statements to one of them. */
function jumpBack(statements: readonly Statement[], target: Statement): Statement {
  return statement(JMP | JA, statements.indexOf(target) - statements.length - 1);
}
