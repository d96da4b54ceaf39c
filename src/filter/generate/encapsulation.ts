/**
 * Tests that open a header inside the link layer: VLAN tags (IEEE 802.1Q), MPLS labels (RFC 3032), PPPoE (RFC 2516),
 * Geneve (RFC 8926). Every test after one of them applies to the inner packet.
 */
import {
  ADD,
  ALU,
  AND,
  B,
  H,
  IMM,
  IND,
  JEQ,
  JMP,
  K,
  LD,
  LDX,
  MEM,
  MISC,
  MUL,
  ST,
  STX,
  TAX,
  TXA,
  W,
  X,
} from '../bpf/bpf.ts';
import { and, firstTest, or, statement, test } from './block.ts';
import type { Condition, Statement } from './block.ts';
import type { Generator, Origin } from './generator.ts';
import { linkProtocol } from './link_protocol.ts';
import { ipv4PortTest, ipv6PortTest, port } from './ports.ts';
import { ETHERTYPE, IP_PROTOCOL, PPP } from '../language/protocols.ts';

const VLAN_ID_MAX = 0xfff;
const LABEL_MAX = 0xfffff;
const SESSION_MAX = 0xffff;
const NETWORK_MAX = 0xffffff;
const GENEVE_PORT = 6081;

/** `vlan [id]` */
export function vlan(generator: Generator, id: number | undefined): Condition {
  if (generator.labelDepth > 0) generator.fail('no VLAN match after MPLS');
  const { family, radio } = generator.link;
  if (family !== 'ethernet' && family !== 'netanalyzer' && (family !== 'wifi' || radio === 'ppi')) {
    generator.fail('no VLAN support for this link type');
  }
  let condition = or(
    linkProtocol(generator, ETHERTYPE.vlan),
    linkProtocol(generator, ETHERTYPE.vlan8021ad),
    linkProtocol(generator, ETHERTYPE.vlanQinq),
  );
  if (id !== undefined) {
    if (id > VLAN_ID_MAX) generator.fail(`VLAN tag ${id} greater than maximum ${VLAN_ID_MAX}`);
    condition = and(condition, generator.maskedEqual('network', 0, H, id, VLAN_ID_MAX));
  }
  generator.linkPayload = { ...generator.linkPayload, constant: (generator.linkPayload.constant + 4) >>> 0 };
  generator.linkType = { ...generator.linkType, constant: (generator.linkType.constant + 4) >>> 0 };
  return condition;
}

/** `mpls [label]` */
export function mpls(generator: Generator, label: number | undefined): Condition {
  let condition = labelled(generator);
  if (label !== undefined) {
    if (label > LABEL_MAX) generator.fail(`MPLS label ${label} greater than maximum ${LABEL_MAX}`);
    condition = and(condition, generator.maskedEqual('network', 0, W, (label << 12) >>> 0, 0xfffff000));
  }
  generator.networkNoSnap += 4;
  generator.network += 4;
  generator.labelDepth++;
  return condition;
}

function labelled(generator: Generator): Condition {
  if (generator.labelDepth > 0) return generator.maskedEqual('previous label', 2, B, 0, 0x01);
  const { family, linkType } = generator.link;
  if (family === 'ethernet' || family === 'netanalyzer' || family === 'chdlc')
    return linkProtocol(generator, ETHERTYPE.mpls);
  if (family === 'ppp' && linkType === 9) return linkProtocol(generator, PPP.mpls);
  return generator.fail('no MPLS support for this link type');
}

/** `pppoes [session]`: PPP without HDLC framing starts after the six bytes of the PPPoE header. */
export function pppoeSession(generator: Generator, session: number | undefined): Condition {
  let condition = linkProtocol(generator, ETHERTYPE.pppoes);
  if (session !== undefined) {
    if (session > SESSION_MAX) generator.fail(`PPPoE session number ${session} greater than maximum ${SESSION_MAX}`);
    condition = and(condition, generator.maskedEqual('network', 0, W, session, SESSION_MAX));
  }
  const { variable, register } = generator.linkPayload;
  const constant = (generator.linkPayload.constant + generator.network + 6) >>> 0;
  generator.link = { family: 'ppp', linkType: 9, radio: undefined };
  generator.linkHeader = { variable, constant, register };
  generator.insideGeneve = false;
  generator.linkType = { ...generator.linkHeader };
  generator.linkPayload = { variable, constant: (constant + 2) >>> 0, register };
  generator.network = 0;
  generator.networkNoSnap = 0;
  return condition;
}

/** `geneve [network]`: UDP port 6081 over IPv4 or IPv6; what is inside may or may not have an Ethernet header. */
export function geneve(generator: Generator, network: number | undefined): Condition {
  const ipv4 = and(
    ipv4PortTest(generator, port(GENEVE_PORT), IP_PROTOCOL.udp, 'dst'),
    geneveHeader(generator, 'ipv4 transport', network),
    test([...generator.loadIpv4HeaderLength(), statement(MISC | TXA)], JMP | JEQ | X),
  );
  const ipv6 = and(
    ipv6PortTest(generator, port(GENEVE_PORT), IP_PROTOCOL.udp, 'dst'),
    geneveHeader(generator, 'ipv6 transport', network),
    test([...ipv6HeaderLength(generator), statement(MISC | TAX)], JMP | JEQ | X),
  );
  const inner = generator.always();
  const first = firstTest(inner);
  first.statements = [...geneveOffsets(generator), ...first.statements];
  const condition = and(or(ipv4, ipv6), inner);
  generator.insideGeneve = true;
  return condition;
}

/** Version 0 and, when asked for, the virtual network. */
function geneveHeader(generator: Generator, origin: Origin, network: number | undefined): Condition {
  const version = generator.maskedEqual(origin, 8, B, 0, 0xc0);
  if (network === undefined) return version;
  if (network > NETWORK_MAX) generator.fail(`Geneve VNI ${network} greater than maximum ${NETWORK_MAX}`);
  return and(version, generator.maskedEqual(origin, 12, W, (network << 8) >>> 0, 0xffffff00));
}

function ipv6HeaderLength(generator: Generator): Statement[] {
  const index = generator.loadVariablePart(generator.linkPayload);
  if (index.length === 0) return [statement(LD | IMM, 40)];
  return [...index, statement(LD | IMM, 40), statement(ALU | ADD | X)];
}

/**
 * Statements that keep three offsets: of the EtherType inside, of the end of the Geneve header, and of the network
 * header inside. They start with the length of the outer IP header in A.
 */
function geneveOffsets(generator: Generator): Statement[] {
  const start = [
    statement(ALU | ADD | K, generator.linkPayload.constant + generator.network + 8),
    statement(MISC | TAX),
    statement(ALU | ADD | K, 2),
  ];
  const type = generator.takeRegister();
  const header = generator.takeRegister();
  const payload = generator.takeRegister();
  const isEthernet = statement(JMP | JEQ | K, ETHERTYPE.teb);
  const ethernet = statement(MISC | TXA);
  const done = statement(STX, payload);
  isEthernet.jt = ethernet;
  isEthernet.jf = done;
  generator.linkType = { variable: true, constant: 0, register: type };
  generator.linkHeader = { variable: true, constant: 0, register: header };
  generator.linkPayload = { variable: true, constant: 0, register: payload };
  generator.link = { family: 'ethernet', linkType: 1, radio: undefined };
  generator.network = 0;
  generator.optimizable = false;
  return [
    ...start,
    statement(ST, type),
    // The header is 8 bytes and options, counted in words of 4 bytes.
    statement(LD | IND | B, 0),
    statement(ALU | AND | K, 0x3f),
    statement(ALU | MUL | K, 4),
    statement(ALU | ADD | K, 8),
    statement(ALU | ADD | X),
    statement(ST, header),
    statement(LD | IND | H, 2),
    statement(LDX | MEM, header),
    isEthernet,
    ethernet,
    statement(ALU | ADD | K, 12),
    statement(ST, type),
    statement(ALU | ADD | K, 2),
    statement(MISC | TAX),
    done,
  ];
}
