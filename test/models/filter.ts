/**
 * The filters `ip`, `ip6` and `ip or ip6` as libpcap compiles them: what the link header announces, no VLAN tag
 * followed.
 */

import type { CapturedFrame } from './capture.ts';

/** A predicate for `flowsOf`. `''` and undefined let everything through. @throws {RangeError} for any other text */
export function etherTypeFilter(text: string | undefined): (record: CapturedFrame) => boolean {
  switch (text) {
    case undefined:
    case '':
      return () => true;
    case 'ip':
      return (record) => announced(record) === 4;
    case 'ip6':
      return (record) => announced(record) === 6;
    case 'ip or ip6':
      return (record) => announced(record) !== undefined;
    default:
      throw new RangeError(`the model has no filter "${text}"`);
  }
}

const VERSIONS = new Map<number, 4 | 6>([
  [0x0800, 4],
  [0x86dd, 6],
]);

/** IP version by the link header. @throws {RangeError} for link types that the model does not filter */
function announced({ linkType, bytes }: CapturedFrame): 4 | 6 | undefined {
  const u16 = (at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  switch (linkType) {
    case 1:
      return VERSIONS.get(u16(12));
    case 113:
      return VERSIONS.get(u16(14));
    case 276:
      return VERSIONS.get(u16(0));
    case 12:
    case 14:
    case 101:
      return nibble(bytes[0]);
    default:
      throw new RangeError(`the model does not filter link type ${linkType}`);
  }
}

const nibble = (first = 0): 4 | 6 | undefined => (first >> 4 === 4 ? 4 : first >> 4 === 6 ? 6 : undefined);
