/**
 * A quarter of an hour on a small network, with the traffic that everybody knows. Hosts have documentation addresses
 * (RFC 5737, RFC 3849).
 */

import {
  ACK,
  LINKTYPE,
  Packet,
  RST,
  SYN,
  ethernet,
  icmp,
  icmpError,
  icmpv6,
  igmp,
  ipv4,
  ipv4Bytes,
  ipv4Fragments,
  ipv6Bytes,
  neighbourAdvertisement,
  neighbourSolicitation,
  random,
  snapped,
  tcp,
  u16,
  udp,
  type CaptureRecord,
  type Random,
} from '../test/builders/index.ts';
import { Conversation, TcpConversation, merged } from './conversation.ts';
import { classic, type CaptureFile } from './capture_file.ts';
import { dnsAnswer, dnsQuery, ntpPacket, quicPacket, tlsRecord } from './messages.ts';

const LAPTOP = '192.0.2.10';
const LAPTOP6 = '2001:db8:1::10';
const ROUTER = '192.0.2.1';
const ROUTER6 = '2001:db8:1::1';
const WEB = '203.0.113.80';
const WEB6 = '2001:db8:80::443';
const FILES = '203.0.113.44';
const SCANNER = '198.51.100.66';

export const tourFiles = (): CaptureFile[] => [
  classic(
    'tour',
    'a quarter of an hour on a small network: web, DNS, ssh, ping, NTP, QUIC, IPv6, a refused connection, a reset, a scan, fragments',
    'the capture of the README and of `npm start`',
    tour().map((record) => snapped(record, 256)),
    { snaplen: 256, linkType: LINKTYPE.ETHERNET },
  ),
];

const tour = (): CaptureRecord[] =>
  merged(
    arrival(),
    lookUp(0.5, 41001, 'www.example.org', [WEB]),
    lookUp(0.51, 41002, 'www.example.org', [WEB6]),
    lookUp(30, 41003, 'files.example.net', [FILES]),
    secureWeb(),
    secureWeb6(),
    plainWeb(),
    quic(),
    shell(),
    refused(),
    download(),
    ping(),
    ping6(),
    trace(),
    clock(20, 42001),
    clock(840, 42001),
    announcement(),
    bigAnswer(),
    ...scan(),
  );

/** Neighbours are found; a group is joined. ARP frames belong to no flow. */
const arrival = (): Conversation =>
  new Conversation({ from: LAPTOP6, to: ROUTER6, at: 0.1, stepMs: 0.4, ttl: 255 })
    .frame(arp(1))
    .frame(arp(2))
    .forth(neighbourSolicitation(ipv6Bytes(ROUTER6)))
    .back(neighbourAdvertisement(ipv6Bytes(ROUTER6)))
    .put(igmp(0x16, ipv4Bytes('224.0.0.251')).over(ipv4({ src: LAPTOP, dst: '224.0.0.251', ttl: 1 })));

/** `operation` 1 asks, 2 answers; the addresses in it are of no interest here. */
const arp = (operation: number): Uint8Array =>
  new Packet(Uint8Array.of(0, 1, 8, 0, 6, 4, ...u16(operation), ...new Uint8Array(20)), { etherType: 0x0806 }).over(
    ethernet({ minSize: 60 }),
  );

function lookUp(at: number, port: number, name: string, addresses: readonly [string]): Conversation {
  const isIpv6 = addresses[0].includes(':');
  return new Conversation({ from: LAPTOP, to: ROUTER, at, stepMs: 12.5 })
    .forth(udp({ srcPort: port, dstPort: 53, payload: dnsQuery(port, name, isIpv6 ? 28 : 1) }))
    .back(
      udp({
        srcPort: 53,
        dstPort: port,
        payload: dnsAnswer(port, name, addresses.map(isIpv6 ? ipv6Bytes : ipv4Bytes)),
      }),
    );
}

const hello = (connection: TcpConversation, noise: Random): TcpConversation =>
  connection
    .open()
    .say('client', tlsRecord(noise, 22, 512))
    .say('server', tlsRecord(noise, 22, 1400))
    .say('client', tlsRecord(noise, 22, 70));

/** Full-sized segments, every second one acknowledged. */
function bulk(connection: TcpConversation, pairs: number, noise: Random): TcpConversation {
  for (let pair = 0; pair < pairs; pair++)
    connection.segment('server', ACK, tlsRecord(noise, 23, 1455)).say('server', tlsRecord(noise, 23, 1455));
  return connection;
}

function secureWeb(): Conversation {
  const noise = random(1);
  const connection = new TcpConversation({ from: LAPTOP, to: WEB, at: 0.54, port: 51000, service: 443, stepMs: 9 });
  return bulk(hello(connection, noise).say('client', tlsRecord(noise, 23, 300)), 14, noise).close();
}

function secureWeb6(): Conversation {
  const noise = random(2);
  const connection = new TcpConversation({ from: LAPTOP6, to: WEB6, at: 0.56, port: 51001, service: 443, stepMs: 7 });
  return bulk(hello(connection, noise).say('client', tlsRecord(noise, 23, 280)), 6, noise).close('server');
}

const plainWeb = (): Conversation =>
  new TcpConversation({ from: LAPTOP, to: WEB, at: 5, port: 51002, service: 80, stepMs: 11 })
    .open()
    .say('client', 'GET / HTTP/1.1\r\nHost: www.example.org\r\nConnection: close\r\n\r\n')
    .say('server', 'HTTP/1.1 301 Moved Permanently\r\nLocation: https://www.example.org/\r\nContent-Length: 0\r\n\r\n')
    .close('server');

function quic(): Conversation {
  const noise = random(3);
  const conversation = new Conversation({ from: LAPTOP, to: WEB, at: 8, stepMs: 6 });
  const client = (long: boolean, size: number): Conversation =>
    conversation.forth(udp({ srcPort: 52000, dstPort: 443, payload: quicPacket(noise, long, size) }));
  const server = (long: boolean, size: number): Conversation =>
    conversation.back(udp({ srcPort: 443, dstPort: 52000, payload: quicPacket(noise, long, size) }));
  client(true, 1200);
  server(true, 1200);
  server(true, 1200);
  client(true, 1200);
  for (let round = 0; round < 12; round++) {
    server(false, 1250);
    server(false, 1250);
    client(false, 40);
  }
  return conversation;
}

/** Somebody types; still logged in when the capture ends. */
function shell(): Conversation {
  const noise = random(4);
  const connection = new TcpConversation({ from: LAPTOP, to: FILES, at: 31, port: 51010, service: 22, stepMs: 20 })
    .open()
    .say('server', 'SSH-2.0-OpenSSH_9.2\r\n')
    .say('client', 'SSH-2.0-OpenSSH_9.2\r\n')
    .say('client', noise.bytes(1300))
    .say('server', noise.bytes(1100));
  for (let key = 0; key < 12; key++)
    connection
      .wait(0.2 + key * 5)
      .say('client', noise.bytes(36))
      .say('server', noise.bytes(36));
  return connection;
}

const refused = (): Conversation =>
  new TcpConversation({ from: LAPTOP, to: FILES, at: 40, port: 51011, service: 8080, stepMs: 15 })
    .segment('client', SYN)
    .segment('server', RST | ACK);

/** Broken off by the client. */
function download(): Conversation {
  const noise = random(5);
  const connection = new TcpConversation({ from: LAPTOP, to: FILES, at: 50, port: 51012, service: 443, stepMs: 13 });
  return bulk(hello(connection, noise), 8, noise).reset('client');
}

function ping(): Conversation {
  const conversation = new Conversation({ from: LAPTOP, to: ROUTER, at: 60, stepMs: 0.8 });
  for (let seq = 1; seq <= 5; seq++)
    conversation
      .forth(icmp({ type: 8, id: 77, seq, payload: 56 }))
      .back(icmp({ type: 0, id: 77, seq, payload: 56 }))
      .wait(0.9984);
  return conversation;
}

function ping6(): Conversation {
  const conversation = new Conversation({ from: LAPTOP6, to: WEB6, at: 62, stepMs: 14 });
  for (let seq = 1; seq <= 3; seq++)
    conversation
      .forth(icmpv6({ type: 128, id: 78, seq, payload: 56 }))
      .back(icmpv6({ type: 129, id: 78, seq, payload: 56 }))
      .wait(0.972);
  return conversation;
}

/** Three probes of a traceroute; two routers answer that their time is up. */
function trace(): Conversation {
  const conversation = new Conversation({ from: LAPTOP, to: WEB, at: 75, stepMs: 4 });
  const hops = [ROUTER, '198.51.100.1', undefined];
  hops.forEach((router, index) => {
    const probe = udp({ srcPort: 43000, dstPort: 33434 + index, payload: 32 }).over(
      ipv4({ src: LAPTOP, dst: WEB, ttl: index + 1, id: 900 + index }),
    );
    conversation.put(probe);
    if (router !== undefined) conversation.put(icmpError(11, 0, probe).over(ipv4({ src: router, dst: LAPTOP })));
  });
  return conversation;
}

const clock = (at: number, port: number): Conversation =>
  new Conversation({ from: LAPTOP, to: '198.51.100.123', at, stepMs: 22 })
    .forth(udp({ srcPort: port, dstPort: 123, payload: ntpPacket(3) }))
    .back(udp({ srcPort: 123, dstPort: port, payload: ntpPacket(4) }));

const announcement = (): Conversation =>
  new Conversation({ from: LAPTOP, to: '224.0.0.251', at: 2, stepMs: 1000, ttl: 255 })
    .forth(udp({ srcPort: 5353, dstPort: 5353, payload: dnsQuery(0, '_ipp._tcp.local', 12) }))
    .forth(udp({ srcPort: 5353, dstPort: 5353, payload: dnsQuery(0, '_ipp._tcp.local', 12) }));

/** An answer too large for one frame. */
function bigAnswer(): Conversation {
  const conversation = new Conversation({ from: LAPTOP, to: ROUTER, at: 90, stepMs: 3 }).forth(
    udp({ srcPort: 41004, dstPort: 53, payload: dnsQuery(4, 'keys.example.net', 48) }),
  );
  const answer = udp({ srcPort: 53, dstPort: 41004, payload: random(6).bytes(2600) });
  return ipv4Fragments(answer, { src: ROUTER, dst: LAPTOP, id: 4711 }, 1480).reduce(
    (all, piece) => all.put(piece),
    conversation,
  );
}

/** One stranger, six ports: five refused, one open and reset at once. */
const scan = (): Conversation[] =>
  [21, 23, 80, 445, 3389, 22].map((service, index) => {
    const connection = new TcpConversation({
      from: SCANNER,
      to: LAPTOP,
      at: 100 + index / 100,
      port: 61000,
      service,
      stepMs: 0.3,
      ttl: 48,
    }).segment('client', SYN);
    return service === 22
      ? connection.segment('server', SYN | ACK).forth(tcp({ srcPort: 61000, dstPort: 22, flags: RST, seq: 1001 }))
      : connection.segment('server', RST | ACK);
  });
