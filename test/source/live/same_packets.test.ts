/** Interfaces that show the same packets, as a made-up /sys/class/net describes them. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { samePacketsNote } from '../../../src/cli/same_packets_note.ts';
import { samePackets } from '../../../src/source/live/same_packets.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pcapflow-sysfs-'));
});
afterEach(() => rmSync(root, { recursive: true }));

interface Made {
  readonly index: number;
  readonly link?: number;
  readonly up?: boolean;
  readonly lower?: readonly string[];
  readonly kind?: 'bridge' | 'bonding';
}

function add(name: string, { index, link = index, up = true, lower = [], kind }: Made): void {
  mkdirSync(join(root, name));
  writeFileSync(join(root, name, 'flags'), up ? '0x1003\n' : '0x1002\n');
  writeFileSync(join(root, name, 'ifindex'), `${index}\n`);
  writeFileSync(join(root, name, 'iflink'), `${link}\n`);
  for (const one of lower) symlinkSync(`../${one}`, join(root, name, `lower_${one}`));
  if (kind !== undefined) mkdirSync(join(root, name, kind));
}

describe('interfaces that show the same packets', () => {
  it('are a bridge and its ports, a bond and its ports, and what runs over another', () => {
    add('eth0', { index: 2 });
    add('eth1', { index: 3 });
    add('br0', { index: 4, lower: ['eth0', 'eth1'], kind: 'bridge' });
    add('bond0', { index: 5, lower: ['eth1'], kind: 'bonding' });
    add('eth0.7', { index: 6, link: 2, lower: ['eth0'] });
    expect(samePackets(['eth0', 'eth1', 'br0', 'bond0', 'eth0.7'], root)).toEqual([
      { upper: 'br0', lower: 'eth0', relation: 'a port of' },
      { upper: 'br0', lower: 'eth1', relation: 'a port of' },
      { upper: 'bond0', lower: 'eth1', relation: 'a port of' },
      { upper: 'eth0.7', lower: 'eth0', relation: 'below' },
    ]);
  });

  it('are the two ends of a veth pair, once', () => {
    add('veth0', { index: 7, link: 8 });
    add('veth1', { index: 8, link: 7 });
    expect(samePackets(['veth1', 'veth0'], root)).toEqual([
      { upper: 'veth0', lower: 'veth1', relation: 'the other end of' },
    ]);
  });

  it('are not one alone, one that is down, and an end whose number here is that of another interface', () => {
    add('eth0', { index: 2, up: false });
    add('br0', { index: 4, lower: ['eth0'], kind: 'bridge' });
    add('veth0', { index: 7, link: 4 });
    expect(samePackets(['eth0', 'br0', 'veth0'], root)).toEqual([]);
    expect(samePackets(['br0'], root)).toEqual([]);
    expect(samePackets(['gone'], join(root, 'none'))).toEqual([]);
  });

  it('are said once with the pair, for those that are captured', () => {
    add('eth0', { index: 2 });
    add('eth1', { index: 3 });
    add('br0', { index: 4, lower: ['eth0', 'eth1'], kind: 'bridge' });
    expect(samePacketsNote(['any'], root)).toBe(
      'eth0 and br0 show the same packets (eth0 is a port of br0), and so do 1 more pair: ' +
        'they are counted twice; --dedup counts them once',
    );
    expect(samePacketsNote(['br0', 'eth1'], root)).toBe(
      'eth1 and br0 show the same packets (eth1 is a port of br0): they are counted twice; --dedup counts them once',
    );
    expect(samePacketsNote(['eth0', 'eth1'], root)).toBeUndefined();
  });
});
