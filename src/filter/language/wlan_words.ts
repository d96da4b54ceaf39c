/** Names of 802.11 frame types, IEEE 802.11 frame control field, and of LLC control fields, IEEE 802.2. */

export const WLAN_TYPE_MASK = 0x0c;
export const WLAN_SUBTYPE_MASK = 0xf0;
export const WLAN_TYPE_SUBTYPE_MASK = 0xfc;

const MANAGEMENT = 0x00;
const CONTROL = 0x04;
const DATA = 0x08;

export const WLAN_TYPES: ReadonlyMap<string, number> = new Map([
  ['data', DATA],
  ['mgt', MANAGEMENT],
  ['management', MANAGEMENT],
  ['ctl', CONTROL],
  ['control', CONTROL],
]);

/** Subtype names of each type; looked up in this order when the type is not given. */
export const WLAN_SUBTYPES: ReadonlyMap<number, ReadonlyMap<string, number>> = new Map([
  [
    MANAGEMENT,
    new Map([
      ['assocreq', 0x00],
      ['assoc-req', 0x00],
      ['assocresp', 0x10],
      ['assoc-resp', 0x10],
      ['reassocreq', 0x20],
      ['reassoc-req', 0x20],
      ['reassocresp', 0x30],
      ['reassoc-resp', 0x30],
      ['probereq', 0x40],
      ['probe-req', 0x40],
      ['proberesp', 0x50],
      ['probe-resp', 0x50],
      ['beacon', 0x80],
      ['atim', 0x90],
      ['disassoc', 0xa0],
      ['disassociation', 0xa0],
      ['auth', 0xb0],
      ['authentication', 0xb0],
      ['deauth', 0xc0],
      ['deauthentication', 0xc0],
    ]),
  ],
  [
    CONTROL,
    new Map([
      ['ps-poll', 0xa0],
      ['rts', 0xb0],
      ['cts', 0xc0],
      ['ack', 0xd0],
      ['cf-end', 0xe0],
      ['cf-end-ack', 0xf0],
    ]),
  ],
  [
    DATA,
    new Map([
      ['data', 0x00],
      ['data-cf-ack', 0x10],
      ['data-cf-poll', 0x20],
      ['data-cf-ack-poll', 0x30],
      ['null', 0x40],
      ['cf-ack', 0x50],
      ['cf-poll', 0x60],
      ['cf-ack-poll', 0x70],
      ['qos-data', 0x80],
      ['qos-data-cf-ack', 0x90],
      ['qos-data-cf-poll', 0xa0],
      ['qos-data-cf-ack-poll', 0xb0],
      ['qos', 0xc0],
      ['qos-cf-poll', 0xe0],
      ['qos-cf-ack-poll', 0xf0],
    ]),
  ],
]);

export const WLAN_DIRECTIONS: ReadonlyMap<string, number> = new Map([
  ['nods', 0],
  ['tods', 1],
  ['fromds', 2],
  ['dstods', 3],
]);

/** How the control byte identifies an LLC type: value and mask. */
export const LLC_TYPES: ReadonlyMap<string, { readonly value: number; readonly mask: number }> = new Map([
  ['i', { value: 0x00, mask: 0x01 }],
  ['s', { value: 0x01, mask: 0x03 }],
  ['u', { value: 0x03, mask: 0x03 }],
  ['rr', { value: 0x01, mask: 0x0f }],
  ['rnr', { value: 0x05, mask: 0x0f }],
  ['rej', { value: 0x09, mask: 0x0f }],
  ['ui', { value: 0x03, mask: 0xef }],
  ['ua', { value: 0x63, mask: 0xef }],
  ['disc', { value: 0x43, mask: 0xef }],
  ['dm', { value: 0x0f, mask: 0xef }],
  ['sabme', { value: 0x6f, mask: 0xef }],
  ['test', { value: 0xe3, mask: 0xef }],
  ['xid', { value: 0xaf, mask: 0xef }],
  ['frmr', { value: 0x87, mask: 0xef }],
]);
