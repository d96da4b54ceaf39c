/** A conversation made by hand, and what is to be said of it. */

import { concat, payloadBytes, u16, u8, type Payload } from '../../builders/bytes.ts';
import type { Identity } from '../../../src/content/index.ts';
import type { FirstBytes, FirstPayload } from '../../../src/flow/first_payload.ts';

export interface Sample {
  readonly name: string;
  readonly transport: 'tcp' | 'udp';
  readonly ports: readonly [client: number, server: number];
  /** TCP: the stream of each side. UDP: its datagrams. */
  readonly client: readonly Uint8Array[];
  readonly server: readonly Uint8Array[];
  readonly expected: { readonly [K in keyof Identity]?: unknown };
}

const EPHEMERAL = 50_123;

type Parts = Payload | readonly Payload[];

const partsOf = (parts: Parts): Uint8Array[] =>
  (Array.isArray(parts) ? (parts as readonly Payload[]) : [parts as Payload]).map(payloadBytes);

export function tcp(name: string, port: number, client: Parts, server: Parts, expected: Sample['expected']): Sample {
  const stream = (parts: Parts) => [concat(...partsOf(parts))];
  return { name, transport: 'tcp', ports: [EPHEMERAL, port], client: stream(client), server: stream(server), expected };
}

export function udp(
  name: string,
  port: number | readonly [number, number],
  client: Parts,
  server: Parts,
  expected: Sample['expected'],
): Sample {
  const ports = typeof port === 'number' ? ([EPHEMERAL, port] as const) : port;
  const filled = (parts: Parts) => partsOf(parts).filter(({ length }) => length > 0);
  return { name, transport: 'udp', ports, client: filled(client), server: filled(server), expected };
}

export const NOTHING = new Uint8Array(0);

/** The collected bytes of a sample; `swap` makes the server the originator. */
export function payloadOf(
  sample: Pick<Sample, 'transport' | 'ports' | 'client' | 'server'>,
  swap = false,
): FirstPayload {
  const side = (port: number, parts: readonly Uint8Array[]): FirstBytes =>
    sample.transport === 'tcp'
      ? { port, first: concat(...parts), stream: concat(...parts), datagrams: [], timesNs: [] }
      : {
          port,
          first: parts[0] ?? NOTHING,
          stream: NOTHING,
          datagrams: parts,
          timesNs: parts.map((_, n) => BigInt(n)),
        };
  const client = side(sample.ports[0], sample.client);
  const server = side(sample.ports[1], sample.server);
  return {
    transport: sample.transport,
    originator: swap ? server : client,
    responder: swap ? client : server,
    bits: [],
  };
}

/** `hex('05 64')` */
export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

export const littleU16 = (value: number): Uint8Array => u16(((value & 0xff) << 8) | (value >> 8));
export const littleU32 = (value: number): Uint8Array => concat(littleU16(value & 0xffff), littleU16(value >>> 16));

/** A length of one or two bytes before the content. */
export const vector8 = (...parts: readonly Payload[]): Uint8Array => {
  const content = concat(...parts.map(payloadBytes));
  return concat(u8(content.length), content);
};
export const vector16 = (...parts: readonly Payload[]): Uint8Array => {
  const content = concat(...parts.map(payloadBytes));
  return concat(u16(content.length), content);
};

/** DER with a short or a two-byte length. */
export const der = (tag: number, ...parts: readonly Payload[]): Uint8Array => {
  const content = concat(...parts.map(payloadBytes));
  const size = content.length < 128 ? u8(content.length) : concat(u8(0x82), u16(content.length));
  return concat(u8(tag), size, content);
};

export const join = (...parts: readonly Payload[]): Uint8Array => concat(...parts.map(payloadBytes));
