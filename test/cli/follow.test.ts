/** `pcapflow read --follow`: a capture that grows, and the files that follow it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nextName } from '../../src/source/file/follow.ts';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';
import { COMMAND } from '../live/live_command.ts';
import { waitFor } from '../source/live/collecting_sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-follow-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEADER = 24;

/** A capture with one packet, from this port at this second. */
function capture(srcPort: number, second: number): Buffer {
  const frame = Uint8Array.from(udp({ srcPort, dstPort: 9 }).over(ipv4()).over(ethernet()));
  return Buffer.from(pcap([{ timestampNs: BigInt(second) * 1_000_000_000n, frame }]));
}

/** Adds files, and expects so many flows after each. @returns the exit status and what was written to standard error */
async function follow(
  first: string,
  steps: readonly (() => void)[],
  options: readonly string[] = [],
): Promise<[number | null, string, string[]]> {
  const args = ['read', first, '--follow', '-f', 'csv', '--fields', 'srcPort', '--flow-timeout', '1', ...options];
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const texts = { out: '', err: '' };
  child.stdout.on('data', (piece: Buffer) => {
    texts.out += piece.toString();
  });
  child.stderr.on('data', (piece: Buffer) => {
    texts.err += piece.toString();
  });
  const lines = (): string[] => texts.out.trimEnd().split('\n').slice(1);
  for (const [n, step] of steps.entries()) {
    step();
    // The next packet ends the flow of the one before.
    await waitFor(
      () => lines().length >= n + 1,
      () => `${n}: ${texts.out} ${texts.err}`,
    );
  }
  child.kill('SIGINT');
  const [code] = (await closed) as [number | null];
  return [code, texts.err, lines()];
}

describe('read --follow', () => {
  it('reads a file as it grows, its successor of the same name, and one of the next number', async () => {
    const file = join(folder, 'a.pcap');
    writeFileSync(file, capture(1, 100));
    const result = await follow(file, [
      () => appendFileSync(file, capture(2, 200).subarray(HEADER)),
      () => {
        renameSync(file, join(folder, 'old'));
        writeFileSync(file, capture(3, 300));
      },
      () => writeFileSync(`${file}1`, capture(4, 400)),
      () => {
        // A record that is not whole yet.
        const rest = capture(5, 500).subarray(HEADER);
        appendFileSync(`${file}1`, rest.subarray(0, 20));
        setTimeout(() => appendFileSync(`${file}1`, rest.subarray(20)), 300);
      },
    ]);
    expect(result).toEqual([0, '', ['1', '2', '3', '4', '5']]);
  });

  it('says that one core reads what still grows', async () => {
    const file = join(folder, 'j.pcap');
    writeFileSync(file, capture(1, 100));
    const more = [() => appendFileSync(file, capture(2, 200).subarray(HEADER))];
    expect(await follow(file, more, ['--jobs', '2'])).toEqual([
      0,
      'pcapflow: warning: --jobs 2: one core reads this, because the file still grows (--follow)\n',
      ['1', '2'],
    ]);
  });

  it('refuses several files and pipes', async () => {
    const child = spawn(process.execPath, [COMMAND, 'read', '-', '--follow'], { stdio: ['pipe', 'ignore', 'pipe'] });
    const [text] = (await once(child.stderr, 'data')) as [Buffer];
    expect(text.toString()).toContain('--follow takes one regular file');
  });

  it('counts as tcpdump does', () => {
    expect(['a.pcap', 'a.pcap1', 'b09', 'c99'].map(nextName)).toEqual(['a.pcap1', 'a.pcap2', 'b10', 'c100']);
  });
});
