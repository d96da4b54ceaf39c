/**
 * Frames with VLAN tags, and of devices without a link layer, by each capture: the same flows with the bytes of the
 * device. In network namespaces made for it; without the right to make them it is skipped.
 */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ethernet, ipv4, pcap, udp, vlan } from '../builders/index.ts';
import type { Packet } from '../builders/index.ts';
import { capLoads } from '../source/cap/cap_loads.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { COMMAND, LiveCommand } from './live_command.ts';
import { NEAR, NamespacePair, canUseTcpdump, finished, hasTool } from './netns.ts';

/** IPv4 and UDP headers, and the payload. */
const IP_BYTES = 20 + 8 + 64;
const ETHERNET = 14;
const TAG = 4;
const PORTS = { plain: 1001, vlan: 1002, priority: 1003, qinq: 1004, twice: 1005 } as const;

const datagram = (srcPort: number): Packet => udp({ srcPort, dstPort: 9, payload: 64 }).over(ipv4());

function frames(): Packet[] {
  return [
    datagram(PORTS.plain),
    datagram(PORTS.vlan).over(vlan(7)),
    datagram(PORTS.priority).over(vlan(0xa000)),
    datagram(PORTS.qinq).over(vlan(7)).over(vlan(100, 0x88a8)),
    datagram(PORTS.twice).over(vlan(7)).over(vlan(100)),
  ].map((packet) => packet.over(ethernet()));
}

const CAPTURES = [
  ['cap', NEAR, []],
  ['cap', 'any', []],
  ['cap', NEAR, ['--promiscuous']],
  ['tcpdump', NEAR, []],
  ['tcpdump', 'any', []],
] as const;

describe.skipIf(!canUseTcpdump || !capLoads)('frames with tags', () => {
  let pair: NamespacePair;
  let file: string;
  beforeAll(() => {
    pair = new NamespacePair();
    const records = frames().map((frame, n) => ({ timestampNs: BigInt(n), frame: Uint8Array.from(frame) }));
    file = pair.file('tags.pcap', pcap(records));
  });
  afterAll(() => pair?.dispose());

  it.each(CAPTURES)('are flows of as many bytes as on the wire with %s on %s %j', async (capture, device, more) => {
    const args = ['--capture', capture, ...more, '-F', '', '--count', '5'];
    const live = await LiveCommand.start(pair, pair.near, device, ...args);
    await pair.replay(file);
    const { flows, errors } = await live.end();
    const bytes = flows.map(({ srcPort, wireBytesForward }) => [srcPort, wireBytesForward]);
    expect(bytes.sort(), errors).toEqual([
      [PORTS.plain, ETHERNET + IP_BYTES],
      [PORTS.vlan, ETHERNET + TAG + IP_BYTES],
      [PORTS.priority, ETHERNET + TAG + IP_BYTES],
      [PORTS.qinq, ETHERNET + 2 * TAG + IP_BYTES],
      [PORTS.twice, ETHERNET + 2 * TAG + IP_BYTES],
    ]);
  });

  it.each([
    ['cap', NEAR],
    ['cap', 'any'],
    ['tcpdump', 'any'],
  ])('cannot be asked for by a filter with %s on %s, and the message names what can', async (capture, device) => {
    const args = ['live', device, '--capture', capture, '-F', 'vlan 7'];
    await expect(finished(pair.near.start(process.execPath, COMMAND, ...args))).rejects.toThrow(
      capture === 'cap' ? '--capture tcpdump, --promiscuous' : 'name an interface',
    );
  });
});

const canUseTun = canUseTcpdump && capLoads && hasTool('socat') && existsSync('/dev/net/tun');

describe.skipIf(!canUseTun)('packets of a tun device (needs socat)', () => {
  it.each(['cap', 'tcpdump'])('have no header in their bytes with %s', async (capture) => {
    using pair = new NamespacePair();
    pair.near.start('socat', 'TUN:10.88.0.1/24,tun-name=tun0,tun-type=tun,iff-no-pi,up', 'EXEC:sleep 600');
    await waitFor(
      () => interfaceUp(pair),
      () => 'no tun0',
    );
    const live = await LiveCommand.start(pair, pair.near, 'tun0', '--capture', capture, '-F', 'udp', '--count', '8');
    const send =
      "for (let n = 0; n < 8; n++) s.send(Buffer.alloc(52), 9, '10.88.0.2', n === 7 ? () => s.close() : undefined)";
    const script = `const s = require('dgram').createSocket('udp4'); ${send}`;
    pair.near.run(process.execPath, '-e', script);
    const { flows } = await live.end();
    expect(flows).toMatchObject([{ packetsForward: 8, bytesForward: 8 * 80, wireBytesForward: 8 * 80 }]);
  });
});

function interfaceUp(pair: NamespacePair): boolean {
  try {
    return pair.near.ip('addr', 'show', 'dev', 'tun0').includes('10.88.0.1');
  } catch {
    return false;
  }
}
