/** Names of link types as `tcpdump -y` knows them, for the command line. */
const LINK_TYPES: Readonly<Record<string, number>> = {
  NULL: 0,
  EN10MB: 1,
  ETHERNET: 1,
  PPP: 9,
  RAW: 101,
  PPP_SERIAL: 50,
  PPP_HDLC: 50,
  PPP_ETHER: 51,
  C_HDLC: 104,
  IEEE802_11: 105,
  LOOP: 108,
  LINUX_SLL: 113,
  IEEE802_11_RADIO: 127,
  IEEE802_11_RADIOTAP: 127,
  PPI: 192,
  PPP_WITH_DIR: 204,
  PPP_WITH_DIRECTION: 204,
  IPV4: 228,
  IPV6: 229,
  LINUX_SLL2: 276,
};

/**
 * The LINKTYPE_ value of a name (any case, with or without LINKTYPE_ or DLT_ in front) or a number.
 * @throws {RangeError}
 */
export function linkTypeNamed(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const linkType = LINK_TYPES[text.toUpperCase().replace(/^(LINKTYPE|DLT)_/, '')];
  if (linkType === undefined) {
    throw new RangeError(
      `link type ${text} is not known; it must be a number or one of ${Object.keys(LINK_TYPES).join(', ')}`,
    );
  }
  return linkType;
}
