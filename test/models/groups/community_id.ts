/** Community ID v1, written from its specification with the SHA-1 of Node. */
import { createHash } from 'node:crypto';
import { ipv4Bytes, ipv6Bytes } from '../../builders/address.ts';

/** Ends of a conversation; `ports` undefined: the protocol has none. */
export interface Conversation {
  readonly src: string;
  readonly dst: string;
  readonly protocol: number;
  readonly ports: readonly [number, number] | undefined;
  /** A message that nothing answers: the ends keep their order. */
  readonly oneWay?: boolean;
}

export function communityId({ src, dst, protocol, ports, oneWay = false }: Conversation, seed = 0): string {
  const port = (n: number): Buffer => Buffer.from([n >> 8, n & 255]);
  const ends = [src, dst].map((address, n) => ({
    address: Buffer.from(address.includes(':') ? ipv6Bytes(address) : ipv4Bytes(address)),
    port: ports === undefined ? Buffer.alloc(0) : port(ports[n] as number),
  }));
  if (!oneWay) {
    ends.sort((a, b) => Buffer.compare(Buffer.concat([a.address, a.port]), Buffer.concat([b.address, b.port])));
  }
  const message = [
    port(seed),
    ...ends.map(({ address }) => address),
    Buffer.from([protocol, 0]),
    ...ends.map((end) => end.port),
  ];
  return `1:${createHash('sha1').update(Buffer.concat(message)).digest('base64')}`;
}
