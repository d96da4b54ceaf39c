/** Protocols other than TCP, IPv6 extension headers, fragments, and packets that are cut or wrong. */

import {
  PSH,
  ACK,
  authentication,
  dccp,
  destinationOptions,
  ethernet,
  fragment,
  hopByHop,
  icmp,
  icmpError,
  icmpv6,
  icmpv6Error,
  igmp,
  ipv4,
  ipv4Bytes,
  ipv4Fragments,
  ipv6,
  ipv6Bytes,
  ipv6Fragments,
  neighbourAdvertisement,
  neighbourSolicitation,
  otherExtension,
  protocol,
  routing,
  sctp,
  sctpData,
  snapped,
  tcp,
  udp,
  udpLite,
  type ExtensionHeader,
  type Packet,
} from '../test/builders/index.ts';
import { Conversation, TcpConversation, merged } from './conversation.ts';
import { classic, type CaptureFile } from './capture_file.ts';

const A = '192.0.2.1';
const B = '198.51.100.2';
const A6 = '2001:db8::1';
const B6 = '2001:db8:0:1::2';

const query = udp({ srcPort: 40000, dstPort: 9000, payload: 30 });
const answer = udp({ srcPort: 9000, dstPort: 40000, payload: 120 });

export const protocolFiles = (): CaptureFile[] => [
  ...datagramFiles(),
  ...icmpFiles(),
  ...ipv6Files(),
  ...fragmentFiles(),
  ...faultyFiles(),
];

const datagramFiles = (): CaptureFile[] => [
  classic(
    'udp',
    'three exchanges, one of them twice with 700 s between',
    'datagrams have only the idle timeout',
    merged(
      new Conversation().forth(query).back(answer).wait(700).forth(query).back(answer),
      new Conversation({ at: 1, from: A6, to: B6 }).forth(query).back(answer),
      new Conversation({ at: 2, to: '192.0.2.255' }).forth(udp({ srcPort: 137, dstPort: 137, payload: 50 })),
    ),
  ),
  classic(
    'other-transports',
    'SCTP, DCCP and UDP-Lite; IGMP, OSPF and ESP without ports',
    'ports and payload of each',
    merged(
      new Conversation()
        .forth(sctp({ srcPort: 7, dstPort: 8, payload: sctpData({ payload: 10 }) }))
        .back(sctp({ srcPort: 8, dstPort: 7, payload: sctpData({ payload: 3 }) })),
      new Conversation({ at: 1 })
        .forth(dccp({ srcPort: 7, dstPort: 8, type: 0, payload: 5 }))
        .back(dccp({ srcPort: 8, dstPort: 7, type: 1 })),
      new Conversation({ at: 2 }).forth(udpLite({ srcPort: 7, dstPort: 8, coverage: 8, payload: 20 })),
      new Conversation({ at: 3, to: '224.0.0.9' })
        .forth(igmp(0x16, ipv4Bytes('224.0.0.9')))
        .forth(protocol(89, 44))
        .forth(protocol(50, 80)),
    ),
  ),
];

const icmpFiles = (): CaptureFile[] => [
  classic(
    'icmp',
    'pings with two identifiers, timestamp, router discovery; ICMPv6 echo and neighbour discovery',
    'requests and replies are one flow each in `bi`; its source is who asked, also when the reply was seen first',
    merged(
      new Conversation()
        .forth(icmp({ type: 8, id: 1, seq: 1, payload: 56 }))
        .back(icmp({ type: 0, id: 1, seq: 1, payload: 56 }))
        .forth(icmp({ type: 8, id: 2, payload: 56 })),
      new Conversation({ at: 1 })
        .forth(icmp({ type: 13, id: 1, payload: 12 }))
        .back(icmp({ type: 14, id: 1, payload: 12 })),
      new Conversation({ at: 2 }).back(icmp({ type: 9, payload: 8 })).forth(icmp({ type: 10 })),
      new Conversation({ at: 3, from: A6, to: B6 })
        .back(icmpv6({ type: 129, id: 9, payload: 8 }))
        .forth(icmpv6({ type: 128, id: 9, payload: 8 })),
      new Conversation({ at: 4, from: A6, to: B6 })
        .forth(neighbourSolicitation(ipv6Bytes(B6)))
        .back(neighbourAdvertisement(ipv6Bytes(B6))),
    ),
  ),
  classic(
    'icmp-errors',
    'port unreachable, time exceeded, packet too big, each quoting the packet that caused it',
    'a quoted header is never a flow',
    merged(
      new Conversation().forth(query).back(icmpError(3, 3, query.over(ipv4({ src: A, dst: B })))),
      new Conversation({ at: 1 }).put(
        icmpError(11, 0, query.over(ipv4({ src: A, dst: B }))).over(ipv4({ src: '203.0.113.1', dst: A })),
      ),
      new Conversation({ at: 2, from: A6, to: B6 })
        .forth(query)
        .back(icmpv6Error(2, 0, query.over(ipv6({ src: A6, dst: B6 })), 1280)),
    ),
  ),
];

const behindHeaders = (headers: readonly ExtensionHeader[]): Packet => query.over(ipv6({ src: A6, dst: B6, headers }));

const ipv6Files = (): CaptureFile[] => [
  classic(
    'ipv6-extensions',
    'one datagram behind each extension header and behind all of them; AH on IPv4 too; next header 59',
    'headers are walked; the addresses are those of the IPv6 header',
    [
      ...new Conversation({ from: A6, to: B6 })
        .put(behindHeaders([hopByHop()]))
        .put(behindHeaders([routing(['2001:db8::99'])]))
        .put(behindHeaders([destinationOptions()]))
        .put(behindHeaders([fragment({ id: 7 })]))
        .put(behindHeaders([authentication()]))
        .put(behindHeaders([otherExtension(135)]))
        .put(behindHeaders([otherExtension(139)]))
        .put(behindHeaders([otherExtension(140)]))
        .put(
          behindHeaders([
            hopByHop(),
            destinationOptions(),
            routing([B6], 0),
            fragment({ id: 8 }),
            authentication(20),
            destinationOptions(),
          ]),
        )
        .put(protocol(59).over(ipv6({ src: A6, dst: B6 })))
        .put(query.over(ipv4({ src: A, dst: B, headers: [authentication()] }))).records,
    ],
  ),
];

const big = udp({ srcPort: 9000, dstPort: 40000, payload: 3000 });
const pieces = (id: number): Packet[] => ipv4Fragments(big, { src: A, dst: B, id }, 1480);
const putAll = (packets: readonly Packet[], at = 0): Conversation =>
  packets.reduce((conversation, packet) => conversation.put(packet), new Conversation({ at }));

const fragmentFiles = (): CaptureFile[] => [
  classic(
    'fragments',
    'a datagram in three fragments, twice with different identifications; a ping in two',
    'later fragments go to the flow of the first',
    merged(
      putAll([...pieces(1), ...pieces(2)]),
      putAll(ipv4Fragments(icmp({ type: 8, id: 1, payload: 2000 }), { src: A, dst: B, id: 3 }, 1480), 1),
    ),
  ),
  classic(
    'fragments-out-of-order',
    'the same in the order 2, 1, 3',
    'a fragment before its first one has a flow without ports',
    merged(putAll([1, 0, 2].flatMap((index) => pieces(1)[index] ?? []))),
  ),
  classic(
    'fragments-first-missing',
    'fragments 2 and 3; and a third that comes 61 s after its first',
    'unmatched fragments are counted, never dropped',
    merged(putAll(pieces(1).slice(1)), putAll(pieces(2).slice(0, 2), 1), putAll(pieces(2).slice(2), 62.1)),
  ),
  classic(
    'fragments-ipv6',
    'a datagram in three fragments behind a hop-by-hop header, and an atomic fragment',
    'the fragment header is behind other headers',
    merged(
      putAll([
        ...ipv6Fragments(big, { src: A6, dst: B6, headers: [hopByHop()] }, 5, 1200),
        behindHeaders([fragment({ id: 6 })]),
      ]),
    ),
  ),
];

const faultyFiles = (): CaptureFile[] => [
  classic(
    'snaplen',
    'a connection, an exchange and pings cut at 40 bytes: ports captured, flags not',
    'cut packets count with what is there',
    merged(
      new TcpConversation().open().say('client', 300).close(),
      new Conversation({ at: 1 }).forth(query).back(answer),
      new Conversation({ at: 2 }).forth(icmp({ type: 8, id: 1, payload: 56 })),
    ).map((record) => snapped(record, 40)),
    { snaplen: 40 },
  ),
  classic(
    'malformed',
    'one packet of each fault: version, header length, total length too small and too large, data offset, no room for ports, cut addresses, cut ports; and a good one',
    'each is counted and, unless its ports are readable, none is a flow',
    [
      ...new Conversation()
        .put(query.over(ipv4({ version: 5 })))
        .put(query.over(ipv4({ headerWords: 4 })))
        .put(query.over(ipv4({ totalLength: 19 })))
        .put(query.over(ipv4({ totalLength: 900 })))
        .put(tcp({ dataOffset: 4 }).over(ipv4()))
        .put(protocol(17, 3).over(ipv4()))
        .put(query.over(ipv6({ version: 4 })))
        .put(query.over(ipv6({ payloadLength: 900 })))
        .forth(query).records,
      ...[30, 36].map((capLen, index) =>
        snapped(
          { timestampNs: 1_700_000_001_000_000_000n + BigInt(index), frame: query.over(ipv4()).over(ethernet()) },
          capLen,
        ),
      ),
    ],
  ),
  classic(
    'segmentation-offload',
    'IP total length 0 and payload length 0, as captured before a network card cuts',
    'bytes are those of the frame',
    merged(
      new Conversation({ link: (packet) => packet.over(ethernet()) })
        .put(tcp({ flags: PSH | ACK, payload: 4000 }).over(ipv4({ src: A, dst: B, totalLength: 0 })))
        .put(tcp({ flags: PSH | ACK, payload: 4000 }).over(ipv6({ src: A6, dst: B6, payloadLength: 0 }))),
    ),
  ),
];
