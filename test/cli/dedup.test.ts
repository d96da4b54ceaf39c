/** `--dedup[=MS]`: an option whose value may be left out. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/parse_arguments.ts';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';

const MAIN = fileURLToPath(new URL('../../dist/bin/pcapflow/main.cjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-dedup-'));
afterAll(() => rmSync(folder, { recursive: true }));
const capture = join(folder, 'twice.pcap');
const frame = udp({ srcPort: 1, dstPort: 2, payload: 9 }).over(ipv4()).over(ethernet());
writeFileSync(
  capture,
  pcap([0n, 60n].map((ms) => ({ timestampNs: 1_700_000_000_000_000_000n + ms * 1_000_000n, frame }))),
);

function read(...args: readonly string[]): {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'read', ...args], { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

describe('--dedup', () => {
  it.each([
    [['--dedup'], 100],
    [['--dedup=50'], 50],
    [['--dedup=50', '--dedup'], 100],
    [[], undefined],
  ])('%j is %s ms', async (given, expected) => {
    const { values, operands } = await parseArguments('read', [...given, 'file'], true);
    expect([values.dedup, operands]).toEqual([expected, ['file']]);
  });

  it('leaves the argument behind it alone', async () => {
    expect((await parseArguments('read', ['--dedup', '50'], true)).operands).toEqual(['50']);
  });

  it.each(['0', '1.5', 'x', '', '60001'])('=%s is refused', async (text) => {
    await expect(parseArguments('read', [`--dedup=${text}`], true)).rejects.toThrow('it must be');
  });

  it('drops and counts copies, and says so in the summary', () => {
    const dropped = read(capture, '--dedup', '-f', 'table');
    expect([dropped.status, dropped.err]).toEqual([0, expect.stringContaining('1 in flows, 1 seen twice')]);
    expect(read(capture, '--dedup=50', '-f', 'table').err).toContain('2 in flows');
    const counted = JSON.parse(read(capture, '--dedup', '-f', 'none', '--stats', '-').err);
    expect(counted).toMatchObject({ packetsSeen: 2, packetsNotTracked: 1, notTracked: { duplicate: 1 } });
  });

  it('is for one engine: --jobs says why', () => {
    const { status, err } = read(capture, '--dedup', '--jobs', '2', '-f', 'none');
    expect(status).toBe(0);
    expect(err).toContain(
      '--jobs 2: one core reads this, because a copy is known from the packets before it (--dedup)',
    );
  });
});
