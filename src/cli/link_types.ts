/** Link types on the command line. */
import { linkTypeNamed, linkTypeNames } from '../flow/link_types.ts';

/**
 * The LINKTYPE_ value of a name (any case, with or without LINKTYPE_ or DLT_ in front) or a number.
 * @throws {RangeError}
 */
export function parseLinkType(text: string): number {
  const linkType = /^\d+$/.test(text) ? Number(text) : linkTypeNamed(text);
  if (linkType === undefined) {
    throw new RangeError(`link type ${text} is not known; it must be a number or one of ${linkTypeNames().join(', ')}`);
  }
  return linkType;
}
