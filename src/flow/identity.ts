/** What the first packets of a flow say about it: the record, its fields and its options. */

import type { FirstPayloadBit } from './first_payload.ts';

/** Evidence for the application: one side's content, both sides' content, only the port, only the DNS name. */
export type AppBy = 'content' | 'handshake' | 'port' | 'dns';

/**
 * 3: both directions match, or a checksum or decryption proves it. 2: a strong signature or a full parse. 1: weak. 0:
 * port.
 */
export type AppConfidence = 0 | 1 | 2 | 3;

/**
 * What limits the verdict. `midstream`: no SYN was seen. `prefixGap`: too many holes. `prefixFull`: the limit of bytes
 * or time was reached. `truncated`: the capture cut packets. `poolEmpty`: no memory for the prefix. `malformed`: a
 * message broke its own rules. `prefixConflict`: overlapping segments had different bytes.
 */
export type IdBit = FirstPayloadBit | 'malformed';

/** First lines that the two sides sent, at most 255 bytes each. */
export interface Banner {
  readonly client: string | null;
  readonly server: string | null;
}

/** Values of one protocol, at most 16 keys. */
export type Details = Readonly<Record<string, string | number | boolean>>;

/** Fields that a protocol's parser can fill; null: not seen, or not of this protocol. */
export interface ContentFields {
  /** TLS server name (SNI) or HTTP host without port; lower case, at most 253 bytes. */
  readonly serverName: string | null;
  /** Application protocols that the TLS client offered (RFC 7301). */
  readonly alpn: readonly string[] | null;
  /** The one that the server chose, where it is readable (TLS 1.2 and before). */
  readonly alpnChosen: string | null;
  /** Version that the TLS server chose, 4 hexadecimal digits (`0303` is TLS 1.2, `0304` TLS 1.3). */
  readonly tlsVersion: string | null;
  /** Cipher suite that the TLS server chose, 4 hexadecimal digits (IANA registry). */
  readonly tlsCipher: string | null;
  /** Fingerprint of the ClientHello (salesforce/ja3), 32 hexadecimal digits. */
  readonly ja3: string | null;
  /** Fingerprint of the ClientHello (FoxIO JA4), 36 characters. */
  readonly ja4: string | null;
  /** Fingerprint of the ServerHello (salesforce/ja3), 32 hexadecimal digits. */
  readonly ja3s: string | null;
  /** Common name of the server's certificate; TLS 1.2 and before only. Not verified. */
  readonly certSubject: string | null;
  /** dNSNames of the server's certificate, at most 16. Not verified. */
  readonly certNames: readonly string[] | null;
  /** QUIC version, 8 hexadecimal digits (RFC 9000 §15). */
  readonly quicVersion: string | null;
  /** Name in the first DNS question. */
  readonly dnsQuery: string | null;
  /** Type of the first DNS question: its name, or `TYPEn` (RFC 3597). */
  readonly dnsType: string | null;
  /** Response code of the first DNS response, 0..15. */
  readonly dnsRcode: number | null;
  /** Addresses in the first DNS response, at most 16. */
  readonly dnsAnswers: readonly string[] | null;
  /** DNS questions seen in the first packets. */
  readonly dnsQueries: number | null;
  readonly httpMethod: string | null;
  /** Path of the first request; without its query unless `httpQuery` is on. */
  readonly httpPath: string | null;
  readonly httpUserAgent: string | null;
  /** Status of the first final response. */
  readonly httpStatus: number | null;
  readonly httpContentType: string | null;
  readonly banner: Banner | null;
  /** Fingerprints of the SSH key exchange offers (salesforce/hassh), 32 hexadecimal digits. */
  readonly hassh: string | null;
  readonly hasshServer: string | null;
}

/** Everything that is known about one flow's content. */
export interface Identity extends ContentFields {
  /** Application protocol in lower case; null when not known. */
  readonly app: string | null;
  readonly appBy: AppBy | null;
  readonly appConfidence: AppConfidence | null;
  /** Names that earlier DNS answers of the capture gave the destination address, newest first. */
  readonly peerNames: readonly string[] | null;
  readonly details: Details | null;
  readonly idBits: readonly IdBit[];
}

const NO_FIELDS: ContentFields = {
  serverName: null,
  alpn: null,
  alpnChosen: null,
  tlsVersion: null,
  tlsCipher: null,
  ja3: null,
  ja4: null,
  ja3s: null,
  certSubject: null,
  certNames: null,
  quicVersion: null,
  dnsQuery: null,
  dnsType: null,
  dnsRcode: null,
  dnsAnswers: null,
  dnsQueries: null,
  httpMethod: null,
  httpPath: null,
  httpUserAgent: null,
  httpStatus: null,
  httpContentType: null,
  banner: null,
  hassh: null,
  hasshServer: null,
};

/** What is known of an identity, in any order: members that would be null or an empty list are left out. */
export type KnownIdentity = { readonly [Name in keyof Identity]?: NonNullable<Identity[Name]> };

const UNKNOWN: Identity = {
  app: null,
  appBy: null,
  appConfidence: null,
  ...NO_FIELDS,
  peerNames: null,
  details: null,
  idBits: [],
};

/** Its members in the order of records. */
export const IDENTITY_NAMES = Object.keys(UNKNOWN) as readonly (keyof Identity)[];

/** With null for what is not known. */
export const wholeIdentity = (known: KnownIdentity): Identity => ({ ...UNKNOWN, ...known });

/** Most keys in `details`, most names in `certNames`, most addresses in `dnsAnswers`. */
export const LIST_MAX = 16;

export interface IdentifyOptions {
  /** User names, login names and directory names in `details`; passwords and cookies never. Default false. */
  readonly secrets?: boolean;
  /** Keep the query of HTTP paths. Default false. */
  readonly httpQuery?: boolean;
  /** Name the responder's port when the content says nothing. Default true. */
  readonly portGuess?: boolean;
  /** Only these protocols; default all. */
  readonly apps?: ReadonlySet<string>;
}
