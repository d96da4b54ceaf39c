/** What flows of FParser are: `with: ['identify']`. */
import { describe, expect, it } from 'vitest';
import { FParser } from '../../src/fparser/index.ts';
import type { FlowOf, FParserOptions } from '../../src/fparser/index.ts';
import { ACK, ipv4, SYN, tcp, udp } from '../builders/index.ts';
import type { CaptureRecord } from '../builders/index.ts';
import { dnsMessage } from '../content/messages/dns.ts';
import { ANSWER_13, HELLO } from '../content/messages/secure.ts';
import { records } from '../content/messages/tls.ts';
import { at, captureOf, SMALL } from './runs.ts';

const CLIENT = '192.0.2.1';
const SERVER = '198.51.100.2';
const up = ipv4({ src: CLIENT, dst: SERVER });
const down = ipv4({ src: SERVER, dst: CLIENT });

/** A TLS connection, and a DNS question. */
const CAPTURE: readonly CaptureRecord[] = [
  at(0, tcp({ srcPort: 5001, dstPort: 443, seq: 9, flags: SYN }).over(up)),
  at(1, tcp({ srcPort: 5001, dstPort: 443, seq: 10, flags: ACK, payload: records(HELLO) }).over(up)),
  at(2, tcp({ srcPort: 443, dstPort: 5001, seq: 1, flags: ACK, payload: records(ANSWER_13) }).over(down)),
  at(3, udp({ srcPort: 5002, dstPort: 53, payload: dnsMessage({ questions: [['a.example', 1]] }) }).over(up)),
];

async function flowsOf(options: FParserOptions<'bi'>): Promise<FlowOf<'bi'>[]> {
  const flows: FlowOf<'bi'>[] = [];
  const take = (flow: FlowOf<'bi'>): void => void flows.push(flow);
  const parser = new FParser(captureOf(CAPTURE), {
    isFile: true,
    ...SMALL,
    direction: 'bi',
    tcpCallback: take,
    udpCallback: take,
    ...options,
  });
  await parser.done;
  return flows.toSorted((a, b) => a.getId().sport - b.getId().sport);
}

describe('identify of FParser', () => {
  it('says what each flow is, with null for what is not known', async () => {
    const [tls, dns] = await flowsOf({ with: ['identify'] });
    expect(tls?.identify).toMatchObject({ app: 'tls', serverName: 'example.com', tlsVersion: '0304', dnsQuery: null });
    expect(dns?.identify).toMatchObject({ app: 'dns', dnsQuery: 'a.example', serverName: null, idBits: [] });
    expect(tls?.forward).not.toHaveProperty('identify.app');
  });

  it('is undefined when it is not asked for', async () => {
    for (const flow of await flowsOf({ with: ['tcp'] })) expect(flow.identify).toBeUndefined();
  });

  it('is of the chosen protocols only, from so much of each frame as is looked at', async () => {
    const [tls, dns] = await flowsOf({ with: ['identify=dns'] });
    expect([tls?.identify?.app, dns?.identify?.app]).toEqual([null, 'dns']);
    const [cut] = await flowsOf({ with: ['identify', 'stats'], snaplen: 64 });
    expect(cut?.identify).toMatchObject({ app: 'tls', serverName: null });
    expect(cut?.identify?.idBits).toContain('truncated');
  });

  it('of an active flow is what was read so far', async () => {
    const parser = new FParser(captureOf(CAPTURE), { isFile: true, ...SMALL, direction: 'bi', with: ['identify'] });
    await parser.ready;
    for (const { identify } of parser.flows()) expect(identify).toBeNull();
    await parser.stop();
  });
});
