import { describe, expect, it } from 'vitest';

import { parseSocketTable } from '../../../src/host/sockets/parse.ts';
import { TABLE_NAMES } from '../../../src/host/sockets/table_name.ts';
import type { TableName } from '../../../src/host/sockets/table_name.ts';
import { random } from '../../builders/random.ts';
import { UDP_HEADING, rowText, tableText } from './table_text.ts';
import type { TextRow } from './table_text.ts';

const SEED = 157;

/** Of a little-endian host, whatever host the test runs on. */
function parse(text: string, table: TableName = 'tcp') {
  return parseSocketTable(text, table, { endianness: 'LE' });
}

function one(row: TextRow, table: TableName = 'tcp') {
  const { rows, malformed } = parse(tableText([row]), table);
  expect({ rows: rows.length, malformed }).toEqual({ rows: 1, malformed: 0 });
  return rows[0];
}

describe('columns', () => {
  it('are all read, the two combined ones as one field each', () => {
    const row = one({
      ...{ slot: 5, local: '192.168.0.1', localPort: 44284, remote: '38.229.79.2', remotePort: 443, state: 1 },
      ...{
        txQueue: 586,
        rxQueue: 0x10,
        timer: 1,
        expires: 0x17,
        retransmits: 2,
        uid: 101,
        timeout: 3,
        inode: 34188132,
      },
      tail: '24 4 29 10 -1',
    });
    expect(row).toEqual({
      ...{ table: 'tcp', slot: 5 },
      ...{ local: { address: '192.168.0.1', port: 44284 }, remote: { address: '38.229.79.2', port: 443 } },
      ...{ localHex: '0100A8C0:ACFC', remoteHex: '024FE526:01BB' },
      ...{ stateCode: 1, state: 'established', txQueue: 586, rxQueue: 16 },
      ...{ timer: 'retransmit', timerExpiresTicks: 23, retransmits: 2, uid: 101, timeout: 3, inode: 34188132 },
      ...{ refCount: 1, pointer: '00000000d1a2b3c4' },
      ...{ rtoTicks: 24, atoTicks: 4, quickAckPingPong: 29, cwnd: 10, ssthresh: -1, drops: undefined },
      ...{ mapped: false, unmapped: undefined },
    });
  });

  it('of a time-wait row end at the pointer', () => {
    expect(one({ state: 6, remotePort: 9, timer: 3, expires: 5999, inode: 0, tail: '' })).toMatchObject({
      ...{
        state: 'timeWait',
        timer: 'timeWait',
        timerExpiresTicks: 5999,
        uid: 0,
        inode: 0,
        pointer: '00000000d1a2b3c4',
      },
      ...{
        rtoTicks: undefined,
        atoTicks: undefined,
        quickAckPingPong: undefined,
        cwnd: undefined,
        ssthresh: undefined,
      },
    });
  });

  it('of udp end with the drops', () => {
    const { rows } = parse(tableText([{ state: 7, tail: '17' }], UDP_HEADING), 'udp');
    expect(rows).toMatchObject([{ table: 'udp', state: 'close', drops: 17, rtoTicks: undefined, ssthresh: undefined }]);
  });

  it('take the largest numbers', () => {
    expect(
      one({
        slot: 99999,
        txQueue: 2 ** 32 - 1,
        rxQueue: 2 ** 32 - 1,
        uid: 2 ** 32 - 2,
        inode: 2 ** 32 - 1,
        localPort: 65535,
      }),
    ).toMatchObject({
      ...{
        slot: 99999,
        txQueue: 4294967295,
        rxQueue: 4294967295,
        uid: 4294967294,
        inode: 4294967295,
        local: { port: 65535 },
      },
    });
  });

  it.each([
    [1, 'established'],
    [2, 'synSent'],
    [3, 'synRecv'],
    [4, 'finWait1'],
    [5, 'finWait2'],
    [6, 'timeWait'],
    [7, 'close'],
    [8, 'closeWait'],
    [9, 'lastAck'],
    [10, 'listen'],
    [11, 'closing'],
    [12, 'newSynRecv'],
    [13, 'boundInactive'],
    [0, 'unknown'],
    [14, 'unknown'],
    [255, 'unknown'],
  ])('state %d is %s', (code, state) => expect(one({ state: code })).toMatchObject({ stateCode: code, state }));

  it.each([
    [0, 'off'],
    [1, 'retransmit'],
    [2, 'keepalive'],
    [3, 'timeWait'],
    [4, 'zeroWindowProbe'],
    [5, 'unknown'],
    [255, 'unknown'],
  ])('timer %d is %s', (code, timer) => expect(one({ timer: code })?.timer).toBe(timer));
});

describe('addresses', () => {
  it('are IPv6 in IPv6 tables', () => {
    expect(one({ local: '2a01:4f8:190:514a::2', remote: 'fe80::1', remotePort: 1 }, 'tcp6')).toMatchObject({
      local: { address: '2a01:4f8:190:514a::2', port: 53 },
      remote: { address: 'fe80::1', port: 1 },
      localHex: 'F804012A4A5190010000000002000000:0035',
      mapped: false,
    });
  });

  it('that are mapped say so', () => {
    expect(one({ local: '::ffff:127.0.0.1', remote: '::ffff:10.0.0.1', remotePort: 80 }, 'tcp6')).toMatchObject({
      local: { address: '::ffff:127.0.0.1' },
      remote: { address: '::ffff:10.0.0.1' },
      mapped: true,
      unmapped: '127.0.0.1',
    });
  });

  it('of a big-endian host are the same', () => {
    const rows = [{ local: '10.1.2.3', localPort: 80, remote: '10.9.8.7', remotePort: 1024, state: 1 }];
    const rows6 = [{ local: '::ffff:10.1.2.3', localPort: 80, remote: '2a01:4f8::7', remotePort: 1024, state: 1 }];
    for (const [table, given] of [
      ['tcp', rows],
      ['tcp6', rows6],
    ] as const) {
      const [big] = parseSocketTable(tableText(given, undefined, 'BE'), table, { endianness: 'BE' }).rows;
      const [little] = parseSocketTable(tableText(given, undefined, 'LE'), table, { endianness: 'LE' }).rows;
      expect(big?.local).toEqual({ address: given[0]?.local, port: 80 });
      expect(big?.remote).toEqual({ address: given[0]?.remote, port: 1024 });
      expect({ ...big, localHex: '', remoteHex: '' }).toEqual({ ...little, localHex: '', remoteHex: '' });
      expect(big?.localHex).not.toBe(little?.localHex);
    }
  });
});

describe('lines', () => {
  it('of nothing, or of a heading only, give no rows', () => {
    for (const text of ['', tableText([]), tableText([]).trim(), '\n'])
      expect(parse(text)).toEqual({ rows: [], malformed: 0 });
  });

  it('that are no rows are counted', () => {
    const garbage = [
      'garbage',
      '',
      '   ',
      '\0\0\0\0',
      'a b c d e f g h i j k l',
      rowText({}).split(' ').filter(Boolean).slice(0, 9).join(' '),
      ...[
        '0100007F',
        '0100007F:',
        ':0035',
        '0100007:0035',
        '0100007FF:0035',
        '010000G7F:0035',
        '0100007F:00G5',
        '0100007F;0035',
      ].map((local) => rowText({}).replace('0100007F:0035', local)),
      rowText({ local: '::1' }),
      rowText({}).replace('0:', '0'),
      rowText({}).replace('0:', 'x:'),
      rowText({}).replace(' 0A ', ' 0G '),
      rowText({}).replace('00000000:00000000 00', '0000000000000000 00'),
      rowText({}).replace('00000000:00000000', '1000000000000000:00000000'),
      rowText({}).replace(' 00:00000000', ' 00:'),
      rowText({}).replace(' 00:00000000', ' 0G:00000000'),
      rowText({}).replace('12345', '12x45'),
      rowText({}).replace('12345', '-12345'),
      rowText({}).replace('12345', '--1'),
      rowText({ uid: 7 }).replace('    7 ', '   -7 '),
      rowText({}).replace('12345', '1'.repeat(40)),
    ];
    const text = `${tableText([{ inode: 1 }]) + garbage.map((line) => `${line}\n`).join('')}${rowText({ inode: 2 })}\n`;
    const { rows, malformed } = parse(text);
    expect(rows.map(({ inode }) => inode)).toEqual([1, 2]);
    expect(malformed).toBe(garbage.length);
  });

  it('that were cut are never rows with wrong numbers', () => {
    const whole = { inode: 34188132, uid: 1000, state: 1, remote: '10.0.0.1', remotePort: 443 };
    const text = tableText([{ inode: 1 }, whole]);
    for (let size = text.indexOf('\n') + 1; size < text.length; size++) {
      const { rows, malformed } = parse(text.slice(0, size));
      for (const { inode, uid, remote } of rows.slice(1))
        expect({ inode, uid, remote }).toEqual({
          inode: 34188132,
          uid: 1000,
          remote: { address: '10.0.0.1', port: 443 },
        });
      if (size > text.indexOf('\n', 150) && !text.slice(0, size).endsWith('\n'))
        expect(rows.length + malformed).toBe(2);
    }
  });

  it('with the columns up to the inode are enough', () => {
    const line = rowText({ inode: 7 }).split(' ').filter(Boolean).slice(0, 10).join(' ');
    expect(parse(`heading\n${line}\n`).rows).toMatchObject([
      { inode: 7, refCount: undefined, pointer: undefined, rtoTicks: undefined },
    ]);
  });

  it('that the kernel printed twice are kept once', () => {
    const row = { local: '10.0.0.1', remote: '10.0.0.2', remotePort: 80, state: 1, inode: 5 };
    const text = tableText([
      row,
      { ...row, slot: 1, txQueue: 9 },
      { ...row, inode: 6 },
      { ...row, state: 8 },
      { ...row, remotePort: 81 },
      { ...row, localPort: 54 },
    ]);
    const { rows, malformed } = parse(text);
    expect(malformed).toBe(0);
    expect(
      rows.map(({ slot, inode, stateCode, remote, local }) => [slot, inode, stateCode, remote.port, local.port]),
    ).toEqual([
      [0, 5, 1, 80, 53],
      [0, 6, 1, 80, 53],
      [0, 5, 8, 80, 53],
      [0, 5, 1, 81, 53],
      [0, 5, 1, 80, 54],
    ]);
  });

  it('may be 20,000', () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => ({
      slot: n,
      localPort: n % 65536,
      inode: n + 1,
      uid: n % 7,
      state: 1 + (n % 11),
    }));
    const parsed = parse(tableText(rows));
    expect(parsed.malformed).toBe(0);
    expect(
      parsed.rows.map(({ slot, local, inode, uid, stateCode }) => ({
        slot,
        localPort: local.port,
        inode,
        uid,
        state: stateCode,
      })),
    ).toEqual(rows);
  });

  // A search from each line to the end of the text would take minutes.
  it('may be long without a blank', () => {
    const text = `heading\n${`${'x'.repeat(10)}\n`.repeat(200_000)}`;
    expect(parse(text)).toEqual({ rows: [], malformed: 200_000 });
    expect(parse(`heading\n${'0'.repeat(4_000_000)}`)).toEqual({ rows: [], malformed: 1 });
  });
});

describe('chance', () => {
  it('never makes it throw: random bytes, and tables with random bytes in them', () => {
    const rng = random(SEED);
    for (let n = 0; n < 3000; n++) {
      const table = rng.pick(TABLE_NAMES);
      const bytes = rng.oneIn(3) ? Buffer.from(rng.bytes(rng.below(2000))) : damaged(rng);
      const text = bytes.toString('latin1');
      const { rows, malformed } = parse(text, table);
      const lines = text.split('\n').slice(1);
      const counted = lines.at(-1) === '' ? lines.length - 1 : lines.length;
      expect(rows.length + malformed, `seed ${SEED}, table ${n}`).toBeLessThanOrEqual(Math.max(0, counted));
      for (const row of rows) {
        for (const value of [
          row.slot,
          row.local.port,
          row.remote.port,
          row.stateCode,
          row.txQueue,
          row.rxQueue,
          row.uid,
          row.inode,
        ]) {
          expect(Number.isSafeInteger(value) && value >= 0, `seed ${SEED}, table ${n}`).toBe(true);
        }
        expect(Math.max(row.local.port, row.remote.port)).toBeLessThanOrEqual(65535);
      }
    }
  });

  it('gives back every row that was printed', () => {
    const rng = random(SEED + 1);
    for (let n = 0; n < 300; n++) {
      const printed = Array.from({ length: rng.below(20) }, (_, inode) => ({
        ...{
          slot: rng.below(100_000),
          localPort: rng.below(65536),
          remotePort: rng.below(65536),
          state: rng.below(16),
          timer: rng.below(5),
        },
        ...{
          txQueue: rng.uint32(),
          rxQueue: rng.uint32(),
          expires: rng.uint32(),
          retransmits: rng.below(20),
          uid: rng.uint32(),
          timeout: rng.below(99),
          inode,
        },
      }));
      const { rows, malformed } = parse(tableText(printed));
      const read = rows.map((row) => ({
        ...{
          slot: row.slot,
          localPort: row.local.port,
          remotePort: row.remote.port,
          state: row.stateCode,
          timer: ['off', 'retransmit', 'keepalive', 'timeWait', 'zeroWindowProbe'].indexOf(row.timer),
        },
        ...{
          txQueue: row.txQueue,
          rxQueue: row.rxQueue,
          expires: row.timerExpiresTicks,
          retransmits: row.retransmits,
          uid: row.uid,
          timeout: row.timeout,
          inode: row.inode,
        },
      }));
      expect(read, `seed ${SEED + 1}, table ${n}`).toEqual(printed);
      expect(malformed).toBe(0);
    }
  });
});

/** A table with some bytes changed, added or lost. */
function damaged(rng: ReturnType<typeof random>): Buffer {
  const bytes = [
    ...Buffer.from(tableText([{ inode: 1 }, { inode: 2, local: rng.oneIn(2) ? '127.0.0.1' : '::1' }, { inode: 3 }])),
  ];
  for (let n = rng.between(1, 8); n > 0; n--)
    bytes.splice(rng.below(bytes.length), rng.below(3), ...rng.bytes(rng.below(3)));
  return Buffer.from(bytes);
}
