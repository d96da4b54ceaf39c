/** Packets of flows that have names: a question to a DNS server, and TLS. */
import { ACK, ethernet, ipv4, SYN, tcp, udp, type CaptureRecord } from '../builders/index.ts';
import { dnsMessage, dnsRecord, RESPONSE } from '../content/messages/dns.ts';
import { ANSWER_13, HELLO } from '../content/messages/secure.ts';
import { records } from '../content/messages/tls.ts';

export const CLIENT = '10.0.0.1';
export const SERVER = '192.0.2.1';
const SECOND = 1_000_000_000n;
export const START = 1_700_000_000n * SECOND;
const QUESTION = [['www.example.com', 1]] as const;

/** A name is asked for, then a TLS connection goes to its address; another one went there before. */
export function namedFrames(): CaptureRecord[] {
  const list: CaptureRecord[] = [];
  const add = (second: bigint, up: boolean, transport: ReturnType<typeof tcp>): void => {
    const [src, dst] = up ? [CLIENT, SERVER] : [SERVER, CLIENT];
    const frame = transport.over(ipv4({ src, dst })).over(ethernet());
    list.push({ timestampNs: START + second * SECOND + BigInt(list.length) * 1_000_000n, frame });
  };
  const hello = (second: bigint, port: number): void => {
    add(second, true, tcp({ srcPort: port, dstPort: 443, seq: 9, flags: SYN }));
    add(second, true, tcp({ srcPort: port, dstPort: 443, seq: 10, flags: ACK, payload: records(HELLO) }));
    add(second, false, tcp({ srcPort: 443, dstPort: port, seq: 1, flags: ACK, payload: records(ANSWER_13) }));
  };
  const answer = dnsMessage({
    flags: RESPONSE,
    questions: QUESTION,
    answers: [dnsRecord(12, 1, Uint8Array.of(192, 0, 2, 1))],
  });
  hello(0n, 5001);
  add(1n, true, udp({ srcPort: 5000, dstPort: 53, payload: dnsMessage({ questions: QUESTION }) }));
  add(1n, false, udp({ srcPort: 53, dstPort: 5000, payload: answer }));
  hello(2n, 5002);
  add(30n, true, udp({ srcPort: 1, dstPort: 2, payload: 'text' }));
  return list;
}
