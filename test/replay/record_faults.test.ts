/** A replay counts and reports what is wrong with the records of its file as reading does. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import {
  enhancedPacket,
  ethernet,
  interfaceBlock,
  ipv4,
  pcap,
  pcapng,
  simplePacket,
  udp,
  type Block,
} from '../builders/index.ts';

const main = fileURLToPath(new URL('../../dist/bin/pcapflow/main.cjs', import.meta.url));
const SECOND = 1_000_000_000n;
const BEGIN = 1_700_000_000n * SECOND;
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-faults-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const frame = (srcPort: number): Uint8Array => udp({ srcPort, dstPort: 53 }).over(ipv4()).over(ethernet());
const at = (seconds: number, port = 1000): Block =>
  enhancedPacket({ timestampNs: BEGIN + BigInt(seconds) * SECOND, frame: frame(port), interfaceId: 0 });
const before1970 = enhancedPacket({ timestampNs: -5n * SECOND, frame: frame(7), interfaceId: 1 });
const early = interfaceBlock({ tsoffset: -3_000_000_000n });
const untimed = simplePacket(frame(9));

const FAULTS = ['timestampsUnknown', 'wireLengthsTooShort', 'beyondSnaplen'] as const;

/** Flows, counters and warnings of the command. */
function outcome(command: readonly string[], path: string): Readonly<Record<string, unknown>> {
  const args = [main, ...command, path, '--fields', 'srcPort,firstSeen,lastSeen', '--stats', '-'];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const lines = stderr.split('\n');
  const stats = JSON.parse(lines.find((line) => line.startsWith('{')) ?? '{}') as Record<string, unknown>;
  const counters = Object.fromEntries(FAULTS.map((name) => [name, stats[name]]));
  return { status, flows: stdout, ...counters, warnings: lines.filter((line) => line.includes(': warning: ')) };
}

describe('a replay', () => {
  const ahead = at(400 * 86_400, 5);
  it.each<[string, Uint8Array]>([
    ['packets without a time', pcapng([interfaceBlock(), early, untimed, at(0), before1970, untimed, at(2)])],
    ['one behind a packet dated far ahead', pcapng([interfaceBlock(), at(0), ahead, at(1), untimed, at(2)])],
    ['one behind the first of those that are confirmed', pcapng([interfaceBlock(), at(0), ahead, untimed, ahead])],
    ['one behind packets that go back', pcapng([interfaceBlock(), at(9), at(3), untimed, at(4)])],
    ['lengths that are too short', pcap([{ timestampNs: BEGIN, frame: frame(1), wireLen: 1 }])],
    ['more bytes than the snaplen', pcap([{ timestampNs: BEGIN, frame: frame(1) }], { snaplen: 40 })],
  ])('with %s gives flows, counters and warnings as reading does', (name, bytes) => {
    const path = join(folder, name.replaceAll(' ', '-'));
    writeFileSync(path, bytes);
    const read = outcome(['read'], path);
    expect(outcome(['replay', '--speed', 'max'], path)).toEqual(read);
    expect(FAULTS.reduce((sum, fault) => sum + Number(read[fault]), 0)).toBeGreaterThan(0);
  });
});
