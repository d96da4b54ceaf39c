/** The same small connection in every file format. */

import {
  LINKTYPE,
  binary,
  block,
  concat,
  customBlock,
  decimal,
  enhancedPacket,
  interfaceBlock,
  interfaceStatistics,
  ipv4Bytes,
  nameResolution,
  obsoletePacket,
  pcapng,
  simplePacket,
  sll2,
  type CaptureRecord,
} from '../test/builders/index.ts';
import { START_NS, TcpConversation } from './conversation.ts';
import { classic, type CaptureFile } from './capture_file.ts';

/** Steps of 1.000001001 ms, so that a resolution that is lost shows. */
const connection = (fields: ConstructorParameters<typeof TcpConversation>[0] = {}): CaptureRecord[] => {
  const { records } = new TcpConversation({ stepMs: 1.000001, ...fields })
    .open()
    .say('client', 20)
    .say('server', 200)
    .close();
  return records.map((record, index) => ({ ...record, timestampNs: record.timestampNs + BigInt(index) }));
};

const ng = (name: string, holds: string, keptFor: string, ...sections: readonly Uint8Array[]): CaptureFile => ({
  name: `${name}.pcapng`,
  holds,
  keptFor,
  bytes: concat(...sections),
});

export const formatFiles = (): CaptureFile[] => [
  classic('nanoseconds', 'nanosecond timestamps, big-endian', 'no digit of a timestamp is lost', connection(), {
    format: 'ns',
    bigEndian: true,
  }),
  classic('big-endian', 'microseconds, big-endian', 'written on the other kind of machine', connection(), {
    bigEndian: true,
  }),
  classic(
    'modified',
    "Kuznetzov's format with 24-byte record headers",
    'another magic, another record header',
    connection(),
    { format: 'modified' },
  ),
  classic('empty', 'a file header and nothing else', 'no packets: not an error', []),
  ng(
    'two-interfaces',
    'Ethernet in nanoseconds and Linux cooked v2 in 2^-20 seconds with an offset of an hour',
    'link type and resolution belong to the interface',
    pcapng([
      interfaceBlock({ linkType: LINKTYPE.ETHERNET, tsresol: decimal(9), name: 'eth0' }),
      interfaceBlock({ linkType: LINKTYPE.LINUX_SLL2, tsresol: binary(20), tsoffset: 3600n, name: 'any' }),
      ...connection().map(enhancedPacket),
      ...connection({ at: 1, port: 50001, link: (packet) => packet.over(sll2()) }).map((record) =>
        enhancedPacket({ ...record, interfaceId: 1 }),
      ),
    ]),
  ),
  ng(
    'sections',
    'two sections of different byte order, the second with another interface 0',
    'a section starts everything again',
    pcapng([interfaceBlock(), ...connection().map(enhancedPacket)]),
    pcapng(
      [
        interfaceBlock({ linkType: LINKTYPE.RAW, tsresol: decimal(3) }),
        ...connection({ at: 1, port: 50001, link: (packet) => packet }).map(enhancedPacket),
      ],
      { bigEndian: true },
    ),
  ),
  ng(
    'blocks',
    'enhanced, obsolete and simple packets among name resolution, statistics, custom and unknown blocks, with options',
    'blocks without packets are skipped',
    pcapng(
      [
        interfaceBlock({ snaplen: 96, options: [[3, new TextEncoder().encode('a comment about nothing')]] }),
        nameResolution(ipv4Bytes('198.51.100.2'), 'www.example.org'),
        ...connection().map(
          (record, index) =>
            [
              enhancedPacket({ ...record, options: [[1, new TextEncoder().encode('comment')]] }),
              obsoletePacket(record),
              simplePacket(record.frame.slice(0, 96), record.frame.length),
            ][index % 3] ?? enhancedPacket(record),
        ),
        customBlock(32473, Uint8Array.of(1, 2, 3)),
        customBlock(32473, Uint8Array.of(4), false),
        block(0x0bad1dea, () => Uint8Array.of(1)),
        interfaceStatistics({ timestampNs: START_NS, received: 9n, dropped: 0n }),
      ],
      { options: [[4, new TextEncoder().encode('pcaps/make.ts')]] },
    ),
  ),
];
