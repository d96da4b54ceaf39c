/** A local DNS server that knows TXT records only (RFC 1035 §4). */
import { createSocket } from 'node:dgram';
import { concat, u16, u32, u8 } from '../builders/bytes.ts';

export interface DnsServer {
  /** As `setServers` takes it. */
  readonly address: string;
  readonly names: readonly string[];
  close(): Promise<void>;
}

const TYPE_TXT = 16;
const CLASS_IN = 1;
const HEADER_SIZE = 12;
const NXDOMAIN = 3;

/** @param answer the texts of a name; undefined: no such name; a number: that response code; null: silence */
export async function startDns(
  answer: (name: string) => readonly string[] | number | null | undefined,
): Promise<DnsServer> {
  const names: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (question, peer) => {
    const name = nameOf(question);
    names.push(name);
    const texts = answer(name);
    if (texts === null) return;
    const records = typeof texts === 'object' ? texts : [];
    const code = typeof texts === 'number' ? texts : texts === undefined ? NXDOMAIN : 0;
    const head = concat(question.subarray(0, 2), u16(0x8180 | code), u16(1), u16(records.length), u16(0), u16(0));
    const asked = question.subarray(HEADER_SIZE, question.indexOf(0, HEADER_SIZE) + 5);
    socket.send(concat(head, asked, ...records.map(record)), peer.port, peer.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    names,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function nameOf(question: Uint8Array): string {
  const labels: string[] = [];
  for (let at = HEADER_SIZE; (question[at] ?? 0) > 0; at += 1 + (question[at] ?? 0)) {
    labels.push(Buffer.from(question.subarray(at + 1, at + 1 + (question[at] ?? 0))).toString('latin1'));
  }
  return labels.join('.').toLowerCase();
}

/** The name is a pointer to the question's; a text is cut into strings of 100 bytes. */
function record(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  const strings = Array.from({ length: Math.ceil(bytes.length / 100) }, (_, n) =>
    bytes.subarray(100 * n, 100 * n + 100),
  );
  const data = concat(...strings.flatMap((string) => [u8(string.length), string]));
  return concat(u16(0xc000 | HEADER_SIZE), u16(TYPE_TXT), u16(CLASS_IN), u32(60), u16(data.length), data);
}
