/** The block reader against the package pcap-parser, which reads microsecond files by itself. */
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readFlows } from '../../src/index.ts';

interface PcapParser {
  on(event: 'packet', listener: (packet: { readonly header: { readonly originalLength: number } }) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  on(event: 'end', listener: () => void): void;
}
const { parse } = createRequire(import.meta.url)('pcap-parser') as { parse(path: string): PcapParser };

const folder = fileURLToPath(new URL('../../pcaps/', import.meta.url));
const MICROSECONDS = [0xa1b2c3d4, 0xd4c3b2a1];
const captures = readdirSync(folder).filter(
  (name) => name.endsWith('.pcap') && MICROSECONDS.includes(readFileSync(join(folder, name)).readUInt32BE(0)),
);

function packetsOf(path: string): Promise<{ packets: number; wireBytes: number }> {
  return new Promise((resolve, reject) => {
    let packets = 0;
    let wireBytes = 0;
    const parser = parse(path);
    parser.on('packet', ({ header }) => {
      packets++;
      wireBytes += header.originalLength;
    });
    parser.on('error', reject);
    parser.on('end', () => resolve({ packets, wireBytes }));
  });
}

describe('the packets of', () => {
  it.each(captures)('%s are as many and as long as pcap-parser says', async (name) => {
    const flows = readFlows(join(folder, name), { onProblem: () => undefined });
    for await (const flow of flows) expect(flow.packetsForward + flow.packetsReverse).toBeGreaterThan(0);
    const expected = await packetsOf(join(folder, name));
    expect({ packets: flows.counters?.packetsSeen, wireBytes: flows.counters?.wireBytes }).toEqual(expected);
  });

  it('enough captures to mean something', () => {
    expect(captures.length).toBeGreaterThan(40);
  });
});
