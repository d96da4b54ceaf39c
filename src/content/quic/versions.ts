/**
 * QUIC versions whose Initial packets can be opened: salts and labels of RFC 9001 §5.2, RFC 9369 §3.3 and the drafts.
 */

export interface QuicVersion {
  readonly salt: Uint8Array;
  /** Long header type of an Initial packet. */
  readonly initialType: number;
  readonly labels: { readonly key: string; readonly iv: string; readonly hp: string };
}

const bytesOf = (text: string): Uint8Array =>
  new Uint8Array(text.length / 2).map((_, n) => parseInt(text.slice(n * 2, n * 2 + 2), 16));

const LABELS = { key: 'quic key', iv: 'quic iv', hp: 'quic hp' };
const SALT_1 = bytesOf('38762cf7f55934b34d179ae6a4c80cadccbb7f0a');

const VERSION_1: QuicVersion = { salt: SALT_1, initialType: 0, labels: LABELS };
const VERSION_2: QuicVersion = {
  salt: bytesOf('0dede3def700a6db819381be6e269dcbf9bd2ed9'),
  initialType: 1,
  labels: { key: 'quicv2 key', iv: 'quicv2 iv', hp: 'quicv2 hp' },
};
const DRAFTS_29_TO_32: QuicVersion = { ...VERSION_1, salt: bytesOf('afbfec289993d24c9e9786f19c6111e04390a899') };
const DRAFTS_23_TO_28: QuicVersion = { ...VERSION_1, salt: bytesOf('c3eef712c72ebb5a11a7d2432bb46365bef9f502') };

/** Undefined: its packets cannot be opened. */
export function quicVersion(version: number): QuicVersion | undefined {
  if (version === 1) return VERSION_1;
  if (version === 0x6b3343cf) return VERSION_2;
  const draft = version - 0xff000000;
  if (draft >= 0x17 && draft <= 0x1c) return DRAFTS_23_TO_28;
  if (draft >= 0x1d && draft <= 0x20) return DRAFTS_29_TO_32;
  if (draft === 0x21 || draft === 0x22) return VERSION_1;
  return undefined;
}

/** Any IETF draft, and the versions `?a?a?a?a` that are reserved to exercise negotiation (RFC 9000 §15). */
export const isUnopenableIetf = (version: number): boolean =>
  (version > 0xff000000 && version <= 0xff0000ff) || (version & 0x0f0f0f0f) === 0x0a0a0a0a;

/** Google QUIC `Q0dd` and `T0dd`, Facebook's `mvfst` versions `facebxxx` (4 bytes `face b00x`). */
export function isVendorVersion(version: number): boolean {
  const letter = version >>> 24;
  const google = (letter === 0x51 || letter === 0x54) && ((version >>> 16) & 0xff) === 0x30;
  return (google && isDigit((version >>> 8) & 0xff) && isDigit(version & 0xff)) || version >>> 4 === 0xfaceb00;
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
