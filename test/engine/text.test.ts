/** The engine's lines against records made in TypeScript: two ways to write the same flow. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readFlows } from '../../src/index.ts';
import type { Flow } from '../../src/index.ts';
import { ethernet, ipv4, ipv6, pcap, random, udp } from '../builders/index.ts';
import { flowLine } from '../models/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-text-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** IPv6 addresses with zero groups in all places, in every combination. */
function ipv6WithZeros(mask: number): string {
  return Array.from({ length: 8 }, (_, group) =>
    ((mask >> group) & 1) === 0 ? '0' : (0x10 ** (group % 4)).toString(16),
  ).join(':');
}

async function flowsOf(path: string): Promise<Flow[]> {
  const flows: Flow[] = [];
  for await (const flow of readFlows(path)) flows.push(flow);
  return flows;
}

function lines(path: string, format: string): string[] {
  const { stdout, status } = spawnSync(process.execPath, ['dist/bin/pcapflow/main.cjs', 'read', path, '-f', format], {
    encoding: 'latin1',
    maxBuffer: 1 << 28,
  });
  expect(status).toBe(0);
  return stdout.trimEnd().split('\n');
}

describe('lines written by the engine', () => {
  const path = join(folder, 'addresses.pcap');
  const numbers = random(7);
  const frames = [
    ...Array.from({ length: 256 }, (_, mask) =>
      udp({ srcPort: mask, dstPort: 9 })
        .over(ipv6({ src: ipv6WithZeros(mask), dst: '::ffff:192.0.2.1' }))
        .over(ethernet()),
    ),
    ...Array.from({ length: 256 }, (_, n) =>
      udp({ srcPort: 65535 - n, dstPort: 53, payload: n })
        .over(ipv4({ src: `${n}.0.10.${255 - n}`, dst: '100.99.9.0' }))
        .over(ethernet()),
    ),
  ];
  writeFileSync(
    path,
    pcap(
      frames.map((frame, n) => ({
        timestampNs: 1_700_000_000_000_000_000n + BigInt(n) * 1_000_000n + BigInt(numbers.below(1000)) * 1000n,
        frame,
      })),
      {},
    ),
  );

  test('are the records in JSON, for every shape of address', async () => {
    const flows = await flowsOf(path);
    expect(flows).toHaveLength(512);
    expect(lines(path, 'jsonl')).toEqual(flows.map((flow) => flowLine(flow)));
  });

  test('are the records in CSV, null as nothing', async () => {
    const flows = await flowsOf(path);
    const [header, ...rows] = lines(path, 'csv');
    expect(header).toBe(Object.keys(JSON.parse(flowLine(flows[0] as Flow)) as object).join(','));
    expect(rows).toHaveLength(512);
    expect(rows[0]?.split(',').slice(0, 5)).toEqual([
      flows[0]?.srcAddress,
      String(flows[0]?.srcPort),
      flows[0]?.dstAddress,
      String(flows[0]?.dstPort),
      '17',
    ]);
    const end = header?.split(',').indexOf('tcpFlagsForward') ?? 0;
    expect(
      rows.every(
        (row) =>
          row
            .split(',')
            .slice(end, end + 3)
            .join() === ',,end',
      ),
    ).toBe(true);
  });
});
