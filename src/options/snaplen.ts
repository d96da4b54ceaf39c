/** How many bytes of each frame are kept when nobody has said so: as few as the fields that are asked for need. */
import { hasGroup, wantsPayload } from '../flow/groups.ts';
import type { WithName } from '../flow/groups.ts';
import { IDENTIFY_SNAPLEN, LIVE_SNAPLEN, SNAPLEN_MAX } from './flow_options.ts';

export interface SnaplenNeeds {
  readonly with?: readonly WithName[] | undefined;
  readonly checksums?: 'ignore' | 'drop' | undefined;
}

/**
 * A frame that is cut here is cut for all that comes later: to the group `zeek` its payload is missing, and its
 * checksum is not known. TCP needs its options.
 * @param usual bytes when no group asks for more
 */
export function neededSnaplen({ with: groups, checksums }: SnaplenNeeds, usual: number): number {
  if (hasGroup(groups, 'zeek') || checksums === 'drop') return SNAPLEN_MAX;
  if (wantsPayload(groups)) return IDENTIFY_SNAPLEN;
  return hasGroup(groups, 'tcp') ? Math.max(usual, LIVE_SNAPLEN) : usual;
}
