/**
 * The history of a connection as Zeek writes it: a letter for each thing that has happened, in capitals when the
 * originator did it. Some letters come once for each side, some at the 1st, 10th, 100th time.
 */
import {
  TEXT_VALUE_HEADER, ZEEK_BITS, ZEEK_BIT_ORIGINATOR_HIGH, ZEEK_BIT_PARTIAL, ZEEK_COUNTS, ZEEK_COUNT_GAP, ZEEK_END_A,
  ZEEK_END_BITS, ZEEK_END_D, ZEEK_END_MANY, ZEEK_FURTHER, ZEEK_GAPS, ZEEK_HISTORY, ZEEK_HISTORY_MAX, ZEEK_SHORT_MAX,
  ZEEK_SIDES, ZEEK_SIDE_SIZE,
} from "../layout";
import { countMany, historyOf, lengthenHistory } from "./zeek_rare";

export const LETTER_A: u32 = 0x41;
export const LETTER_C: u32 = 0x43;
export const LETTER_D: u32 = 0x44;
export const LETTER_F: u32 = 0x46;
export const LETTER_G: u32 = 0x47;
export const LETTER_H: u32 = 0x48;
export const LETTER_I: u32 = 0x49;
export const LETTER_Q: u32 = 0x51;
export const LETTER_R: u32 = 0x52;
export const LETTER_S: u32 = 0x53;
export const LETTER_T: u32 = 0x54;
export const LETTER_W: u32 = 0x57;
const LETTER_X: u32 = 0x58;
const FLIP: u32 = 0x5e;
const LOWER: u32 = 0x20;

@inline export function endBits(end: usize): u32 { return <u32>load<u16>(end, ZEEK_END_BITS); }
@inline export function addEndBits(end: usize, bits: u32): void {
  store<u16>(end, load<u16>(end, ZEEK_END_BITS) | <u16>bits, ZEEK_END_BITS);
}
@inline export function zeekBits(record: usize): u32 { return <u32>load<u16>(record, ZEEK_BITS); }
@inline export function addZeekBits(record: usize, bits: u32): void {
  store<u16>(record, load<u16>(record, ZEEK_BITS) | <u16>bits, ZEEK_BITS);
}
@inline export function clearZeekBits(record: usize, bits: u32): void {
  store<u16>(record, load<u16>(record, ZEEK_BITS) & ~<u16>bits, ZEEK_BITS);
}

/** The originator's side, 0 or 1. */
@inline export function originatorSide(record: usize): u32 { return zeekBits(record) & ZEEK_BIT_ORIGINATOR_HIGH; }
/** The end that is side 0 or 1 of the key. */
@inline export function endOf(record: usize, side: u32): usize {
  return record + ZEEK_SIDES + <usize>side * ZEEK_SIDE_SIZE;
}
@inline export function originatorOf(record: usize): usize { return endOf(record, originatorSide(record)); }
@inline export function responderOf(record: usize): usize { return endOf(record, originatorSide(record) ^ 1); }

function addCharacter(record: usize, character: u32): void {
  const length = <u32>load<u8>(record, ZEEK_HISTORY);
  if (length >= <u32>ZEEK_SHORT_MAX) {
    addToLong(record, length, character);
    return;
  }
  store<u8>(record + length, <u8>character, ZEEK_HISTORY + TEXT_VALUE_HEADER);
  store<u8>(record, <u8>(length + 1), ZEEK_HISTORY);
}

@cold function addToLong(record: usize, length: u32, character: u32): void {
  if (length > <u32>ZEEK_HISTORY_MAX) return;
  if (length == ZEEK_SHORT_MAX) lengthenHistory(record);
  store<u8>(record, <u8>(length + 1), ZEEK_HISTORY);
  const long = historyOf(record);
  store<u8>(long + length, <u8>(length < <u32>ZEEK_HISTORY_MAX ? character : LETTER_X), TEXT_VALUE_HEADER);
  store<u8>(long, <u8>(length + 1));
}

/** Adds a letter of this end of the connection. */
export function addLetter(record: usize, end: usize, letter: u32): void {
  addCharacter(record, end == originatorOf(record) ? letter : letter | LOWER);
}

/** The same the first time; `bit` is ZEEK_END_ of the letter. */
@inline export function addOnce(record: usize, end: usize, bit: u32, letter: u32): void {
  if ((endBits(end) & bit) != 0) return;
  addEndBits(end, bit);
  addLetter(record, end, letter);
}

/** The same at the 1st, 10th, 100th time; `counter` is its ZEEK_COUNT_. */
export function addScaled(record: usize, end: usize, counter: usize, letter: u32): void {
  const before = load<u8>(end + counter, ZEEK_FURTHER + ZEEK_COUNTS);
  if (before == u8.MAX_VALUE || (endBits(end) & ZEEK_END_MANY) != 0) {
    const gaps = <u32>load<u16>(gapsAt(record, sideOf(record, end)));
    if (isPowerOfTen(countMany(end, counter, gaps))) addLetter(record, end, letter);
    return;
  }
  store<u8>(end + counter, before + 1, ZEEK_FURTHER + ZEEK_COUNTS);
  if (before == 0 || before == 9 || before == 99) addLetter(record, end, letter);
}

/** Which side of the key an end is: 0 or 1. */
@inline export function sideOf(record: usize, end: usize): u32 { return u32(end != endOf(record, 0)); }
/** Where the gaps of the end that is side 0 or 1 of the key are counted. */
@inline export function gapsAt(record: usize, side: u32): usize { return record + ZEEK_GAPS + (<usize>side << 1); }

/** A gap of the end that is side 0 or 1 of the key, as addScaled. */
export function addGap(record: usize, side: u32): void {
  const end = endOf(record, side);
  const count = gapsAt(record, side);
  const before = <u32>load<u16>(count);
  let gaps = before + 1;
  if (before == u16.MAX_VALUE || (endBits(end) & ZEEK_END_MANY) != 0) gaps = countMany(end, ZEEK_COUNT_GAP, before);
  else store<u16>(count, <u16>gaps);
  if (isPowerOfTen(gaps)) addLetter(record, end, LETTER_G);
}

function isPowerOfTen(number: u32): bool {
  while (number % 10 == 0) number /= 10;
  return number == 1;
}

/** Originator and responder change places. */
export function flip(record: usize): void {
  const bits = zeekBits(record) ^ ZEEK_BIT_ORIGINATOR_HIGH;
  store<u16>(record, <u16>(bits & ~ZEEK_BIT_PARTIAL), ZEEK_BITS);
  addCharacter(record, FLIP);
}

/** Has only a SYN+ACK of the originator been seen? */
@inline export function isLoneSynAck(record: usize): bool {
  // Mostly the history need not be read.
  if (((endBits(endOf(record, 0)) | endBits(endOf(record, 1))) & (ZEEK_END_A | ZEEK_END_D)) != 0) return false;
  return load<u16>(record, ZEEK_HISTORY) == (LETTER_H << 8 | 1);
}

/** It was the responder's answer, as what comes now shows. */
export function flipSynAck(record: usize): void {
  flip(record);
  store<u16>(record, FLIP << 8, ZEEK_HISTORY);
  store<u8>(record, <u8>(LETTER_H | LOWER), ZEEK_HISTORY + 2);
  store<u8>(record, 2, ZEEK_HISTORY);
}
