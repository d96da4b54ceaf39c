/** Where each link type keeps what filters look at. Numbers are LINKTYPE_ values, tcpdump.org/linktypes.html. */
import {
  LINKTYPE_APPLE_IP_OVER_IEEE1394,
  LINKTYPE_ARCNET,
  LINKTYPE_ARCNET_LINUX,
  LINKTYPE_ATM_CLIP,
  LINKTYPE_ATM_RFC1483,
  LINKTYPE_C_HDLC,
  LINKTYPE_DSA_TAG_BRCM,
  LINKTYPE_DSA_TAG_BRCM_PREPEND,
  LINKTYPE_DSA_TAG_DSA,
  LINKTYPE_DSA_TAG_EDSA,
  LINKTYPE_ENC,
  LINKTYPE_ETHERNET,
  LINKTYPE_FDDI,
  LINKTYPE_FRELAY,
  LINKTYPE_IEEE802_11,
  LINKTYPE_IEEE802_11_AVS,
  LINKTYPE_IEEE802_11_RADIOTAP,
  LINKTYPE_IEEE802_5,
  LINKTYPE_IPNET,
  LINKTYPE_IPOIB,
  LINKTYPE_IPV4,
  LINKTYPE_IPV6,
  LINKTYPE_IP_OVER_FC,
  LINKTYPE_JUNIPER_ETHER,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_LOOP,
  LINKTYPE_LTALK,
  LINKTYPE_NETANALYZER,
  LINKTYPE_NETANALYZER_TRANSPARENT,
  LINKTYPE_NULL,
  LINKTYPE_PFLOG,
  LINKTYPE_PPI,
  LINKTYPE_PPP,
  LINKTYPE_PPP_BSDOS,
  LINKTYPE_PPP_ETHER,
  LINKTYPE_PPP_HDLC,
  LINKTYPE_PPP_PPPD,
  LINKTYPE_PRISM_HEADER,
  LINKTYPE_RAW,
  LINKTYPE_RAW_BSD,
  LINKTYPE_RAW_OPENBSD,
  LINKTYPE_SLIP,
  LINKTYPE_SLIP_BSDOS,
  LINKTYPE_SYMANTEC_FIREWALL,
} from '../../../assembly/wire/numbers.ts';
import { syntaxError } from '../language/error.ts';

/** How a link type identifies its payload. */
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

/** A header of variable length in front of an 802.11 header; of pflog in front of IP. */
export type RadioHeader = 'radiotap' | 'ppi' | 'avs' | 'prism' | 'pflog';

/** Offset that a link type does not have. */
const NO_OFFSET = 0xffffffff;

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
  [LINKTYPE_NULL, layout('null', 0, 4)],
  [LINKTYPE_ETHERNET, layout('ethernet', 12, 14, 0, 3)],
  [LINKTYPE_IEEE802_5, layout('llc', 14, 14, 8, 3)],
  [LINKTYPE_ARCNET, layout('arcnet', 2, 6)],
  [LINKTYPE_SLIP, layout('raw', NO_OFFSET, 16)],
  [LINKTYPE_PPP, PPP],
  [LINKTYPE_FDDI, layout('llc', 13, 13, 8, 3)],
  [LINKTYPE_RAW_BSD, RAW],
  [LINKTYPE_RAW_OPENBSD, RAW],
  [LINKTYPE_PPP_HDLC, PPP],
  [LINKTYPE_PPP_ETHER, layout('ppp', 6, 8)],
  [LINKTYPE_SYMANTEC_FIREWALL, layout('ethertype', 6, 44)],
  [LINKTYPE_ATM_RFC1483, layout('llc', 0, 0, 8, 3)],
  [LINKTYPE_RAW, RAW],
  [LINKTYPE_SLIP_BSDOS, layout('raw', NO_OFFSET, 24)],
  [LINKTYPE_PPP_BSDOS, layout('ppp bsdos', 5, 24)],
  [LINKTYPE_C_HDLC, layout('chdlc', 2, 4)],
  [LINKTYPE_IEEE802_11, WIFI],
  [LINKTYPE_ATM_CLIP, layout('llc', 0, 0, 8, 3)],
  [LINKTYPE_FRELAY, layout('frame relay', NO_OFFSET, 4)],
  [LINKTYPE_LOOP, layout('loop', 0, 4)],
  [LINKTYPE_ENC, layout('null', 0, 12)],
  [LINKTYPE_LINUX_SLL, layout('sll', 14, 16)],
  [LINKTYPE_LTALK, layout('localtalk', NO_OFFSET, 0)],
  [LINKTYPE_PFLOG, { ...RAW, payload: 0, radio: 'pflog' }],
  [LINKTYPE_PRISM_HEADER, { ...WIFI, radio: 'prism' }],
  [LINKTYPE_IP_OVER_FC, layout('llc', 16, 16, 8, 3)],
  [LINKTYPE_IEEE802_11_RADIOTAP, { ...WIFI, radio: 'radiotap' }],
  [LINKTYPE_ARCNET_LINUX, layout('arcnet', 4, 8)],
  [LINKTYPE_APPLE_IP_OVER_IEEE1394, layout('ethertype', 16, 18)],
  [LINKTYPE_IEEE802_11_AVS, { ...WIFI, radio: 'avs' }],
  [LINKTYPE_PPP_PPPD, PPP],
  [LINKTYPE_JUNIPER_ETHER, layout('netanalyzer', 16, 18, 0, 3, 4)],
  [LINKTYPE_PPI, { ...WIFI, radio: 'ppi' }],
  [LINKTYPE_IPNET, layout('ipnet', 1, 24, 0, NO_OFFSET)],
  [LINKTYPE_IPV4, layout('ipv4', NO_OFFSET, 0)],
  [LINKTYPE_IPV6, layout('ipv6', NO_OFFSET, 0)],
  [LINKTYPE_NETANALYZER, layout('netanalyzer', 16, 18, 0, 3, 4)],
  [LINKTYPE_NETANALYZER_TRANSPARENT, layout('netanalyzer', 24, 26, 0, 3, 12)],
  [LINKTYPE_IPOIB, layout('ethertype', 40, 44)],
  [LINKTYPE_LINUX_SLL2, layout('ethertype', 0, 20)],
  [LINKTYPE_DSA_TAG_BRCM, layout('ethernet', 16, 18, 0, 3)],
  [LINKTYPE_DSA_TAG_BRCM_PREPEND, layout('netanalyzer', 16, 18, 0, 3, 4)],
  [LINKTYPE_DSA_TAG_DSA, layout('ethernet', 16, 18, 0, 3)],
  [LINKTYPE_DSA_TAG_EDSA, layout('ethernet', 20, 22, 0, 3)],
]);

/**
 * Link types of which only bytes and lengths are tested, though their headers are known: ATM with its pseudo-header,
 * most of Juniper's, NFLOG and PKTAP.
 */
const LEFT_OUT: ReadonlySet<number> = new Set([
  123, 130, 131, 132, 133, 134, 135, 136, 137, 141, 142, 144, 145, 146, 165, 179, 180, 181, 182, 183, 194, 200, 222,
  223, 233, 234, 238, 239, 258,
]);

/** Are tests of protocols left out for the link type? */
export function isLeftOut(linkType: number): boolean {
  return LEFT_OUT.has(linkType);
}

const OPAQUE = layout('opaque', NO_OFFSET, NO_OFFSET, NO_OFFSET, NO_OFFSET);

/** The numbers in use for link types of their own. */
const ASSIGNED_MIN = 104;
const ASSIGNED_MAX = 299;

/** The layout of a link type. @throws {FilterError} when the number stands for none */
export function linkLayout(linkType: number): LinkLayout {
  const known = LAYOUTS.get(linkType);
  if (known !== undefined) return known;
  if (linkType < ASSIGNED_MIN || linkType > ASSIGNED_MAX) throw syntaxError(`unknown data link type ${linkType}`);
  return OPAQUE;
}
