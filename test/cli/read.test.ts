/** `pcapflow read` as a user meets it: exit codes, messages, pipes, formats. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { MutePipe, canMakePipes } from '../mute_pipe.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';
import { execute } from './execute.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = join(root, 'dist/bin/pcapflow/main.cjs');
const pcaps = join(root, 'pcaps');
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const EXIT = { OK: 0, CANNOT_START: 1, PART: 3 } as const;

function command(...args: readonly string[]): { status: number | null; out: string; err: string } {
  return withInput(undefined, ...args);
}

function withInput(
  input: Uint8Array | undefined,
  ...args: readonly string[]
): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'read', ...args], {
    input,
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return { status, out: stdout, err: stderr };
}

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** Undefined when it is closed by now. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

const records = Array.from({ length: 20_000 }, (_, n) => ({
  timestampNs: 1_700_000_000_000_000_000n + BigInt(n) * 1_000_000n,
  frame: Uint8Array.from(udp({ srcPort: n, dstPort: 53 }).over(ipv4()).over(ethernet())),
}));
const many = file('many.pcap', pcap(records));
const tour = 'pcaps/tour.pcap';
const tourBytes = readFileSync(join(pcaps, 'tour.pcap'));

describe('every capture of pcaps/', () => {
  for (const name of readdirSync(pcaps).filter((one) => /\.pcap(ng)?$/.test(one))) {
    const stem = name.replace(/\.pcap(ng)?$/, '');
    it(`${name} gives the flows that lie beside it`, async () => {
      const output = join(folder, 'flows.jsonl');
      const read = async (...options: readonly string[]): Promise<string> => {
        await execute('read', [join(pcaps, name), '-f', 'jsonl', '--no-progress', '-o', output, ...options]);
        return readFileSync(output, 'utf8');
      };
      expect(await read()).toBe(readFileSync(join(pcaps, `${stem}.flows.jsonl`), 'utf8'));
      const inner = join(pcaps, `${stem}.decapsulated.flows.jsonl`);
      if (existsSync(inner)) expect(await read('--decapsulate')).toBe(readFileSync(inner, 'utf8'));
    });
  }
});

describe('input', () => {
  const lines = command(tour).out;

  it('is standard input for "-" and without a file', () => {
    expect(withInput(tourBytes, '-')).toMatchObject({ status: EXIT.OK, out: lines });
    expect(withInput(tourBytes)).toMatchObject({ status: EXIT.OK, out: lines });
    expect(withInput(gzipSync(tourBytes), '-')).toMatchObject({ status: EXIT.OK, out: lines });
  });

  it('is several files that make one capture', () => {
    const half = records.length / 2;
    const parts = [file('one.pcap', pcap(records.slice(0, half))), file('two.pcap', pcap(records.slice(half)))];
    expect(command(...parts).out).toBe(command(many).out);
  });

  it('that is empty or no capture is an error that names file and reason, exit 1', () => {
    for (const [path, reason] of [
      [file('empty', ''), 'is empty'],
      [file('text', 'this is text\n'), 'is not a capture'],
      [file('cut', tourBytes.subarray(0, 20)), 'ends inside the file header'],
    ] as const) {
      const { status, out, err } = command(path);
      expect([status, out], reason).toEqual([EXIT.CANNOT_START, '']);
      expect(err).toContain(path);
      expect(err).toContain(reason);
    }
  });

  it('that is missing cannot start', () => {
    expect(command('no/such.pcap')).toMatchObject({
      status: EXIT.CANNOT_START,
      out: '',
      err: expect.stringContaining('no/such.pcap: no such file'),
    });
    expect(command('')).toMatchObject({ status: EXIT.CANNOT_START, err: "pcapflow: '': no such file\n" });
  });

  it('that is a folder stands for the captures in it', () => {
    const { status, err } = command('pcaps', '-f', 'none', '--stats', '-');
    expect(status).toBe(EXIT.OK);
    expect(err).toContain('left out: pcaps/README.md');
  });

  it('of which one file is missing is not begun', () => {
    const { status, out, err } = command(tour, 'no/such.pcap');
    expect([status, out]).toEqual([EXIT.CANNOT_START, '']);
    expect(err).toContain('no/such.pcap: no such file');
  });

  it('that is truncated is read to the cut; the message says file and byte, exit 3', () => {
    const path = file('truncated.pcap', readFileSync(many).subarray(0, 24 + 5 * 58 + 30));
    const { status, out, err } = command(path, '--flow-timeout', '1');
    expect(status).toBe(EXIT.PART);
    expect(out.trim().split('\n')).toHaveLength(5);
    expect(err).toBe(
      `pcapflow: ${path}: truncated: it ends inside the record at byte ${24 + 5 * 58}; everything before it was read\n`,
    );
  });

  it('that is corrupt is read to the fault; the message says file, byte and reason, exit 3', () => {
    const bytes = Buffer.from(readFileSync(many).subarray(0, 24 + 10 * 58));
    bytes.writeUInt32LE(0x7fffffff, 24 + 3 * 58 + 8);
    const path = file('corrupt.pcap', bytes);
    const { status, out, err } = command(path);
    expect(status).toBe(EXIT.PART);
    expect(out.trim().split('\n')).toHaveLength(3);
    expect(err).toContain(`${path}: corrupt at byte ${24 + 3 * 58}: a captured length of 2147483647 bytes`);
  });

  it('of an unknown link type is one error that names the number', () => {
    const { status, err } = command(file('link.pcap', pcap([], { linkType: 147 })));
    expect(status).toBe(EXIT.CANNOT_START);
    expect(err).toContain('link type 147');
  });
});

describe('options', () => {
  const bad: readonly (readonly [args: readonly string[], message: string])[] = [
    [['--format', 'xml'], '--format is xml'],
    [['--fragments', 'keep'], '--fragments is keep'],
    [['--flow-timeout', 'soon'], '--flow-timeout is "soon"'],
    [['--flow-timeout', '0'], '--flow-timeout is 0'],
    [['--fin-timeout=-1'], '--fin-timeout is -1'],
    [['--snaplen', '10'], '--snaplen is 10'],
    [['--max-flows', '0'], '--max-flows is 0'],
    [['--max-flows', '1.5'], '1.5'],
    [['--no-such-option'], '--no-such-option'],
    [['--filter', 'and and'], 'syntax error'],
    [['--output', 'no/such/folder/x'], 'no/such/folder/x'],
    [['--active-timeout', ''], '--active-timeout is ""'],
  ];
  for (const [args, message] of bad) {
    it(`that make no sense cannot start: ${args.join(' ')}`, () => {
      const { status, out, err } = command(tour, ...args);
      expect([status, out]).toEqual([EXIT.CANNOT_START, '']);
      expect(err).toContain(message);
      expect(err).not.toMatch(/\n\s+at /);
    });
  }

  it('change what they say they change', () => {
    const flows = (...args: readonly string[]): number =>
      command(many, ...args)
        .out.trim()
        .split('\n').length;
    expect(flows()).toBe(20_000);
    expect(flows('--max-flows', '5')).toBe(20_000);
    expect(command(many, '--max-flows', '5').out).toContain('"endReason":"evicted"');
    expect(flows('--filter', 'udp port 100')).toBe(1);
    expect(command(tour, '--unidirectional').out).not.toBe(command(tour).out);
  });

  it('--help says all of them and reads nothing', () => {
    const { status, out } = command('--help');
    expect(status).toBe(EXIT.OK);
    for (const option of [
      '--format',
      '--output',
      '--filter',
      '--flow-timeout',
      '--fin-timeout',
      '--active-timeout',
      '--snaplen',
      '--unidirectional',
      '--fragments',
      '--decapsulate',
      '--max-flows',
      '--stats',
      '--no-progress',
    ]) {
      expect(out).toContain(option);
    }
  });
});

describe('output', () => {
  const tcpFile = 'pcaps/nanoseconds.pcap';

  it('as jsonl, csv and table is this text', () => {
    for (const format of ['jsonl', 'csv', 'table'])
      expect(command(tcpFile, '--format', format).out).toMatchSnapshot(format);
  });

  it('as none is nothing', () => {
    expect(command(tour, '--format', 'none')).toEqual({ status: EXIT.OK, out: '', err: '' });
  });

  it('goes to a file', () => {
    const path = join(folder, 'flows.jsonl');
    expect(command(tour, '-o', path)).toEqual({ status: EXIT.OK, out: '', err: '' });
    expect(readFileSync(path, 'utf8')).toBe(command(tour).out);
  });

  it('has statistics in which every packet has one counter', () => {
    const { err } = command(many, '--format', 'none', '--stats', '-');
    const figures = JSON.parse(err) as Readonly<Record<string, number>>;
    expect(figures).toMatchObject({ packetsSeen: 20_000, packetsDelivered: 20_000 });
    const path = join(folder, 'stats.json');
    command('pcaps/malformed.pcap', '--format', 'none', '--stats', path);
    const c = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, number>>;
    expect(c.packetsSeen).toBe(
      (c.packetsDelivered ?? 0) +
        (c.packetsFiltered ?? 0) +
        (c.packetsMalformed ?? 0) +
        (c.packetsNotTracked ?? 0) +
        (c.packetsDropped ?? 0),
    );
    expect(c.packetsMalformed).toBeGreaterThan(0);
  });

  it('ends quietly when its reader is gone', () => {
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['-c', 'set -o pipefail; "$0" "$1" read "$2" | head -n 1; echo "${PIPESTATUS[0]}"', process.execPath, main, many],
      { encoding: 'utf8' },
    );
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')[1]).toBe('0');
    expect(stderr).toBe('');
  });
});

it('names of files cannot command the terminal', () => {
  const hostile = file('esc\u001b[31m', 'x');
  expect(command(tour, hostile, '-f', 'none').err).toBe(
    `pcapflow: ${folder}/esc\\x1b[31m: ends inside the file header, after 1 bytes; a capture is expected\n`,
  );
  expect(command(hostile).err).toContain('esc\\x1b[31m: ');
});

describe('an interrupt', () => {
  it.skipIf(!canMakePipes || !existsSync('/proc/self/fd'))('may come before the first byte', async () => {
    using pipe = new MutePipe();
    const child = spawn(process.execPath, [main, 'read', pipe.path], { stdio: ['ignore', 'ignore', 'pipe'] });
    const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const fds = `/proc/${child.pid}/fd`;
    await waitFor(
      () => readdirSync(fds).some((fd) => linkOf(join(fds, fd)) === pipe.path),
      () => err,
    );
    child.kill('SIGINT');
    expect(await exit).toBe(EXIT.PART);
    expect(err).toBe('pcapflow: interrupted after 0 packets; the flows up to there are written\n');
  });

  it('writes what is complete, says so and exits with 3', async () => {
    const child = spawn(process.execPath, [main, 'read', '-'], { cwd: root });
    const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    // Silence of more than the flow timeout: flows come out, and so the reader is known to be at work.
    const { frame } = records[0] as { frame: Uint8Array };
    const later = Array.from({ length: 100 }, (_, n) => ({
      timestampNs: 1_700_009_000_000_000_000n + BigInt(n),
      frame,
    }));
    const flowing = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
    child.stdin.write(pcap([...records, ...later]));
    await flowing;
    child.kill('SIGINT');
    expect(await exit).toBe(EXIT.PART);
    expect(out.trim().split('\n')).toHaveLength(records.length + 1);
    expect(err).toMatch(/^pcapflow: interrupted after 20\d\d\d packets; the flows up to there are written\n$/);
  });
});
