/** Input and output that misbehave. */
import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readFlows } from '../../../src/index.ts';
import { concat, enhancedPacket, ethernet, interfaceBlock, ipv4, pcapng, udp } from '../../builders/index.ts';
import { readCapture } from '../../models/index.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const tour = readFileSync(join(root, 'pcaps/tour.pcap'));
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-robust-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function seen(path: string): Promise<{ packets: number | undefined; codes: unknown[] }> {
  const codes: unknown[] = [];
  const flows = readFlows(path, {
    maxFlows: 4096,
    onProblem: (problem) => codes.push((problem as { code?: unknown }).code),
  });
  for await (const flow of flows) expect(flow.packetsForward).toBeGreaterThan(0);
  return { packets: flows.counters?.packetsSeen, codes };
}

function read(...args: string[]): { status: number | null; err: string } {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'dist/bin/pcapflow/main.cjs'), 'read', ...args], {
    encoding: 'utf8',
  });
  return { status, err: stderr };
}

describe('gzip that is cut', () => {
  const whole = gzipSync(tour);
  it.each([0.3, 0.5, 0.9, 0.999])('at %d of its length gives every packet that zlib can decode', async (part) => {
    const cut = whole.subarray(0, Math.floor(whole.length * part));
    const { inflateRawSync, constants } = await import('node:zlib');
    const decoded = inflateRawSync(cut.subarray(10), { finishFlush: constants.Z_SYNC_FLUSH });
    expect(await seen(file(`cut${part}.gz`, cut))).toEqual({
      packets: readCapture(decoded).records.length,
      codes: ['ERR_TRUNCATED'],
    });
  });

  it('after its last packet by a damaged checksum loses little and says so', async () => {
    const damaged = Uint8Array.from(whole);
    damaged[whole.length - 6] = (damaged[whole.length - 6] ?? 0) ^ 1;
    const { packets, codes } = await seen(file('crc.gz', damaged));
    expect(packets).toBeGreaterThan(250);
    expect(codes).toEqual(['ERR_CORRUPT']);
  });
});

describe('an output', () => {
  it('that is an input is refused, by any name, and the capture stays', () => {
    const capture = file('input.pcap', tour);
    const link = join(folder, 'link.pcap');
    symlinkSync(capture, link);
    for (const args of [
      ['-o', capture],
      ['-o', link],
      ['--stats', link],
    ]) {
      expect(read(capture, ...args)).toMatchObject({ status: 1, err: expect.stringContaining('is the same file as') });
    }
    expect(readFileSync(capture).equals(tour)).toBe(true);
  });

  it('that is full is an error that names it', () => {
    expect(read(file('full.pcap', tour), '-o', '/dev/full')).toMatchObject({
      status: 4,
      err: expect.stringContaining('/dev/full cannot be written'),
    });
  });
});

describe('several files', () => {
  it('of which the first is bad are read from the second on', () => {
    const { status, err } = read(
      file('bad.pcap', new Uint8Array(5)),
      file('good.pcap', tour),
      '-f',
      'none',
      '--stats',
      '-',
    );
    expect(status).toBe(3);
    expect(err).toContain('"packetsSeen":287');
    expect(err).toContain('bad.pcap');
  });
});

describe('a stream', () => {
  it('that fails before it is read is an error of the iteration', async () => {
    const flows = readFlows(createReadStream(join(folder, 'absent.pcap')));
    await expect(flows[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'ERR_READ' });
  });

  it('that was destroyed is an empty one', async () => {
    const stream = createReadStream(join(root, 'pcaps/tour.pcap'));
    stream.destroy();
    await new Promise<void>((resolve) => stream.once('close', () => resolve()));
    await expect(readFlows(stream)[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'ERR_NOT_A_CAPTURE' });
  });
});

describe('problems', () => {
  it('are kept up to a hundred, however many there are', () => {
    const frame = udp().over(ipv4()).over(ethernet());
    const section = pcapng([interfaceBlock({ linkType: 147 }), enhancedPacket({ timestampNs: 0n, frame })]);
    const { status, err } = read(
      file('sections.pcapng', concat(...Array.from({ length: 250 }, () => section))),
      '-f',
      'none',
    );
    expect(status).toBe(3);
    expect(err.match(/has link type 147/g)).toHaveLength(100);
    expect(err).toContain('and 150 more problems');
  });
});
