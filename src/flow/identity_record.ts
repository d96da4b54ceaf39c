/** Written by `npm run docs:schema` from identity_schema.ts: change that, not this file. */

export type AppBy = 'content' | 'handshake' | 'port';

export type AppConfidence = 0 | 1 | 2 | 3;

export type IdBit =
  | 'midstream'
  | 'prefixGap'
  | 'prefixFull'
  | 'truncated'
  | 'poolEmpty'
  | 'prefixConflict'
  | 'malformed';

/** First lines that the two sides sent. */
export interface Banner {
  readonly client: string | null;
  readonly server: string | null;
}

/** Values of one protocol. */
export type Details = Readonly<Record<string, string | number | boolean>>;

/** What a flow is, from its first bytes. What is not known is null. */
export interface Identity {
  /** Application protocol in lower case. */
  readonly app: string | null;
  /**
   * Evidence for the application. `content`: one side's content. `handshake`: both sides' content. `port`: only the
   * port of the responder.
   */
  readonly appBy: AppBy | null;
  /**
   * How sure that is. 3: both directions match, or a checksum or decryption proves it. 2: a strong signature or a full
   * parse. 1: weak structure. 0: a port.
   */
  readonly appConfidence: AppConfidence | null;
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
  /** Method of the first HTTP request. */
  readonly httpMethod: string | null;
  /** Path of the first request; without its query unless `httpQuery` is on. */
  readonly httpPath: string | null;
  /** User agent of the first request. */
  readonly httpUserAgent: string | null;
  /** Status of the first final response. */
  readonly httpStatus: number | null;
  /** Content type of that response. */
  readonly httpContentType: string | null;
  /** First lines that the two sides sent, at most 255 bytes each. */
  readonly banner: Banner | null;
  /** Fingerprint of the client's SSH key exchange offer (salesforce/hassh), 32 hexadecimal digits. */
  readonly hassh: string | null;
  /** The same of the server's offer. */
  readonly hasshServer: string | null;
  /** Names that earlier DNS answers of the capture gave the destination address, newest first. */
  readonly peerNames: readonly string[] | null;
  /** Values of one protocol, at most 16 keys. */
  readonly details: Details | null;
  /**
   * What limits the verdict; empty when nothing does. `midstream`: no SYN was seen. `prefixGap`: too many holes in a
   * stream. `prefixFull`: the limit of bytes or time was reached. `truncated`: the capture cut packets. `poolEmpty`: no
   * memory for the first bytes. `prefixConflict`: overlapping segments had different bytes; the first ones count.
   * `malformed`: a message broke its own rules.
   */
  readonly idBits: readonly IdBit[];
}

/** Nothing is known of it. */
export const UNKNOWN: Identity = {
  app: null,
  appBy: null,
  appConfidence: null,
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
  peerNames: null,
  details: null,
  idBits: [],
};
