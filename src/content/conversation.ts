/** Input and output of a recogniser. */

import type { ContentCrypto } from './crypto.ts';
import type { FirstBytes } from '../flow/first_payload.ts';
import type { ContentFields, Details, IdentifyOptions } from '../flow/identity.ts';

/** A flow as one recogniser reads it: which side is the client is an assumption that the recogniser confirms. */
export interface Conversation {
  readonly transport: 'tcp' | 'udp';
  readonly clientPort: number;
  readonly serverPort: number;
  /** TCP: the prefix of the stream. UDP: the first datagram. Empty when there is none. */
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly clientDatagrams: readonly Uint8Array[];
  readonly serverDatagrams: readonly Uint8Array[];
  readonly crypto: ContentCrypto;
  /** User names may be reported. */
  readonly secrets: boolean;
  readonly httpQuery: boolean;
}

/** The conversation of two sides, one of them taken for the client. What it is not asked for is not read. */
export class Sides implements Conversation {
  readonly transport: 'tcp' | 'udp';
  readonly crypto: ContentCrypto;
  readonly #client: FirstBytes;
  readonly #server: FirstBytes;
  readonly #options: IdentifyOptions;

  constructor(
    transport: 'tcp' | 'udp',
    client: FirstBytes,
    server: FirstBytes,
    crypto: ContentCrypto,
    options: IdentifyOptions,
  ) {
    this.transport = transport;
    this.#client = client;
    this.#server = server;
    this.crypto = crypto;
    this.#options = options;
  }

  get clientPort(): number {
    return this.#client.port;
  }

  get serverPort(): number {
    return this.#server.port;
  }

  get client(): Uint8Array {
    return this.#client.first;
  }

  get server(): Uint8Array {
    return this.#server.first;
  }

  get clientDatagrams(): readonly Uint8Array[] {
    return this.#client.datagrams;
  }

  get serverDatagrams(): readonly Uint8Array[] {
    return this.#server.datagrams;
  }

  get secrets(): boolean {
    return this.#options.secrets === true;
  }

  get httpQuery(): boolean {
    return this.#options.httpQuery === true;
  }
}

/** Where another protocol begins in the two streams: after STARTTLS, a tunnel or an upgrade. */
export interface Inner {
  readonly clientAt: number;
  readonly serverAt: number;
  /** Only TLS may follow. */
  readonly tls: boolean;
}

export interface Verdict {
  readonly app: string;
  readonly confidence: 1 | 2 | 3;
  /** Both directions match. */
  readonly both: boolean;
  readonly fields: Partial<ContentFields>;
  readonly details: Details;
  /** A message broke its own rules; what was read before that is kept. */
  readonly malformed: boolean;
  readonly inner: Inner | undefined;
}

/** Undefined: it is not this protocol, or too little of it was seen. */
export type Recognise = (conversation: Conversation) => Verdict | undefined;

type Extras = Partial<Pick<Verdict, 'fields' | 'details' | 'malformed' | 'inner'>>;

export const NO_DETAILS: Details = {};

/** A verdict of strength `confidence` for one side's match, 3 when both match. */
export function verdict(app: string, confidence: 1 | 2 | 3, both: boolean, extras: Extras = {}): Verdict {
  return {
    app,
    confidence: both ? 3 : confidence,
    both,
    fields: extras.fields ?? {},
    details: extras.details ?? NO_DETAILS,
    malformed: extras.malformed ?? false,
    inner: extras.inner,
  };
}

/** Details without the values that were not seen. */
export function detailsOf(values: Readonly<Record<string, string | number | boolean | undefined>>): Details {
  const kept: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) kept[name] = value;
  return kept;
}
