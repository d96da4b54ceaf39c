/** `pcapflow filter`: what it prints, and how it refuses. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { enhancedPacket, ethernet, interfaceBlock, ipv4, pcap, pcapng, sll, tcp } from '../builders/index.ts';
import { caughtOutput } from './caught_output.ts';
import type { CaughtOutput } from './caught_output.ts';
import { execute } from './execute.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-filter-'));
afterAll(() => rmSync(folder, { recursive: true }));

const EXIT = { OK: 0, CANNOT_START: 1, PART: 3 } as const;

const command = (...args: readonly string[]): Promise<CaughtOutput> => caughtOutput(() => execute('filter', args));

const IP_PROGRAM = [
  '(000) ldh      [12]',
  '(001) jeq      #0x800           jt 2\tjf 3',
  '(002) ret      #262144',
  '(003) ret      #0',
  '',
].join('\n');

describe('pcapflow filter prints', () => {
  it('the program as tcpdump -d does, which is what it does by itself', async () => {
    expect(await command('ip')).toEqual({ status: EXIT.OK, out: IP_PROGRAM, err: '' });
    expect(await command('-d', 'ip')).toEqual({ status: EXIT.OK, out: IP_PROGRAM, err: '' });
  });

  it('the numbers of tcpdump -ddd', async () => {
    const out = '4\n40 0 0 12\n21 0 1 2048\n6 0 0 262144\n6 0 0 0\n';
    expect(await command('-ddd', 'ip')).toEqual({ status: EXIT.OK, out, err: '' });
    expect(await command('ip', '-d', '-d', '-d')).toEqual({ status: EXIT.OK, out, err: '' });
  });

  it('the syntax tree with its qualifiers carried over', async () => {
    const { status, out } = await command('--tree', 'tcp port 80 or 443');
    expect(status).toBe(EXIT.OK);
    expect(out).toMatchInlineSnapshot(`
      "or
        tcp port 80
        tcp port 443
      "
    `);
  });

  it('the WebAssembly function', async () => {
    const { status, out } = await command('--wat', 'ip');
    expect(status).toBe(EXIT.OK);
    expect(out).toMatch(/^\(module\n.*\(func \(export "filter"\).*i32\.load16_u offset=12 .*\)\n$/s);
  });

  it('words that stand apart as one expression', async () => {
    expect((await command('tcp', 'port', '80')).out).toBe((await command('tcp port 80')).out);
  });
});

describe('--linktype', () => {
  it.each([
    ['RAW', 'ldb      [0]'],
    ['raw', 'ldb      [0]'],
    ['101', 'ldb      [0]'],
    ['DLT_RAW', 'ldb      [0]'],
    ['LINUX_SLL', 'ldh      [14]'],
    ['LINKTYPE_LINUX_SLL', 'ldh      [14]'],
    ['113', 'ldh      [14]'],
    ['PPP', 'ldh      [2]'],
    ['EN10MB', 'ldh      [12]'],
    ['LINUX_SLL2', 'ldh      [0]'],
  ])('--linktype takes the name %s', async (name, first) => {
    const { status, out } = await command('ip', '--linktype', name);
    expect([status, out.split('\n')[0]]).toEqual([EXIT.OK, `(000) ${first}`]);
  });

  it('must be known', async () => {
    const { status, out, err } = await command('ip', '--linktype', 'TOKENRING');
    expect([status, out]).toEqual([EXIT.CANNOT_START, '']);
    expect(err).toMatch(/^pcapflow: link type TOKENRING is not known; .*EN10MB.*\n$/);
  });
});

describe('what is wrong', () => {
  it.each([
    ['tcp port', 9],
    ['host 1.2.3.256', 6],
    ['ip and (udp', 12],
    ['tcp[0:3] = 1', 1],
    ['type mgt', 1],
    ['gateway 1.2.3.4', 1],
  ])('is shown with a caret: %s', async (expression, column) => {
    const { status, out, err } = await command(expression);
    expect([status, out]).toEqual([EXIT.CANNOT_START, '']);
    const [message, shown, caret, end] = err.split('\n');
    expect(message).toMatch(/^pcapflow: ./);
    expect([shown, caret?.length, caret?.trim(), end]).toEqual([`  ${expression}`, 2 + column, '^', '']);
  });

  it.each([[['-dd', 'ip']], [['--no-such', 'ip']], [[]], [['--linktype']]])(
    'filter refuses the arguments %j',
    async (args: readonly string[]) => {
      const { status, out, err } = await command(...args);
      expect([status, out]).toEqual([EXIT.CANNOT_START, '']);
      expect(err).not.toBe('');
    },
  );

  it('is an expression that can never match only in a warning', async () => {
    expect(await command('-ddd', 'ip and arp')).toEqual({
      status: EXIT.OK,
      out: '1\n6 0 0 0\n',
      err: 'pcapflow: warning: expression rejects all packets\n',
    });
  });
});

describe('pcapflow read --filter', () => {
  const ethernetFrame = tcp().over(ipv4()).over(ethernet());
  const cookedFrame = tcp().over(ipv4()).over(sll());
  const record = (frame: Uint8Array, interfaceId = 0) => ({ timestampNs: 0n, frame, interfaceId });
  const readFile = (bytes: Uint8Array, ...args: readonly string[]): Promise<CaughtOutput> => {
    const path = join(folder, 'capture');
    writeFileSync(path, bytes);
    return caughtOutput(() => execute('read', [path, '--no-progress', '--format', 'none', '--stats', '-', ...args]));
  };
  const seen = (err: string): unknown => JSON.parse(err.split('\n').find((line) => line.startsWith('{')) ?? '{}');

  it('cannot start with a wrong expression', async () => {
    const { status, err } = await readFile(pcap([record(ethernetFrame)]), '--filter', 'tcp port');
    expect(status).toBe(EXIT.CANNOT_START);
    expect(err).toMatch(/^pcapflow: .*\n {2}tcp port\n {10}\^\n$/);
  });

  it('cannot start when the link type of the file refuses it', async () => {
    const { status, err } = await readFile(pcap([record(cookedFrame)], { linkType: 113 }), '-F', 'vlan');
    expect(status).toBe(EXIT.CANNOT_START);
    expect(err).toMatch(/link type 113: no VLAN support for this link type\n {2}vlan\n {2}\^\n$/);
  });

  it('has read a part when the link type of a later interface refuses it', async () => {
    const capture = pcapng([
      interfaceBlock({ linkType: 1 }),
      enhancedPacket(record(ethernetFrame)),
      interfaceBlock({ linkType: 113 }),
      enhancedPacket(record(cookedFrame, 1)),
    ]);
    const { status, err } = await readFile(capture, '-F', 'tcp or vlan');
    expect(status).toBe(EXIT.PART);
    expect(seen(err)).toMatchObject({ packetsSeen: 2, packetsDelivered: 1, packetsNotTracked: 1 });
    expect(err).toMatch(/link type 113: no VLAN support for this link type\n {2}tcp or vlan\n {9}\^\n$/);
  });

  it('warns of an expression that can never match', async () => {
    const { status, err } = await readFile(pcap([record(ethernetFrame)]), '-F', 'ip and arp');
    expect(status).toBe(EXIT.OK);
    expect(err).toContain("pcapflow: warning: filter 'ip and arp': expression rejects all packets\n");
    expect(seen(err)).toMatchObject({ packetsSeen: 1, packetsFiltered: 1 });
  });
});
