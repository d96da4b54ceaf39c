/** Where each link type keeps what filters look at. Numbers are LINKTYPE_ values, tcpdump.org/linktypes.html. */
import { syntaxError, unsupported } from '../language/error.ts';

/** How a link type tells what it carries. */
export type LinkFamily =
  | 'ethernet'
  | 'netanalyzer'
  | 'wifi'
  | 'llc'
  | 'chdlc'
  | 'sll'
  | 'raw'
  | 'ipv4'
  | 'ipv6'
  | 'ppp'
  | 'ppp bsdos'
  | 'null'
  | 'loop'
  | 'arcnet'
  | 'localtalk'
  | 'frame relay'
  | 'ipnet'
  /** An EtherType at the type offset. */
  | 'ethertype'
  /** Only offsets from the start of the frame have a meaning. */
  | 'opaque';

/** A header of variable length in front of an 802.11 header. */
export type RadioHeader = 'radiotap' | 'ppi' | 'avs' | 'prism';

/** Offset that a link type does not have. */
export const NO_OFFSET = 0xffffffff;

/** Offsets in bytes from the start of the frame; the two network offsets from the start of the payload. */
export interface LinkLayout {
  readonly family: LinkFamily;
  readonly header: number;
  readonly type: number;
  readonly payload: number;
  /** Network header after Ethernet II or SNAP. */
  readonly network: number;
  /** Network header after plain LLC. */
  readonly networkNoSnap: number;
  readonly radio?: RadioHeader;
}

/** The link types that may have a name of their own in messages and tests. */
export const LINKTYPE = {
  null: 0,
  ethernet: 1,
  ieee802: 6,
  arcnet: 7,
  slip: 8,
  ppp: 9,
  fddi: 10,
  pppHdlc: 50,
  pppEther: 51,
  chdlc: 104,
  ieee80211: 105,
  loop: 108,
  sll: 113,
  pppPppd: 166,
  ppi: 192,
  ipnet: 226,
  sll2: 276,
} as const;

function layout(
  family: LinkFamily,
  type: number,
  payload: number,
  network = 0,
  networkNoSnap = 0,
  header = 0,
): LinkLayout {
  return { family, header, type, payload, network, networkNoSnap };
}

const WIFI = layout('wifi', 24, 0, 8, 3);
const RAW = layout('raw', NO_OFFSET, 0);
const PPP = layout('ppp', 2, 4);

const LAYOUTS = new Map<number, LinkLayout>([
  [0, layout('null', 0, 4)],
  [1, layout('ethernet', 12, 14, 0, 3)],
  [6, layout('llc', 14, 14, 8, 3)],
  [7, layout('arcnet', 2, 6)],
  [8, layout('raw', NO_OFFSET, 16)],
  [9, PPP],
  [10, layout('llc', 13, 13, 8, 3)],
  [12, RAW],
  [14, RAW],
  [50, PPP],
  [51, layout('ppp', 6, 8)],
  [99, layout('ethertype', 6, 44)],
  [100, layout('llc', 0, 0, 8, 3)],
  [101, RAW],
  [102, layout('raw', NO_OFFSET, 24)],
  [103, layout('ppp bsdos', 5, 24)],
  [104, layout('chdlc', 2, 4)],
  [105, WIFI],
  [106, layout('llc', 0, 0, 8, 3)],
  [107, layout('frame relay', NO_OFFSET, 0)],
  [108, layout('loop', 0, 4)],
  [109, layout('null', 0, 12)],
  [113, layout('sll', 14, 16)],
  [114, layout('localtalk', NO_OFFSET, 0)],
  [119, { ...WIFI, radio: 'prism' }],
  [122, layout('llc', 16, 16, 8, 3)],
  [127, { ...WIFI, radio: 'radiotap' }],
  [129, layout('arcnet', 4, 8)],
  [138, layout('ethertype', 16, 18)],
  [163, { ...WIFI, radio: 'avs' }],
  [166, PPP],
  [192, { ...WIFI, radio: 'ppi' }],
  [226, layout('ipnet', 1, 24, 0, NO_OFFSET)],
  [228, layout('ipv4', NO_OFFSET, 0)],
  [229, layout('ipv6', NO_OFFSET, 0)],
  [240, layout('netanalyzer', 16, 18, 0, 3, 4)],
  [241, layout('netanalyzer', 24, 26, 0, 3, 12)],
  [276, layout('ethertype', 0, 20)],
]);

/** Link types whose special cases are not compiled: ATM with its pseudo-header, pf logs, Juniper's. */
const LEFT_OUT: ReadonlySet<number> = new Set([
  117, 123, 130, 131, 132, 133, 134, 135, 136, 137, 141, 142, 144, 145, 146, 165, 178, 179, 180, 181, 182, 183, 194,
  200, 222, 223, 233, 234, 238,
]);

const OPAQUE = layout('opaque', NO_OFFSET, NO_OFFSET, NO_OFFSET, NO_OFFSET);

/** The numbers in use for link types of their own. */
const ASSIGNED_MIN = 104;
const ASSIGNED_MAX = 299;

/** The layout of a link type. @throws {FilterError} when the number stands for none, or for one that is left out */
export function linkLayout(linkType: number): LinkLayout {
  const known = LAYOUTS.get(linkType);
  if (known !== undefined) return known;
  if (LEFT_OUT.has(linkType)) throw unsupported(`filters are not compiled for link type ${linkType}`);
  if (linkType < ASSIGNED_MIN || linkType > ASSIGNED_MAX) throw syntaxError(`unknown data link type ${linkType}`);
  return OPAQUE;
}
