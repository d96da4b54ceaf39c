/**
 * Every member of the object `identify` once. identity_record.ts, docs/schema.md and docs/flow-schema.json are made from
 * it, with `npm run docs:schema`.
 */

export interface IdentityMember {
  /** `banner` and `details` are objects, whose types docs/make/identity.ts spells out. */
  readonly type: 'text' | 'texts' | 'number' | 'word' | 'words' | 'banner' | 'details';
  readonly doc: string;
  /** Of a number. */
  readonly range?: readonly [least: number, most: number];
  /** What it can be, with its meaning. */
  readonly words?: Readonly<Record<string, string>>;
}

/** In the order of records. */
export const IDENTITY_MEMBERS = {
  app: { type: 'text', doc: 'Application protocol in lower case.' },
  appBy: {
    type: 'word',
    doc: 'Evidence for the application.',
    words: {
      content: "one side's content",
      handshake: "both sides' content",
      port: 'only the port of the responder',
    },
  },
  appConfidence: {
    type: 'number',
    range: [0, 3],
    doc:
      'How sure that is. 3: both directions match, or a checksum or decryption proves it. 2: a strong signature or a ' +
      'full parse. 1: weak structure. 0: a port.',
  },
  serverName: { type: 'text', doc: 'TLS server name (SNI) or HTTP host without port; lower case, at most 253 bytes.' },
  alpn: { type: 'texts', doc: 'Application protocols that the TLS client offered (RFC 7301).' },
  alpnChosen: { type: 'text', doc: 'The one that the server chose, where it is readable (TLS 1.2 and before).' },
  tlsVersion: {
    type: 'text',
    doc: 'Version that the TLS server chose, 4 hexadecimal digits (`0303` is TLS 1.2, `0304` TLS 1.3).',
  },
  tlsCipher: { type: 'text', doc: 'Cipher suite that the TLS server chose, 4 hexadecimal digits (IANA registry).' },
  ja3: { type: 'text', doc: 'Fingerprint of the ClientHello (salesforce/ja3), 32 hexadecimal digits.' },
  ja4: { type: 'text', doc: 'Fingerprint of the ClientHello (FoxIO JA4), 36 characters.' },
  ja3s: { type: 'text', doc: 'Fingerprint of the ServerHello (salesforce/ja3), 32 hexadecimal digits.' },
  certSubject: {
    type: 'text',
    doc: "Common name of the server's certificate; TLS 1.2 and before only. Not verified.",
  },
  certNames: { type: 'texts', doc: "dNSNames of the server's certificate, at most 16. Not verified." },
  quicVersion: { type: 'text', doc: 'QUIC version, 8 hexadecimal digits (RFC 9000 §15).' },
  dnsQuery: { type: 'text', doc: 'Name in the first DNS question.' },
  dnsType: { type: 'text', doc: 'Type of the first DNS question: its name, or `TYPEn` (RFC 3597).' },
  dnsRcode: { type: 'number', range: [0, 15], doc: 'Response code of the first DNS response, 0..15.' },
  dnsAnswers: { type: 'texts', doc: 'Addresses in the first DNS response, at most 16.' },
  dnsQueries: { type: 'number', range: [0, 255], doc: 'DNS questions seen in the first packets.' },
  httpMethod: { type: 'text', doc: 'Method of the first HTTP request.' },
  httpPath: { type: 'text', doc: 'Path of the first request; without its query unless `httpQuery` is on.' },
  httpUserAgent: { type: 'text', doc: 'User agent of the first request.' },
  httpStatus: { type: 'number', range: [100, 999], doc: 'Status of the first final response.' },
  httpContentType: { type: 'text', doc: 'Content type of that response.' },
  banner: { type: 'banner', doc: 'First lines that the two sides sent, at most 255 bytes each.' },
  hassh: {
    type: 'text',
    doc: "Fingerprint of the client's SSH key exchange offer (salesforce/hassh), 32 hexadecimal digits.",
  },
  hasshServer: { type: 'text', doc: "The same of the server's offer." },
  peerNames: {
    type: 'texts',
    doc: 'Names that earlier DNS answers of the capture gave the destination address, newest first.',
  },
  details: { type: 'details', doc: 'Values of one protocol, at most 16 keys.' },
  idBits: {
    type: 'words',
    doc: 'What limits the verdict; empty when nothing does.',
    words: {
      midstream: 'no SYN was seen',
      prefixGap: 'too many holes in a stream',
      prefixFull: 'the limit of bytes or time was reached',
      truncated: 'the capture cut packets',
      poolEmpty: 'no memory for the first bytes',
      prefixConflict: 'overlapping segments had different bytes; the first ones count',
      malformed: 'a message broke its own rules',
    },
  },
} as const satisfies Readonly<Record<string, IdentityMember>>;
