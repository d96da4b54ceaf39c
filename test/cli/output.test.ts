/** Outputs: whole or not there; never an input; and the end comes whatever waits. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openOutput, Output } from '../../src/cli/output.ts';
import type { Target } from '../../src/cli/output_target.ts';
import { ethernet, ipv4, pcap, udp, type CaptureRecord } from '../builders/index.ts';
import { canMakePipes, MutePipe } from '../mute_pipe.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = join(root, 'dist/bin/pcapflow/main.cjs');
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-output-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

let count = 0;
/** A folder for one test. */
function place(name = ''): string {
  return join(mkdtempSync(join(folder, `${count++}-`)), name);
}

const RECORDS: CaptureRecord[] = Array.from({ length: 3000 }, (_, n) => ({
  timestampNs: 1_700_000_000_000_000_000n + BigInt(n) * 1_000_000n,
  frame: udp({ srcPort: 1000 + n, dstPort: 53 })
    .over(ipv4())
    .over(ethernet()),
}));
const capture = join(folder, 'capture.pcap');
writeFileSync(capture, pcap(RECORDS));

const run = (args: readonly string[], before = ''): { status: number | null; out: string; err: string } => {
  const command = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ');
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `${before} ${command}`], { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
};
const lineCount = (path: string): number => readFileSync(path, 'latin1').split('\n').length - 1;

describe('a regular file', () => {
  it('is replaced when the new one is whole, and keeps its mode; a link stays a link', async () => {
    const path = place('flows');
    const link = `${path}.link`;
    writeFileSync(path, 'old\n');
    chmodSync(path, 0o640);
    symlinkSync(path, link);
    const output = await openOutput({ path: link, mode: 'replace' });
    await output.add('new\n');
    await output.flush();
    expect(readFileSync(path, 'utf8')).toBe('old\n');
    await output.close();
    expect(readFileSync(path, 'utf8')).toBe('new\n');
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readlinkSync(link)).toBe(path);
    output.abandon();
    expect(readdirSync(join(path, '..')).sort()).toEqual(['flows', 'flows.link']);
  });

  it('that is given up is not there, and what was there stays', async () => {
    const path = place('flows');
    const output = await openOutput({ path, mode: 'replace' });
    await output.add('half');
    await output.flush();
    output.abandon();
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  it('that cannot be written to its end keeps the old one: exit 4', () => {
    const path = place('flows');
    writeFileSync(path, 'old\n');
    // A limit of 8 KiB for each file stands for a disk that is full.
    const { status, err } = run(['read', capture, '-o', path], 'ulimit -f 16;');
    expect({ status, err }).toMatchObject({ status: 4, err: expect.stringContaining(`${path} cannot be written`) });
    expect(readFileSync(path, 'utf8')).toBe('old\n');
    expect(readdirSync(join(path, '..'))).toEqual(['flows']);
  });

  it('that is written in place ends with a whole line when the disk is full', async () => {
    const path = place('flows');
    const script = `
      const { openOutput } = await import(process.argv[1]);
      const output = await openOutput({ path: process.argv[2], mode: 'inPlace' });
      try {
        for (let n = 0; n < 100_000; n++) await output.add('line ' + n + '\\n');
      } catch (error) {
        console.log(error.code);
      }`;
    const module = join(root, 'dist/src/cli/output.js');
    const { stdout } = spawnSync(
      'sh',
      ['-c', 'ulimit -f 512; exec "$@"', 'sh', process.execPath, '--input-type=module', '-e', script, module, path],
      {
        encoding: 'utf8',
      },
    );
    expect(stdout).toBe('ERR_WRITE\n');
    const text = readFileSync(path, 'utf8');
    expect(text.length).toBeGreaterThan(100_000);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('gets more lines with append', async () => {
    const path = place('flows');
    for (const line of ['one\n', 'two\n']) {
      const output = await openOutput({ path, mode: 'append' });
      expect(output.continues).toBe(line !== 'one\n');
      await output.add(line);
      await output.close();
    }
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });

  it('is whole when only a part of the capture could be read', () => {
    const path = place('flows');
    const cut = place('cut.pcap');
    writeFileSync(cut, pcap(RECORDS).subarray(0, -7));
    expect(run(['read', cut, '-o', path]).status).toBe(3);
    expect(lineCount(path)).toBe(RECORDS.length - 1);
  });

  it.skipIf(!canMakePipes)('is not there after SIGHUP, and nothing that looks like it', async () => {
    const path = place('flows');
    using pipe = new MutePipe(pcap(RECORDS).subarray(0, 50_000));
    const child = start(['read', pipe.path, '-o', path]);
    await until(() => readdirSync(join(path, '..')).length > 0);
    child.kill('SIGHUP');
    expect((await once(child, 'exit'))[0]).toBe(129);
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  it.skipIf(!canMakePipes)('has the flows up to there after SIGTERM', async () => {
    const path = place('flows');
    using pipe = new MutePipe(pcap(RECORDS).subarray(0, 50_000));
    const child = start(['read', pipe.path, '-o', path]);
    await until(() => readdirSync(join(path, '..')).length > 0);
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(3);
    expect(readdirSync(join(path, '..'))).toEqual(['flows']);
    expect(lineCount(path)).toBeGreaterThan(500);
  });
});

describe('an output that is an input', () => {
  it('is refused in a folder, too', () => {
    const path = place('input.pcap');
    writeFileSync(path, pcap(RECORDS));
    const before = readFileSync(path);
    const here = join(path, '..');
    const commands = [
      ['read', here, '-o', path],
      ['replay', here, '--speed', 'max', '-o', path],
      ['read', here, '-f', 'none', '--stats', path],
      ['plan', here, '--output', place(), '-o', path],
      ['plan', path, '--output', place(), '-o', path],
    ];
    for (const command of commands) {
      const { status, err } = run(command);
      expect({ command, status, err }).toMatchObject({
        status: 1,
        err: expect.stringContaining('is the same file as'),
      });
      expect(readFileSync(path).equals(before)).toBe(true);
    }
  });

  it('is refused by device and inode, standard input and output as they are open', () => {
    const path = place('input.pcap');
    writeFileSync(path, pcap(RECORDS));
    const size = statSync(path).size;
    for (const redirect of [`read - -o ${path} < ${path}`, `read ${path} >> ${path}`, `read - < ${path} >> ${path}`]) {
      for (const command of [redirect, redirect.replace('read', 'replay')]) {
        const { status, stderr } = spawnSync('sh', ['-c', `${process.execPath} ${main} ${command}`], {
          encoding: 'utf8',
        });
        expect({ command, status, stderr }).toMatchObject({
          status: 1,
          stderr: expect.stringContaining('is the same file as'),
        });
        expect(statSync(path).size).toBe(size);
      }
    }
  });
});

describe('a reader of the output', () => {
  it.skipIf(!canMakePipes)('of a named pipe may come later', async () => {
    const path = place('pipe');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    const child = start(['read', capture, '-o', path]);
    const cat = spawn('cat', [path], { stdio: ['ignore', 'pipe', 'ignore'] });
    let lines = 0;
    cat.stdout.setEncoding('latin1').on('data', (text: string) => {
      lines += text.split('\n').length - 1;
    });
    const [[status]] = await Promise.all([once(child, 'exit'), once(cat, 'close')]);
    expect(status).toBe(0);
    expect(lines).toBe(RECORDS.length);
  });

  it.skipIf(!canMakePipes)('of a named pipe who closes it is missed, and other outputs go on', async () => {
    const path = place('pipe');
    const beside = place('beside');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    const child = start(['read', capture, '-f', 'jsonl', '-o', path, '-f', 'jsonl', '-o', beside]);
    let err = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const head = spawn('head', ['-c', '10', path], { stdio: 'ignore' });
    const [[status]] = await Promise.all([once(child, 'close'), once(head, 'exit')]);
    expect(err).toContain(`warning: ${path}: who read this pipe has closed it; nothing more is written to it`);
    expect(status).toBe(0);
    expect(readFileSync(beside, 'latin1').trim().split('\n')).toHaveLength(RECORDS.length);
  });

  it.skipIf(!canMakePipes || process.platform !== 'linux')('that never comes does not hold up the end', async () => {
    const path = place('pipe');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    for (const command of [['read'], ['replay', '--speed', 'max']]) {
      const child = start([...command, capture, '-o', path]);
      await until(() => listens(child));
      child.kill('SIGTERM');
      expect((await once(child, 'exit'))[0]).toBe(1);
    }
  });

  it.skipIf(process.platform !== 'linux')(
    'that does not read does not hold up the end, and the loss is said',
    async () => {
      for (const command of [['read'], ['replay', '--speed', 'max']]) {
        const child = start([...command, capture, '-f', 'jsonl']);
        let err = '';
        child.stderr?.setEncoding('utf8').on('data', (text: string) => {
          err += text;
        });
        // Nobody reads standard output: after 64 KiB everything waits.
        await until(() => writtenBy(child) >= 65_536);
        const began = performance.now();
        child.kill('SIGINT');
        const [status] = (await once(child, 'exit')) as [number];
        expect(performance.now() - began).toBeLessThan(20_000);
        expect({ status, err }).toEqual({
          status: 3,
          err: expect.stringMatching(/ended by SIGINT; \d+ bytes for standard output/),
        });
      }
    },
  );
});

describe('standard output', () => {
  const commands = [['read', '--help'], ['--help'], ['--version'], ['filter', 'tcp'], ['completion', 'bash']];

  it.skipIf(process.platform !== 'linux')('without room for a text is a failed write: exit 4', () => {
    for (const command of commands) {
      const { status, stderr } = spawnSync(
        'sh',
        ['-c', `'${process.execPath}' '${main}' ${command.join(' ')} >/dev/full`],
        {
          encoding: 'utf8',
        },
      );
      expect({ command, status, stderr }).toEqual({
        command,
        status: 4,
        stderr: expect.stringMatching(/^pcapflow: standard output cannot be written: ENOSPC[^\n]*\n$/),
      });
    }
  });

  it('whose reader is gone is no failure of a text either', async () => {
    for (const command of commands) {
      const child = start(command);
      child.stdout?.destroy();
      let err = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        err += text;
      });
      const [status] = (await once(child, 'close')) as [number];
      expect({ command, status, err }).toEqual({ command, status: 0, err: '' });
    }
  });
});

describe('standard error', () => {
  const cut = join(folder, 'cut.pcap');
  writeFileSync(cut, pcap(RECORDS).subarray(0, -1));
  const commands = [['read'], ['replay', '--speed', 'max']].map((words) => [...words, cut, '-f', 'jsonl', '-o']);

  it('whose reader is gone changes nothing', async () => {
    for (const command of commands) {
      const path = place('flows');
      const child = start([...command, path]);
      child.stderr?.destroy();
      expect({ command, status: ((await once(child, 'close')) as [number])[0] }).toEqual({ command, status: 3 });
      expect(lineCount(path)).toBe(RECORDS.length - 1);
    }
  });

  it.skipIf(process.platform !== 'linux')('without room changes nothing, unless counters were to go there', () => {
    const statusOf = (words: readonly string[]): number | null =>
      spawnSync('sh', ['-c', `'${process.execPath}' '${main}' ${words.join(' ')} 2>/dev/full`]).status;
    for (const command of commands) {
      const path = place('flows');
      expect({ command, status: statusOf([...command, path]) }).toEqual({ command, status: 3 });
      expect(lineCount(path)).toBe(RECORDS.length - 1);
    }
    expect(statusOf(['read', capture, '-f', 'none', '--stats', '-'])).toBe(4);
  });
});

describe('text of others on a terminal', () => {
  const hostile = '{"name":"\u001b]0;x\u0007\u009b31m\u202e"}\n';

  function written(isTerminal: boolean, isRaw: boolean): Promise<string> {
    let text = '';
    const target: Target = {
      name: 'terminal',
      continues: false,
      isTerminal,
      waiting: 0,
      write(bytes) {
        text += Buffer.from(bytes).toString('utf8');
      },
      commit: () => undefined,
      abandon: () => undefined,
    };
    return new Output(target, isRaw).addBytes(Buffer.from(hostile)).then(() => text);
  }

  it('is escaped where the format leaves it as it is, and only there', async () => {
    expect(await written(true, true)).toBe('{"name":"\\x1b]0;x\\x07\\x9b31m\\u{202e}"}\n');
    expect(await written(true, false)).toBe(hostile);
    expect(await written(false, true)).toBe(hostile);
  });
});

describe('the deadline after a signal', () => {
  const endings = (work: string): readonly [status: number | null, out: string, err: string] => {
    const script = `
      const { endInTime } = await import(process.argv[1]);
      endInTime('SIGINT');
      ${work}`;
    const module = join(root, 'dist/src/cli/interrupt.js');
    const args = ['--input-type=module', '-e', script, module];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return [status, stdout, stderr];
  };

  it.each([
    ['waits for something else', 'setInterval(() => {}, 1e6);'],
    ['has much to do', '(function work() { setImmediate(work); })();'],
  ])('ends a process that %s', (_title, work) => {
    expect(endings(work)).toEqual([3, '', 'pcapflow: ended by SIGINT; the rest could not be written\n']);
  });

  it('lets a process finish that did not run meanwhile', () => {
    const stalls = `
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);
      setTimeout(() => { console.log('done'); process.exit(0); }, 50);`;
    expect(endings(stalls)).toEqual([0, 'done\n', '']);
  });
});

describe('a command that ends with its work undone', () => {
  it('fails, and says what it was at', () => {
    const script = `
      const { guardExit, workingOn } = await import(process.argv[1]);
      guardExit();
      workingOn('reading x.pcap');`;
    const module = join(root, 'dist/src/cli/exit_guard.js');
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script, module], {
      encoding: 'utf8',
    });
    expect(status).toBe(70);
    expect(stderr).toContain('ended while reading x.pcap');
  });
});

function start(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(20);
}

/** Bytes that a process has written in all. */
function writtenBy({ pid }: ChildProcess): number {
  return Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1] ?? 0);
}

/** Does the command listen to signals? Node by itself listens to SIGTERM, but not to SIGHUP, number 1. */
function listens({ pid }: ChildProcess): boolean {
  const mask = /^SigCgt:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '0';
  return (BigInt(`0x${mask}`) & 1n) !== 0n;
}
