/**
 * Random expressions against tcpdump: what one accepts the other accepts, and the programs of both say the same about
 * random frames, many of them cut short. The long form, `npm run fuzz:filters`: FILTER_EXPRESSIONS=20000,
 * FILTER_SEED=1.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { FilterError, assembleFilterModule, compile, formatProgram, interpret } from '../../src/filter/index.ts';
import { instantiateFilter } from '../../src/filter/wasm/instantiate.ts';
import type { BpfProgram } from '../../src/filter/index.ts';
import { ethernet, ipv4 } from '../builders/index.ts';
import { randomExpression, randomHostList } from './fuzz/expressions.ts';
import { FUZZ_LINK_TYPES, randomFrame } from './fuzz/frames.ts';
import { Random } from './fuzz/random.ts';

const EXPRESSIONS = Number(process.env.FILTER_EXPRESSIONS ?? 300);
const FRAMES = 200;
const SEED = Number(process.env.FILTER_SEED ?? 20);
const CALLS_AT_ONCE = 2;
/** Expressions of which one in this many is a long list of hosts. */
const LIST_EVERY = 20;
/** Expressions whose comparison fails are listed up to this number. */
const SHOWN = 20;

const version = spawnSync('tcpdump', ['--version'], { encoding: 'utf8' });
/** The version whose verdicts, refusals and programs are the reference; others differ in details. */
const present = version.status === 0 && `${version.stdout}${version.stderr}`.includes('libpcap version 1.10.3');
const folder = present ? mkdtempSync(join(tmpdir(), 'pcapflow-filter-')) : '';
afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true });
});

/** A capture file of the link type without packets. */
function emptyCapture(linkType: number): string {
  const header = new DataView(new ArrayBuffer(24));
  [0xa1b2c3d4, 0x00040002, 0, 0, 262144, linkType].forEach((word, index) => header.setUint32(4 * index, word, true));
  const path = join(folder, `${linkType}.pcap`);
  writeFileSync(path, new Uint8Array(header.buffer));
  return path;
}

const NEVER: BpfProgram = [{ code: 6, jt: 0, jf: 0, k: 0 }];

/** The program that tcpdump makes of the expression, undefined when it refuses it. */
async function tcpdumpProgram(capture: string, expression: string): Promise<BpfProgram | undefined> {
  try {
    const { stdout } = await promisify(execFile)('tcpdump', ['-r', capture, '-ddd', '--', expression]);
    // Loops, as protochain has them, are not taken from outside: read without the check.
    const numbers = stdout.trim().split(/\s+/).map(Number);
    return Array.from({ length: numbers[0] ?? 0 }, (_, index) => {
      const [code = 0, jt = 0, jf = 0, k = 0] = numbers.slice(1 + 4 * index, 5 + 4 * index);
      return { code, jt, jf, k };
    });
  } catch (error) {
    const message = String((error as { stderr?: string }).stderr);
    return message.includes('expression rejects all packets') ? NEVER : undefined;
  }
}

/** What goes to tcpdump as an argument has no NUL. */
function expressionOf(random: Random): string {
  if (random.below(LIST_EVERY) === 0) return randomHostList(random);
  return randomExpression(random).replace(/\0/g, '');
}

function ownProgram(expression: string, linkType: number): BpfProgram | FilterError {
  try {
    return compile(expression, { linkType }).program;
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
}

describe.skipIf(!present)(`against tcpdump, seed ${SEED}`, () => {
  it(`agrees on ${EXPRESSIONS} expressions and ${FRAMES} frames each`, { timeout: 3_600_000 }, async () => {
    const captures = new Map<number, string>(FUZZ_LINK_TYPES.map((linkType) => [linkType, emptyCapture(linkType)]));
    const random = new Random(SEED);
    const memory = new WebAssembly.Memory({ initial: 1 });
    const bytes = new Uint8Array(memory.buffer);
    const problems: string[] = [];
    let kept = 0;
    for (let done = 0; done < EXPRESSIONS && problems.length < SHOWN; done += CALLS_AT_ONCE) {
      const batch = Array.from({ length: CALLS_AT_ONCE }, () => {
        return { linkType: random.pick(FUZZ_LINK_TYPES), expression: expressionOf(random) };
      });
      const programs = await Promise.all(
        batch.map(({ linkType, expression }) => tcpdumpProgram(captures.get(linkType) ?? '', expression)),
      );
      batch.forEach(({ linkType, expression }, index) => {
        const theirs = programs[index];
        const ours = ownProgram(expression, linkType);
        const label = `link type ${linkType}: ${expression}`;
        if (ours instanceof FilterError || theirs === undefined) {
          if (!(ours instanceof FilterError)) problems.push(`${label}: refused by tcpdump alone`);
          else if (theirs !== undefined) problems.push(`${label}: refused here alone: ${ours.message}`);
          return;
        }
        const compiled = instantiateFilter(assembleFilterModule(ours), memory);
        for (let count = 0; count < FRAMES; count++) {
          const frame = randomFrame(random, linkType);
          bytes.set(frame.bytes);
          const verdict = interpret(theirs, frame.bytes, frame.wireLength);
          const own = interpret(ours, frame.bytes, frame.wireLength);
          const fast = compiled(0, frame.bytes.length, frame.wireLength) >>> 0;
          if (verdict !== 0) kept++;
          if (own !== verdict || fast !== verdict) {
            problems.push(`${label}: tcpdump ${verdict}, interpreted ${own}, compiled ${fast}`);
            break;
          }
        }
      });
    }
    expect(problems).toEqual([]);
    expect(kept).toBeGreaterThan(EXPRESSIONS);
  });

  it.each([
    'tcp dst port 80',
    'ip protochain 6',
    'icmp6[0] ^ 3 = 5 or ip[0] / 3 % 7 > 1',
    'geneve and tcp',
    'len = -tcp[0]',
    'host 1.2.3.4 and ip[ip[0]:4] - 7 = 3 | 4',
    'less 5 or ip6 net fe80::/10',
  ])('prints the program of %s as tcpdump does', (expression) => {
    const capture = emptyCapture(1);
    for (const style of ['d', 'ddd'] as const) {
      const { stdout } = spawnSync('tcpdump', ['-r', capture, `-${style}`, '--', expression], { encoding: 'utf8' });
      expect(formatProgram(compile(expression).program, style)).toBe(stdout);
    }
  });

  it('drops what libpcap 1.10.3 drops by mistake', () => {
    // Its optimizer loses the last host as a source: the packet matches as the manual has it, libpcap drops it.
    const expression = 'host 10.0.0.1 or ip host 10.0.0.1 or ip host 10.0.0.2';
    const { stdout } = spawnSync('tcpdump', ['-r', emptyCapture(1), '-ddd', '--', expression], { encoding: 'utf8' });
    expect(formatProgram(compile(expression).program, 'ddd')).toBe(stdout);
    const frame = ipv4({ src: '10.0.0.2', dst: '192.0.2.1' }).over(ethernet());
    expect(interpret(compile(expression).program, frame)).toBe(0);
    expect(interpret(compile(expression, { optimize: false }).program, frame)).not.toBe(0);
  });
});
