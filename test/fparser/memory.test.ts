/** What a parser that is over keeps: nothing of its engine, whose memory takes gigabytes of address space. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ipv4, pcap, udp } from '../builders/index.ts';
import { at, captureOf, fileOf } from './runs.ts';

const LIBRARY = fileURLToPath(new URL('../../dist/src/index.js', import.meta.url));
const PARSERS = 8;
/** Address space that is left to be collected, kB. */
const LEFT_MAX = 2 * (10 << 20);

/**
 * Makes parsers one after the other, keeps them, and tells how much more address space is taken than after the first.
 */
const PROGRAM = `
  import { readFileSync } from 'node:fs';
  import { setTimeout } from 'node:timers/promises';
  const [library, path, options, count] = process.argv.slice(1);
  const { FParser } = await import(library);
  const size = async () => {
    for (let n = 0; n < 8; n++) {
      globalThis.gc();
      await setTimeout(20);
    }
    return Number(/^VmSize:\\s+(\\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))[1]);
  };
  const kept = [];
  const one = async () => {
    const parser = new FParser(path, { ...JSON.parse(options), log() {} });
    kept.push(parser, parser.ready.catch((error) => error), parser.done.catch((error) => error));
    await parser.done.catch(() => {});
  };
  await one();
  const before = await size();
  for (let n = 0; n < Number(count); n++) await one();
  console.log(await size() - before, kept.length);
`;

const records = Array.from({ length: 100 }, (_, n) => at(n, udp({ srcPort: n }).over(ipv4())));

describe.skipIf(!existsSync('/proc/self/status'))('the memory of a parser that is over can be collected', () => {
  it.each([
    ['ended well', captureOf(records), { isFile: true }],
    ['failed on the way', fileOf(pcap(records).slice(0, -5)), { isFile: true }],
    ['failed on the way of a replay', fileOf(pcap(records).slice(0, -5)), { isFile: true, replay: { speed: 'max' } }],
    ['was no capture', fileOf(Buffer.from('this is no capture at all')), { isFile: true }],
    ['had no file', '/no/such/file', { isFile: true }],
  ])('the memory of a parser that %s can be collected', (_, path, options) => {
    const args = [
      '--expose-gc',
      '--input-type=module',
      '-e',
      PROGRAM,
      LIBRARY,
      path,
      JSON.stringify(options),
      String(PARSERS),
    ];
    const [growth] = execFileSync(process.execPath, args, { encoding: 'utf8' }).split(' ').map(Number);
    expect(growth).toBeLessThan(LEFT_MAX);
  });
});
