/** Times as ISO 8601 has them: `2023-11-14T22:13:20.560000000Z`. Years have four digits, as the last one is 2554. */
import { putPadded } from "./digits";

const SECOND_NS: u64 = 1000000000;
const DAY_S: u64 = 86400;
/** Days from the 1st of March 0 to the epoch, in the Gregorian calendar. */
const EPOCH_DAY: u32 = 719468;
const DAYS_400_YEARS: u32 = 146097;
const DASH: u32 = 0x2d;
const LETTER_T: u32 = 0x54;
const COLON: u32 = 0x3a;
const POINT: u32 = 0x2e;
const LETTER_Z: u32 = 0x5a;

/** Writes at `to` and returns the address behind the text. */
export function putIsoTime(to: usize, time: u64): usize {
  const seconds = time / SECOND_NS;
  const days = <u32>(seconds / DAY_S);
  const rest = <u32>(seconds - <u64>days * DAY_S);
  to = putDate(to, days);
  to = putPadded(to, rest / 3600, 2, COLON);
  to = putPadded(to, rest / 60 % 60, 2, COLON);
  to = putPadded(to, rest % 60, 2, POINT);
  return putPadded(to, <u32>(time % SECOND_NS), 9, LETTER_Z);
}

/** Years are counted from March on, so that a leap day is the last of its year. */
function putDate(to: usize, days: u32): usize {
  const shifted = days + EPOCH_DAY;
  const era = shifted / DAYS_400_YEARS;
  const day = shifted - era * DAYS_400_YEARS;
  const year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
  const dayOfYear = day - (365 * year + year / 4 - year / 100);
  // Months of 31, 30, 31, 30, 31 days: 153 in all.
  const fromMarch = (5 * dayOfYear + 2) / 153;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  to = putPadded(to, year + era * 400 + <u32>(month <= 2), 4, DASH);
  to = putPadded(to, month, 2, DASH);
  return putPadded(to, dayOfYear - (153 * fromMarch + 2) / 5 + 1, 2, LETTER_T);
}
