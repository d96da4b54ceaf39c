/** A local server that plays the owner service. */
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { networkAddress } from '../../src/host/address/address.ts';

export interface Service {
  readonly port: number;
  /** Addresses of each connection, in the order in which their questions were complete. */
  readonly questions: readonly (readonly string[])[];
  /** Most connections at once whose answer had not ended. */
  readonly mostOpen: number;
  close(): Promise<void>;
}

export const HEADER = 'Bulk mode; whois.cymru.com [2026-01-02 03:04:05 +0000]\n';

/** @param answer called with each complete question; it writes and ends */
export async function startService(
  answer: (addresses: readonly string[], socket: Socket, n: number) => void,
): Promise<Service> {
  const questions: string[][] = [];
  const open = new Set<Socket>();
  let mostOpen = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    mostOpen = Math.max(mostOpen, [...open].filter((one) => !one.writableEnded).length);
    let text = '';
    socket.on('data', (piece: Buffer) => {
      text += piece.toString();
      const match = /^begin\nverbose\n((?:[0-9a-f.:]+\n)*)end\n$/.exec(text);
      if (match === null) return;
      questions.push((match[1] ?? '').trimEnd().split('\n'));
      answer(questions.at(-1) ?? [], socket, questions.length);
    });
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    questions,
    get mostOpen() {
      return mostOpen;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A line as the service pads it. The prefix is the address's /24 or /48. */
export function answerLine(
  address: string,
  { asn = '64500', prefix = prefixOf(address), country = 'NL', name = 'EXAMPLE-AS, NL' } = {},
): string {
  return `${asn.padEnd(7)} | ${address.padEnd(16)} | ${prefix.padEnd(19)} | ${country} | ripencc  | 2001-02-03 | ${name}\n`;
}

export function prefixOf(address: string): string {
  const length = address.includes(':') ? 48 : 24;
  return `${networkAddress(address, length)}/${length}`;
}

/** The service at its best: a line for each address, then the end. */
export function correct(addresses: readonly string[], socket: Socket): void {
  socket.end(HEADER + addresses.map((address) => answerLine(address)).join(''));
}

/** As many global addresses as wanted, each in a /24 of its own. */
export function globalAddresses(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${20 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}.1`);
}
