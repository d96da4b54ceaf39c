/**
 * Headers of variable length in front of what is tested: the radio headers of 802.11 captures, the 802.11 header
 * itself, and the header of pflog. Their lengths are found once, before the first test.
 */
import {
  ABS,
  ADD,
  ALU,
  AND,
  B,
  IMM,
  IND,
  JA,
  JEQ,
  JMP,
  JSET,
  K,
  LD,
  LDX,
  LSH,
  MEM,
  MISC,
  OR,
  ST,
  TAX,
  TXA,
  W,
  X,
} from '../bpf/bpf.ts';
import { and, firstTest, statement, test } from './block.ts';
import type { Condition, Statement } from './block.ts';
import type { Generator } from './generator.ts';

/** Puts what finds the headers of variable length before the first test, as far as any test needs it. */
export function withHeaderOffsets(generator: Generator, condition: Condition): Condition {
  const first = firstTest(condition);
  if (generator.linkPayload.register !== -1 && generator.linkHeader.variable && generator.linkHeader.register === -1) {
    generator.linkHeader.register = generator.takeRegister();
  }
  // Programs that read a Prism header are never optimized.
  if (generator.outermost.radio === 'prism') generator.optimizable = false;
  const radio = radioHeaderLength(generator);
  const mac = generator.outermost.family === 'wifi' ? macHeaderLength(generator, first.statements[0]) : [];
  const start = mac.length > 0 && radio.length === 0 ? [statement(LDX | IMM, 0)] : radio;
  first.statements = [...start, ...mac, ...first.statements];
  if (generator.link.radio !== 'ppi') return condition;
  // PPI may carry anything; only 802.11 inside it is supported. Its header is little-endian.
  return and(test([statement(LD | ABS | W, 4)], JMP | JEQ | K, 0x69000000), condition);
}

/** Statements that put the length of the radio header into its word and into X. */
function radioHeaderLength(generator: Generator): Statement[] {
  const { register } = generator.linkHeader;
  if (register === -1) return [];
  const keep = [statement(ST, register), statement(MISC | TAX)];
  switch (generator.outermost.radio) {
    case 'radiotap':
    case 'ppi':
      return [
        statement(LD | ABS | B, 3),
        statement(ALU | LSH | K, 8),
        statement(MISC | TAX),
        statement(LD | ABS | B, 2),
        statement(ALU | OR | X),
        ...keep,
      ];
    case 'avs':
      return [statement(LD | ABS | W, 4), ...keep];
    case 'pflog':
      // Its own length, filled up to a multiple of 4.
      return [statement(LD | ABS | B, 0), statement(ALU | ADD | K, 3), statement(ALU | AND | K, 0xfffffffc), ...keep];
    case 'prism': {
      // Some drivers send an AVS header under this name; its first word shows that.
      const length = statement(LD | ABS | W, 4);
      const fixed = statement(LD | IMM, 144);
      const cookie = statement(JMP | JEQ | K, 0x80211000);
      cookie.jt = length;
      cookie.jf = fixed;
      return [
        statement(LD | ABS | W, 0),
        statement(ALU | AND | K, 0xfffff000),
        cookie,
        length,
        statement(JMP | JA, 1),
        fixed,
        ...keep,
      ];
    }
    case undefined:
      return [];
  }
}

/**
 * Statements that put the offset after the 802.11 header into its word: 24 bytes, two more for QoS, and with
 * radiotap the padding that its flags announce. They start with the offset of the header in X.
 */
function macHeaderLength(generator: Generator, next: Statement | undefined): Statement[] {
  const { register } = generator.linkPayload;
  if (register === -1 || next === undefined) return [];
  generator.optimizable = false;
  const isData = statement(JMP | JSET | K, 0x08);
  const isReserved = statement(JMP | JSET | K, 0x04);
  const hasQos = statement(JMP | JSET | K, 0x80);
  const qos = statement(LD | MEM, register);
  isData.jt = isReserved;
  isData.jf = next;
  isReserved.jt = next;
  isReserved.jf = hasQos;
  hasQos.jt = qos;
  const statements = [
    statement(MISC | TXA),
    statement(ALU | ADD | K, 24),
    statement(ST, register),
    statement(LD | IND | B, 0),
    isData,
    isReserved,
    hasQos,
    qos,
    statement(ALU | ADD | K, 2),
    statement(ST, register),
  ];
  if (generator.link.radio !== 'radiotap') {
    hasQos.jf = next;
    return statements;
  }
  const padding = radiotapPadding(register, next);
  hasQos.jf = padding[0] ?? next;
  return [...statements, ...padding];
}

/** Statements that round the offset up when the flags of a radiotap header say that the 802.11 header is padded. */
function radiotapPadding(register: number, next: Statement): Statement[] {
  const flagsPresent = statement(JMP | JSET | K, 0x02000000);
  const extended = statement(JMP | JSET | K, 0x00000080);
  const timePresent = statement(JMP | JSET | K, 0x01000000);
  const flagsAfterTime = statement(LD | ABS | B, 16);
  const paddedAfterTime = statement(JMP | JSET | K, 0x20);
  const flags = statement(LD | ABS | B, 8);
  const padded = statement(JMP | JSET | K, 0x20);
  const round = statement(LD | MEM, register);
  flagsPresent.jt = extended;
  flagsPresent.jf = next;
  extended.jt = next;
  extended.jf = timePresent;
  timePresent.jt = flagsAfterTime;
  timePresent.jf = flags;
  paddedAfterTime.jt = round;
  paddedAfterTime.jf = next;
  padded.jt = round;
  padded.jf = next;
  return [
    statement(LD | ABS | W, 4),
    flagsPresent,
    extended,
    timePresent,
    flagsAfterTime,
    paddedAfterTime,
    flags,
    padded,
    round,
    statement(ALU | ADD | K, 3),
    statement(ALU | AND | K, 0xfffffffc),
    statement(ST, register),
  ];
}
