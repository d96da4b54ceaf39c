/** Screens of a terminal: tables that fit into it, and the progress bar that leaves no trace. Needs script(1). */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { barSize, isBarWelcome } from '../../src/cli/progress.ts';
import { streamingTable, usualColumns } from '../../src/export/table.ts';
import { PROCESS } from '../../src/cli/annotations.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMMAND = `'${process.execPath}' dist/bin/pcapflow/main.cjs`;
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-screens-'));
afterAll(() => rmSync(folder, { recursive: true }));

const hasScript = spawnSync('script', ['--version']).status === 0;

/** What a command writes to a terminal of this size. */
function onTerminal(columns: number, rows: number, args: string, env: Record<string, string> = {}): string[] {
  const { stdout } = spawnSync(
    'script',
    ['-qec', `stty cols ${columns} rows ${rows}; ${COMMAND} ${args}`, '/dev/null'],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', TERM: 'xterm', ...env },
    },
  );
  return stdout.replaceAll('\r', '').split('\n').slice(0, -1);
}

const SIZES = [
  [80, 24],
  [120, 40],
  [160, 50],
] as const;

describe.skipIf(!hasScript)('a table on a terminal', () => {
  it.each(SIZES)('of %i x %i columns and lines has all flows, their peers and their ends', (columns, rows) => {
    const lines = onTerminal(columns, rows, 'read pcaps/tour.pcap');
    const table = lines.slice(0, lines.indexOf(''));
    expect(table.filter((line) => line.length > columns)).toEqual([]);
    const titles = table.filter((line) => line.startsWith('START'));
    expect(titles).toHaveLength(Math.ceil(29 / (rows - 2)));
    expect(table.length - titles.length).toBe(29);
    for (const title of ['PROTO', 'SOURCE', 'DESTINATION', 'BYTES', 'END']) expect(titles[0]).toContain(title);
    expect(titles[0]?.includes('FLAGS')).toBe(columns > 80);
    expect(titles[0]?.includes('START (UTC)')).toBe(columns > 120);
    expect(table[1]).toMatch(/22:13:20.* \[2001:db8:1::10\]:51001 +\[2001:db8:80::443\]:443 .* fin$/);
    expect(table).toMatchSnapshot();
  });

  it.each(SIZES)('of sums at %i x %i fits, and keeps the fields and their bytes', (columns, rows) => {
    const sums = onTerminal(columns, rows, 'read pcaps/tour.pcap --by srcAddress,dstAddress,service,endReason,srcPort');
    const lines = sums.slice(0, sums.indexOf(''));
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    expect(lines[0]).toMatch(/^SRCADDRESS +DSTADDRESS +SERVICE +ENDREASON .*BYTES$/);
    expect(lines[0]?.includes('PACKETS')).toBe(columns > 80);
    expect(lines).toMatchSnapshot();
  });

  it('has the colours of sockets: titles, ends of flows; none with NO_COLOR or --color never', () => {
    const seen = (args: string, env: Record<string, string>): string[] =>
      onTerminal(120, 40, `read pcaps/tour.pcap ${args}`, { NO_COLOR: '', ...env });
    const lines = seen('', { TERM: 'xterm-256color' });
    expect(lines[0]).toMatch(/^\x1b\[1;38;5;67mSTART\x1b\[0m/);
    expect(lines[1]).toMatch(/ \x1b\[38;5;71mfin\x1b\[0m$/);
    expect(lines[4]).toMatch(/ \x1b\[38;5;160mrst\x1b\[0m$/);
    expect(seen('--fields srcPort,endReason', { TERM: 'xterm' })[1]).toBe('  51001  \x1b[32mfin\x1b[0m');
    const bare = onTerminal(120, 40, 'read pcaps/tour.pcap');
    expect(lines.map((line) => line.replaceAll(/\x1b\[[0-9;]*m/g, ''))).toEqual(bare);
    expect(seen('--color never', { TERM: 'xterm-256color' })).toEqual(bare);
    expect(seen('', { NO_COLOR: '1', TERM: 'xterm-256color' })).toEqual(bare);
  });

  it('repeats its titles after as many rows as a screen has', () => {
    const lines = onTerminal(80, 12, 'read pcaps/tour.pcap');
    const at = lines.flatMap((line, n) => (line.startsWith('START') ? [n] : []));
    expect(at).toEqual([0, 11, 22]);
  });

  it.each(SIZES)('of sockets at %i x %i fits, and keeps state and process', (columns, rows) => {
    const lines = onTerminal(
      columns,
      rows,
      'sockets --all --columns proto,local,localPort,remote,remotePort,state,pid,name,user,service,asName,rxQueue,txQueue',
    );
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    for (const title of ['STATE', 'PID', 'PROCESS'])
      expect(lines[0]?.toUpperCase()).toMatch(new RegExp(`${title}|NAME`));
  });
});

it('a file has the whole table, whatever the terminal is', () => {
  const path = join(folder, 'flows.txt');
  spawnSync('sh', ['-c', `COLUMNS=40 ${COMMAND} read pcaps/tour.pcap -f table > ${path}`], { cwd: ROOT });
  expect(readFileSync(path, 'utf8')).toMatch(/^START \(UTC\) .* FLAGS +END\n/);
});

describe('the table of live --process', () => {
  const flow = {
    srcAddress: '198.51.100.123',
    srcPort: 50_123,
    dstAddress: '2001:db8:1234:5678::1',
    dstPort: 443,
    protocol: 6,
    firstSeen: { seconds: 1_700_000_000, nanos: 0 },
    lastSeen: { seconds: 1_700_000_001, nanos: 0 },
    packetsForward: 10,
    packetsReverse: 12,
    bytesForward: 1000,
    bytesReverse: 200_000,
    tcpFlagsForward: 27,
    tcpFlagsReverse: 27,
    endReason: 'fin',
  } as unknown as Parameters<ReturnType<typeof streamingTable>['line']>[0];
  const identity = { process: { pid: 4242, name: 'firefox', uid: 1000 }, inbound: false, holders: [] };

  it.each(SIZES)('at %i x %i never loses process, state or the port of a peer', (columns, rows) => {
    const usual = usualColumns(false);
    const further = {
      titles: PROCESS.titles,
      usual: PROCESS.usual,
      fits: PROCESS.fits,
      width: (text: string) => text.length,
    };
    const table = streamingTable(usual, further, { terminal: { columns, rows } });
    const known = { protocol: 6, dstPort: 443, identity, content: undefined, srcOwner: null, dstOwner: null };
    const cells = PROCESS.cells(known as unknown as Parameters<typeof PROCESS.cells>[0]);
    const text = table.row([...usual.cells(flow), ...cells]);
    const lines = text.trimEnd().split('\n');
    expect(lines.every((line) => line.length <= columns)).toBe(true);
    expect(lines[0]).toMatch(/ END +PROCESS/);
    expect(lines[1]).toMatch(/:443\b.* fin +firefox\/4242/);
    expect(lines).toMatchSnapshot();
  });
});

describe('the progress bar', () => {
  const file = { isFile: () => true, isCharacterDevice: () => false };
  const pipe = { isFile: () => false, isCharacterDevice: () => false };

  it('is not drawn where rows go to a terminal or to a pipe', () => {
    expect(isBarWelcome(undefined, 'jsonl', file)).toBe(true);
    expect(isBarWelcome(undefined, 'jsonl', pipe)).toBe(false);
    expect(isBarWelcome('-', 'table', pipe)).toBe(false);
    expect(isBarWelcome('flows.csv', 'csv', pipe)).toBe(true);
    expect(isBarWelcome(undefined, 'none', pipe)).toBe(true);
  });

  it('leaves room for the time left', () => {
    const beside = '[] 100% | 123456.7 MiB | 12.34 M packets/s | 59m59s left'.length;
    for (const [columns] of SIZES) expect(barSize(columns) + beside).toBeLessThanOrEqual(columns);
    expect(barSize(20)).toBe(1);
  });

  it.skipIf(!hasScript)('is seen while rows go elsewhere, and leaves no trace', async () => {
    const fifo = join(folder, 'capture');
    spawnSync('mkfifo', [fifo]);
    const tour = readFileSync(join(ROOT, 'pcaps/tour.pcap'));
    const call = `stty cols 80 rows 24; ${COMMAND} read ${fifo} -f none`;
    const child = spawn('script', ['-qefc', call, '/dev/null'], { cwd: ROOT });
    let text = '';
    const isDrawn = new Promise<void>((resolve) => {
      child.stdout.on('data', (data: Buffer) => {
        text += data.toString();
        if (text.includes('packets/s')) resolve();
      });
    });
    const end = openSync(fifo, 'r+');
    writeSync(end, tour);
    await isDrawn;
    const ended = new Promise((resolve) => child.on('close', resolve));
    closeSync(end);
    await ended;
    // Whatever was drawn last is erased: nothing but control sequences follow.
    const afterErasing = text.slice(text.lastIndexOf('packets/s') + 'packets/s'.length);
    // The line is erased, the cursor is shown again.
    expect(afterErasing).toContain('\x1b[2K');
    expect(afterErasing).toContain('\x1b[?25h');
    expect(afterErasing.replaceAll(/\x1b\[\??[0-9;]*[A-Za-z]|\x1b[78]|\r|\n/g, '').trim()).toBe('');
  });
});
