/** Tests of 802.11 headers, whose addresses depend on type and direction of the frame. */
import { B, JMP, JSET, K } from '../bpf/bpf.ts';
import { and, not, or, test } from './block.ts';
import type { Condition } from './block.ts';
import type { Generator } from './generator.ts';
import { frameControlBit } from './link_protocol.ts';
import type { DirectionKeyword } from '../language/tree.ts';

// Offsets of the addresses of the 802.11 header.
const ADDRESS_1 = 4;
const ADDRESS_2 = 10;
const ADDRESS_3 = 16;
const ADDRESS_4 = 24;

// Bits of the second frame control byte.
const TO_DS = 0x01;
const FROM_DS = 0x02;
const DIRECTION_MASK = 0x03;

const TYPE_MASK = 0x0c;
const TYPE_CONTROL = 0x04;
const SUBTYPE_MASK = 0xf0;
const SUBTYPE_CTS = 0xc0;
const SUBTYPE_ACK = 0xd0;

/** The frame has the MAC address in the place that the direction names. */
export function wlanHost(
  generator: Generator,
  address: readonly number[],
  direction: DirectionKeyword | undefined,
): Condition {
  const at = (offset: number): Condition => generator.equalBytes('link header', offset, address);
  switch (direction) {
    case 'src':
      return source(generator, at);
    case 'dst':
      return wlanDestination(generator, at);
    case 'src and dst':
      return and(source(generator, at), wlanDestination(generator, at));
    case 'src or dst':
    case undefined:
      return or(source(generator, at), wlanDestination(generator, at));
    case 'ra':
      return and(frameControlBit(generator, 0x08), at(ADDRESS_1));
    case 'ta':
      return and(frameControlBit(generator, 0x08), hasTransmitter(generator), at(ADDRESS_2));
    case 'addr1':
      return at(ADDRESS_1);
    case 'addr2':
      return and(hasTransmitter(generator), at(ADDRESS_2));
    case 'addr3':
      return and(notControl(generator), at(ADDRESS_3));
    case 'addr4':
      return and(generator.maskedEqual('link header', 1, B, DIRECTION_MASK, DIRECTION_MASK), at(ADDRESS_4));
  }
}

/** A test of the address that says where the frame goes; control frames have none. */
export function wlanDestination(generator: Generator, at: (offset: number) => Condition): Condition {
  const data = and(
    frameControlBit(generator, 0x08),
    or(and(not(directionBit(generator, TO_DS)), at(ADDRESS_1)), and(directionBit(generator, TO_DS), at(ADDRESS_3))),
  );
  const management = and(not(frameControlBit(generator, 0x08)), at(ADDRESS_1));
  return and(not(frameControlBit(generator, 0x04)), or(management, data));
}

function source(generator: Generator, at: (offset: number) => Condition): Condition {
  const fromDs = and(
    directionBit(generator, FROM_DS),
    or(and(not(directionBit(generator, TO_DS)), at(ADDRESS_3)), and(directionBit(generator, TO_DS), at(ADDRESS_4))),
  );
  const data = and(
    frameControlBit(generator, 0x08),
    or(and(not(directionBit(generator, FROM_DS)), at(ADDRESS_2)), fromDs),
  );
  const management = and(not(frameControlBit(generator, 0x08)), at(ADDRESS_2));
  return and(not(frameControlBit(generator, 0x04)), or(management, data));
}

function directionBit(generator: Generator, bit: number): Condition {
  return test(generator.load('link header', 1, B), JMP | JSET | K, bit);
}

function notControl(generator: Generator): Condition {
  return not(generator.maskedEqual('link header', 0, B, TYPE_CONTROL, TYPE_MASK));
}

/** Not a clear-to-send or acknowledgement, which name only their receiver. */
function hasTransmitter(generator: Generator): Condition {
  return or(
    notControl(generator),
    and(
      not(generator.maskedEqual('link header', 0, B, SUBTYPE_CTS, SUBTYPE_MASK)),
      not(generator.maskedEqual('link header', 0, B, SUBTYPE_ACK, SUBTYPE_MASK)),
    ),
  );
}

/** The lowest bit of the byte at the offset: a group address. */
export function groupBit(generator: Generator, offset: number): Condition {
  return test(generator.load('link header', offset, B), JMP | JSET | K, 1);
}
