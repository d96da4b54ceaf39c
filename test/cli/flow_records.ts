/** What IPFIX and NetFlow v9 must say of flows, and what tshark says that they say. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { ipv4Text, ipv6Text } from '../../src/flow/address_text.ts';
import { unsigned } from '../models/ipfix.ts';
import type { DecodedRecord } from '../models/ipfix.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import type { Members } from './read_back.ts';

const END_REASONS: Readonly<Record<string, number>> = { idle: 1, active: 2, fin: 3, rst: 3, end: 4, evicted: 5 };

/** What IPFIX says of a flow of JSON Lines. What a flow does not have is 0. */
export function expected(flow: Members): string {
  const number = (name: string): string => (flow[name] === 'null' ? '0' : String(flow[name]));
  return [
    flow.srcAddress,
    flow.srcPort,
    flow.dstAddress,
    flow.dstPort,
    flow.protocol,
    flow.firstSeen,
    flow.lastSeen,
    ...['packets', 'bytes', 'wireBytes', 'payloadBytes', 'tcpFlags'].flatMap((name) => [
      number(`${name}Forward`),
      number(`${name}Reverse`),
    ]),
    END_REASONS[flow.endReason ?? ''],
    number('icmpType'),
    number('icmpCode'),
  ].join(' ');
}

/** What a record of one direction says: who sent what to whom. */
export function oneWay({ values }: DecodedRecord): string {
  const address = (v4: string, v6: string): string => {
    const bytes = values.get(v4);
    return bytes === undefined ? ipv6Text(values.get(v6) ?? new Uint8Array(16), 0) : ipv4Text(bytes, 0);
  };
  const numbers = ['7', '11', '4', '152', '153', '2', '1', '6'].map((id) => String(unsigned(values.get(id))));
  return [address('8', '27'), address('12', '28'), ...numbers].join(' ');
}

/** The same of both directions of a flow of JSON Lines. */
export function bothWays(flow: Members): string[] {
  const millis = (time = ''): string => String(Number(time.slice(0, -6).replace('.', '')));
  const direction = (src: string, dst: string, side: string): string[] => {
    const packets = flow[`packets${side}`];
    const flags = flow[`tcpFlags${side}`];
    if (packets === '0') return [];
    return [
      [flow[`${src}Address`], flow[`${dst}Address`], flow[`${src}Port`], flow[`${dst}Port`], flow.protocol]
        .concat([millis(flow.firstSeen), millis(flow.lastSeen), packets, flow[`bytes${side}`]])
        .concat([flags === 'null' ? '0' : flags])
        .join(' '),
    ];
  };
  return [...direction('src', 'dst', 'Forward'), ...direction('dst', 'src', 'Reverse')];
}

type Dissected = Readonly<Record<string, unknown>>;

/** All objects named `Flow N`, wherever they are, but those of options: they have no protocol. */
export function tsharkFlows(tree: object): Dissected[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    if (typeof value !== 'object' || value === null) return [];
    if (!/^Flow \d+/.test(name)) return tsharkFlows(value);
    return 'cflow.protocol' in value ? [value as Dissected] : [];
  });
}

/** `Nov 14, 2023 22:13:20.560000000 UTC` as seconds with nine decimals, by name. */
function secondsOf(flow: Dissected): (name: string) => string {
  const [, exact] = flow['cflow.timedelta_tree'] as [Dissected, Dissected];
  return (name) => {
    const [, time = '', nanos = ''] = /^(.*)\.(\d{9}) UTC$/.exec(String(exact[`cflow.${name}`])) ?? [];
    return `${Date.parse(`${time} UTC`) / 1000}.${nanos}`;
  };
}

/** The same as `oneWay`, of tshark. */
export function tsharkOneWay(flow: Dissected): string {
  const one = (name: string): string => String(flow[`cflow.${name}`]);
  const seconds = secondsOf(flow);
  const millis = (name: string): string => String(Number(seconds(name).slice(0, -6).replace('.', '')));
  const ends = 'cflow.srcaddr' in flow ? ['srcaddr', 'dstaddr'] : ['srcaddrv6', 'dstaddrv6'];
  return [...ends, 'srcport', 'dstport', 'protocol']
    .map(one)
    .concat([millis('abstimestart'), millis('abstimeend'), one('packets'), one('octets')])
    .concat(String(Number(one('tcpflags'))))
    .join(' ');
}

export function tsharkLine(flow: Dissected): string {
  const one = (name: string): string => String(flow[`cflow.${name}`]);
  const two = (name: string): string[] => (flow[`cflow.${name}`] as string[]).map((text) => String(Number(text)));
  // Of IPv6 it shows them twice: an element for each, and one for both.
  const same = (name: string): string => [...new Set(one(name).split(','))].join();
  const seconds = secondsOf(flow);
  const isV4 = 'cflow.srcaddr' in flow;
  return [
    one(isV4 ? 'srcaddr' : 'srcaddrv6'),
    one('srcport'),
    one(isV4 ? 'dstaddr' : 'dstaddrv6'),
    one('dstport'),
    one('protocol'),
    seconds('abstimestart'),
    seconds('abstimeend'),
    ...['packets', 'octets', 'layer2_octet_delta_count', 'transport_octet_delta_count', 'tcpflags'].flatMap(two),
    one('flow_end_reason'),
    same(isV4 ? 'icmp_ipv4_type' : 'icmp_ipv6_type'),
    same(isV4 ? 'icmp_ipv4_code' : 'icmp_ipv6_code'),
  ].join(' ');
}

/** Datagrams as they come. */
export async function collectDatagrams(send: (port: number) => Promise<void>): Promise<Buffer[]> {
  const socket = createSocket('udp4');
  const datagrams: Buffer[] = [];
  socket.on('message', (bytes) => datagrams.push(bytes));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.setRecvBufferSize(1 << 20);
  await send(socket.address().port);
  // A last datagram of the test says that all others have come.
  const end = createSocket('udp4');
  end.send('end', socket.address().port, '127.0.0.1');
  await waitFor(
    () => datagrams.at(-1)?.toString() === 'end',
    () => `${datagrams.length} datagrams`,
  );
  end.close();
  socket.close();
  return datagrams.slice(0, -1);
}
