/** The table under attack: keys chosen for one hash key must not collide under another. */
import { describe, expect, it } from 'vitest';
import { ethernet, ipv4, pcap, random, udp } from '../builders/index.ts';
import { run } from './harness.ts';

const FLOWS = 100_000;
/** Source port and addresses in the frame that is used again and again. */
const SOURCE_AT = 26;
const PORT_AT = 34;
/** With half of the slots taken and keys at random even a table of this size stays far below. */
const PROBE_MAX = 64;

/** A capture with one packet for each of `FLOWS` keys; `write` gives address and port of number n. */
function captureOf(write: (n: number) => { readonly address: number; readonly port: number }): Uint8Array {
  const frame = Uint8Array.from(udp({ srcPort: 1, dstPort: 53 }).over(ipv4()).over(ethernet()));
  const head = pcap([]);
  const size = 16 + frame.length;
  const bytes = new Uint8Array(head.length + FLOWS * size);
  bytes.set(head);
  const view = new DataView(bytes.buffer);
  for (let n = 0; n < FLOWS; n++) {
    const at = head.length + n * size;
    const { address, port } = write(n);
    view.setUint32(at, 1_700_000_000, true);
    view.setUint32(at + 8, frame.length, true);
    view.setUint32(at + 12, frame.length, true);
    bytes.set(frame, at + 16);
    view.setUint32(at + 16 + SOURCE_AT, address);
    view.setUint16(at + 16 + PORT_AT, port);
  }
  return bytes;
}

/** Keys that are tried. */
const SEEDS = Number(process.env.PCAPFLOW_ROUNDS ?? 1);

const FAMILIES: Readonly<Record<string, (n: number) => { address: number; port: number }>> = {
  'addresses that count up': (n) => ({ address: 0x0a000000 + n, port: 1 }),
  'addresses that differ in their high bits only': (n) => ({ address: ((n << 15) >>> 0) + 1, port: n >>> 17 }),
  'ports that count up': (n) => ({ address: 0x0a000000 + (n >>> 16), port: n & 0xffff }),
  'address and port whose sum is the same': (n) => ({ address: 0x0a000000 + n, port: (0x1ffff - n) & 0xffff }),
  'address and port whose exclusive or is the same': (n) => ({ address: 0x0a000000 + n, port: n & 0xffff }),
  'Gray codes': (n) => ({ address: 0x0a000000 + (n ^ (n >>> 1)), port: 7 }),
};

describe('the hash', () => {
  for (const [family, write] of Object.entries(FAMILIES)) {
    it(`spreads ${family} with any key`, async () => {
      const file = captureOf(write);
      for (let seed = 1; seed <= SEEDS; seed++) {
        const r = random(seed);
        const hashKey = Uint32Array.from({ length: 12 }, () => r.uint32());
        const { counters } = await run(file, { hashKey, maxFlows: FLOWS + 1, closedLimit: 64, blockSize: 1 << 20 });
        expect(counters.flowsStarted, `seed ${seed}`).toBe(FLOWS);
        expect(counters.longestProbe, `seed ${seed}`).toBeLessThan(PROBE_MAX);
      }
    });
  }

  it('gives the same flows in the same order whatever its key', async () => {
    const file = captureOf((n) => ({ address: 0x0a000000 + (n % 500), port: n % 7 }));
    const lines = (await run(file, { hashKey: new Uint32Array(12) })).lines;
    for (let seed = 1; seed <= 3; seed++) {
      const r = random(seed);
      expect((await run(file, { hashKey: Uint32Array.from({ length: 12 }, () => r.uint32()) })).lines).toEqual(lines);
    }
  });
});

/** Addresses whose hash ends in the same bits under `hashKey`, found by looking at the probes that they cause. */
async function colliding(hashKey: Uint32Array, count: number): Promise<number[]> {
  const { InlineEngine } = await import('../../src/engine/inline.ts');
  const { optionsOf, testedEngine } = await import('./harness.ts');
  const { FLOW_SIZE, LINK_HASH, LINK_SIZE, CONTROL, CONFIG_LINKS, CONFIG_FLOWS, FLOW_HIGH, FLOW_LOW } = await import(
    '../../assembly/layout.ts'
  );
  const engine = await InlineEngine.create(
    await testedEngine(),
    optionsOf({ hashKey, maxFlows: FLOWS + 1, blockSize: 1 << 24 }),
  );
  engine.beginFile();
  const file = captureOf((n) => ({ address: 0x0a000000 + n, port: 1 }));
  const space = engine.space();
  space.set(file);
  engine.filled(file.length);
  engine.walk();
  const { data } = engine.views;
  const links = data.getUint32(CONTROL + CONFIG_LINKS, true);
  const flows = data.getUint32(CONTROL + CONFIG_FLOWS, true);
  // A table of 1024 slots and more looks at the low ten bits first.
  const found: number[] = [];
  for (let index = 0; index < engine.activeCount && found.length < count; index++) {
    const hash = data.getUint32(links + index * LINK_SIZE + LINK_HASH, true);
    const flow = flows + index * FLOW_SIZE;
    const source =
      [data.getUint32(flow + FLOW_LOW), data.getUint32(flow + FLOW_HIGH)].find((address) => address >>> 24 === 0x0a) ??
      0;
    if ((hash & 0x3ff) === 0) found.push(source);
  }
  return found;
}

describe('keys that were chosen to collide', () => {
  it('do so under the key they were chosen for, and under no other', async () => {
    const known = new Uint32Array(12).map((_, word) => 0x9e3779b9 * (word + 1));
    const chosen = await colliding(known, 90);
    expect(chosen.length).toBeGreaterThan(60);
    const file = captureOf((n) => ({ address: chosen[n % chosen.length] ?? 0, port: 1 }));
    const probe = async (hashKey: Uint32Array): Promise<number> => (await run(file, { hashKey })).counters.longestProbe;
    const attacked = await probe(known);
    expect(attacked).toBeGreaterThan(20);
    for (let seed = 1; seed <= 10; seed++) {
      const r = random(seed);
      expect(await probe(Uint32Array.from({ length: 12 }, () => r.uint32())), `seed ${seed}`).toBeLessThan(12);
    }
  });
});
