/** TCP connections: every way in which a flow ends. */

import { ACK, FIN, PSH, RST, SYN } from '../test/builders/index.ts';
import { TcpConversation, merged } from './conversation.ts';
import { classic, type CaptureFile } from './capture_file.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n';

const opened = (fields: ConstructorParameters<typeof TcpConversation>[0] = {}): TcpConversation =>
  new TcpConversation(fields).open().say('client', REQUEST).say('server', 1000);

export const tcpFiles = (): CaptureFile[] => [
  classic(
    'tcp-fin',
    'a connection closed by both sides',
    'the plainest flow; FIN from both sides is `fin`, 30 s later',
    [...opened().close().records, ...new TcpConversation({ at: 60, port: 50001 }).open().records],
  ),
  classic(
    'tcp-half-close',
    'the client sends FIN, the server sends for 40 s more and never closes',
    'one FIN is not a close: the flow outlives the FIN timeout',
    opened().finish('client').wait(20).say('server', 500).wait(20).say('server', 500).records,
  ),
  classic(
    'tcp-rst',
    'a refused connection, and one reset in the middle',
    'RST from either side closes the flow',
    merged(
      new TcpConversation({ port: 50000, service: 81 }).segment('client', SYN).segment('server', RST | ACK),
      opened({ at: 1, port: 50001 }).reset('client'),
      opened({ at: 50, port: 50002 }),
    ),
  ),
  classic(
    'tcp-idle',
    'data, 601 s of silence, data; and the same with 599 s',
    'the cut falls between the two packets, not at a sweep',
    merged(opened().wait(601).say('client', 10), opened({ port: 50001 }).wait(599).say('client', 10)),
  ),
  classic(
    'tcp-fin-late',
    'a closed connection and a stray segment 31 s (29 s on another) after',
    'the FIN timeout cuts like the idle one',
    merged(
      opened().close().wait(31).segment('server', ACK),
      opened({ port: 50001 }).close().wait(29).segment('server', ACK),
    ),
  ),
  classic(
    'tcp-syn-on-closed',
    'the same ports again, 1 s after a close, after a reset, and after one FIN',
    'a SYN on a flow that saw FIN or RST starts a new one',
    merged(
      opened().close().wait(1).reopen(5000).open(),
      opened({ port: 50001 }).reset('server').wait(1).reopen(5000).open(),
      opened({ port: 50002 }).finish('client').wait(1).reopen(5000).open(),
    ),
  ),
  classic(
    'tcp-port-reuse',
    'a SYN 40 s after the last packet of a connection that was never closed: with a new sequence number, and repeated with the old one',
    'port reuse is distinguished from a late retransmission',
    merged(
      opened().wait(40).reopen(5000).open(),
      new TcpConversation({ port: 50001 }).segment('client', SYN).wait(40).reopen(1000).segment('client', SYN),
      opened({ port: 50002 }).wait(20).reopen(5000).segment('client', SYN),
    ),
  ),
  classic(
    'tcp-open',
    'connections still open when the capture ends',
    'the end of a file flushes, least recently used first',
    merged(opened(), opened({ at: 0.05, port: 50001 }), opened({ at: 0.05, port: 50002, from: '192.0.2.9' })),
  ),
  classic(
    'tcp-midstream',
    'captures that begin late: data first, SYN+ACK first, a response before a SYN',
    'who is called originator',
    merged(
      new TcpConversation({ port: 50000 }).say('server', 700).say('client', REQUEST),
      new TcpConversation({ port: 50001 })
        .segment('server', SYN | ACK)
        .segment('client', ACK)
        .say('client', REQUEST),
      new TcpConversation({ port: 50002 }).segment('server', ACK).open().say('client', REQUEST),
    ),
  ),
  classic(
    'tcp-flags',
    'every one of the 12 flag bits, and a segment with none',
    'flags are or-ed by direction',
    new TcpConversation()
      .segment('client', SYN | 0x0c0 | 0x100)
      .segment('server', 0)
      .segment('client', 0x020 | 0x200)
      .segment('server', 0x800 | ACK)
      .segment('client', 0x400 | PSH | ACK, 5)
      .segment('server', FIN | ACK).records,
  ),
  classic(
    'tcp-backwards',
    'packets whose time is before that of the packet in front',
    'first and last are minimum and maximum, the clock does not go back',
    opened().wait(-5).segment('client', ACK).wait(2).segment('server', ACK).wait(4).segment('client', ACK).records,
  ),
];
