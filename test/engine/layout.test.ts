/** The layout against what its comments say, and the check against layouts that were broken on purpose. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as layout from '../../assembly/layout.ts';
import { checkLayout, LayoutCheck } from './layout_check.ts';
import { LAYOUT_FILES, LAYOUT_FOLDER, layoutText } from './layout_text.ts';

const TEXT = layoutText();

/** Gives a constant another value. */
function change(name: string, value: string | number): string {
  return replace(new RegExp(`^(export const ${name} = ).*;$`, 'm'), `$1${value};`);
}

/** Gives a constant another comment. */
function redefine(name: string, doc: string): string {
  return replace(new RegExp(`^/\\*\\* .* \\*/\n(export const ${name} = )`, 'm'), `/** ${doc} */\n$1`);
}

function replace(pattern: RegExp | string, by: string): string {
  const broken = TEXT.replace(pattern, by);
  expect(broken, `${pattern} changes the layout`).not.toBe(TEXT);
  return broken;
}

/** What is broken, how, and a word of the complaint. */
const BROKEN: readonly (readonly [string, () => string, RegExp])[] = [
  ['STATE_STARTED lies in the u64 before it', () => change('STATE_STARTED', 276), /STATE_STARTED is at 276.*until 280/],
  ['PACKET_LIKELY_FLOW lies on PACKET_TRANSPORT_WIRE', () => change('PACKET_LIKELY_FLOW', 96), /PACKET_LIKELY_FLOW/],
  ['PIECE_BYTES lies on PIECE_INTERFACE', () => change('PIECE_BYTES', 4), /PIECE_BYTES/],
  ['RECORD_WIRE lies on RECORD_CAPTURED', () => change('RECORD_WIRE', 8), /RECORD_WIRE/],
  ['TEXT lies on PROGRAM', () => change('TEXT', 'PROGRAM'), /TEXT is at/],
  ['FLOW_LAST is not aligned and in a gap', () => change('FLOW_LAST', 15), /FLOW_LAST at 15/],
  ['a field leaves an unnamed gap', () => change('LOG_DROPPED', 16), /LOG_DROPPED.*a gap from 12/],
  ['a record is larger than its fields', () => change('LINK_SIZE', 48), /LINK_SIZE is 48; the fields take 40/],
  ['a record is smaller than its fields', () => change('FLOW_SIZE', 56), /FLOW_SIZE is 56/],
  ['a record is made larger by a field in the middle', () => change('FLOW_TALLIES', 40), /FLOW_TALLIES is at 40/],
  ['a nested record grows', () => redefine('KEY_VERSION', 'u32'), /KEY_VERSION at 37 is not at a multiple of 4/],
  ['an array grows', () => change('CHUNK_CAPACITY', 4), /CHUNK_SIZE is 128; the fields take 160/],
  ['an array shrinks', () => change('CONFIG_HASH_KEY_WORDS', 10), /CONFIG_INTERFACES.*a gap from 128/],
  ['a field gets wider', () => redefine('HEADER_TTL', 'u16'), /HEADER_BITS is at 29/],
  ['a field gets narrower', () => redefine('STATE_CLOSED_COUNT', 'u16'), /STATE_GROW_START is at 308.*a gap from 306/],
  ['a type is not known', () => redefine('ROW_FLOW', 'u24'), /ROW_FLOW has no type that is known/],
  ['a field says no type', () => redefine('ORDER_RANK', 'of the time'), /ORDER_RANK/],
  ['a time says no unit', () => redefine('EVICTION_LAST', 'u64'), /EVICTION_LAST has no unit/],
  ['two fields change places', () => change('START_FLOW', 4), /START_FLOW is at 4/],
  ['the same offset twice', () => change('CONFIG_START_QUEUE', 192), /CONFIG_START_QUEUE is at 192/],
  [
    'a gap is not named',
    () => replace(/\/\/ gap .*\n(?=.*\nexport const STATE_CLOCK)/, ''),
    /STATE_CLOCK is at 256.*a gap from/,
  ],
  ['a gap is too long', () => replace('// gap u8[56]\n', '// gap u8[64]\n'), /RING_HEAD/],
  ['two words of threads share a line', () => change('RING_TAIL', 1028), /RING_TAIL/],
  ['a word of threads is not alone', () => redefine('LOCK', 'u32'), /LOCK_INTENT is at 1344/],
  ['the control block ends early', () => change('CONTROL_SIZE', 4088), /CONTROL_SIZE is 4088/],
  ['a region begins early', () => change('WHEEL', 'CONTROL + 4088'), /WHEEL is at 69624/],
  ['two regions coincide', () => change('FILTERS', 'WHEEL'), /FILTERS is at/],
  ['a region is too small', () => change('ROWS', 'LOOKUP_ADDRESSES + 32'), /ROWS is at/],
  [
    'a shared region is too large',
    () => redefine('RECORD_EXTRAS', 'u64[ROWS_MAX * 512] on TEXT'),
    /RECORD_EXTRAS does not lie/,
  ],
  ['the end is too near', () => change('FIXED_END', 'TEXT + 8'), /FIXED_END/],
  ['a size in bytes is wrong', () => change('DIRECTION_SIZE', 32), /DIRECTION_SIZE is 32; .* takes 64/],
  ['more counters than verdicts', () => change('VERDICT_COUNT', 12), /COUNTER_DUPLICATES_FORGOTTEN/],
  [
    'a code is there twice',
    () => change('STATUS_BYTE_ORDER', 23),
    /STATUS_BYTE_ORDER is the same as STATUS_BAD_OPTION/,
  ],
  ['a bit is there twice', () => change('FLOW_BIT_RST', 16), /FLOW_BIT_RST lies on another bit/],
  ['a bit is not one bit', () => change('HEADER_BIT_PARTIAL', 3), /HEADER_BIT_PARTIAL is 3: not one bit/],
  ['a bit is beyond its field', () => change('FLOW_BIT_CLOSED', 256), /FLOW_BIT_CLOSED is 256/],
  [
    'a mask is too wide',
    () => change('RECORD_EXTRA_NANOS_MASK', 2047),
    /RECORD_EXTRA_NANOS_MASK is 2047: not its range/,
  ],
  ['a shift is on another range', () => redefine('PIECE_SECONDS_HIGH_SHIFT', 'bits 0..8'), /PIECE_SECONDS_HIGH_SHIFT/],
  ['a power of two is none', () => change('WHEEL_SLOTS', 255), /WHEEL_SLOTS is 255, not a power of two/],
  [
    'a constant is not known',
    () => TEXT.replace('// record KEY', 'export const SPARE = 8;\n\n// record KEY'),
    /SPARE is not known/,
  ],
  ['something else is exported', () => `${TEXT}\nexport let spare = 8;\n`, /not a constant/],
];

describe('the layout', () => {
  it('is what its comments say, constant by constant', () => {
    expect(checkLayout(TEXT)).toEqual([]);
  });

  it('has every file of its folder', () => {
    expect([...LAYOUT_FILES].sort()).toEqual(readdirSync(LAYOUT_FOLDER).sort());
  });

  it('keeps hot records on whole cache lines', () => {
    expect(layout.FLOW_SIZE % layout.CACHE_LINE).toBe(0);
    expect(layout.PACKET_SIZE % layout.CACHE_LINE).toBe(0);
    expect(layout.FRAGMENT_SIZE % layout.CACHE_LINE).toBe(0);
    expect(layout.CONTROL).toBe(layout.PAGE_SIZE);
  });
});

describe('the check of the layout', () => {
  for (const [title, breakIt, complaint] of BROKEN) {
    it(`reports that ${title}`, () => {
      expect(checkLayout(breakIt()).join('\n')).toMatch(complaint);
    });
  }

  it('reports each offset and size that moves by a little', () => {
    const constants = Object.entries(layout as unknown as Readonly<Record<string, number>>);
    const check = new LayoutCheck(TEXT);
    const silent: string[] = [];
    let moved = 0;
    for (const [name, value] of constants) {
      if (!isPlace(name)) continue;
      moved++;
      for (const by of [-8, -4, -1, 1, 4, 8])
        if (check.problems({ [name]: value + by }).length === 0) silent.push(`${name} ${by}`);
    }
    expect(silent).toEqual([]);
    expect(moved).toBeGreaterThan(250);
  });
});

/** An offset, a size or an address: what is neither a code nor a bit nor a number that may be chosen. */
function isPlace(name: string): boolean {
  const doc = new RegExp(`/\\*\\* ([^\\n]*)(?:\\n \\*[^\\n]*)*\nexport const ${name} =`).exec(TEXT)?.[1] ?? '';
  return /^((line )?([ufi](8|16|32|64)|[A-Z_]{3,})[ :[]|size|end|bytes)/.test(`${doc} `);
}
