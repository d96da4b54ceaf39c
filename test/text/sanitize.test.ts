import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';

import { csvCell, sanitizeText } from '../../src/text/sanitize.ts';
import { random } from '../builders/random.ts';

const SEED = 6;
/** What must never reach a terminal. */
const HOSTILE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/u;

describe('sanitizeText', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
    ['a\nb\r\tc', 'a\\x0ab\\x0d\\x09c'],
    ['\u0000\u007f\u009b', '\\x00\\x7f\\x9b'],
    ['line\u2028paragraph\u2029', 'line\\u{2028}paragraph\\u{2029}'],
    [
      '\u202eexe.txt\u202c\u2066\u2069\u200e\u200f\u061c',
      '\\u{202e}exe.txt\\u{202c}\\u{2066}\\u{2069}\\u{200e}\\u{200f}\\u{61c}',
    ],
    ['half \ud83d and \ude00', 'half \\u{d83d} and \\u{de00}'],
    ['plain, ünï, 漢字, 😀', 'plain, ünï, 漢字, 😀'],
    ['back\\slash', 'back\\slash'],
    ['', ''],
  ])('shows %j as %s', (text, shown) => expect(sanitizeText(text)).toBe(shown));

  it('escapes bytes that are not UTF-8, and only these', () => {
    expect(sanitizeText(Buffer.from('漢字 😀 é'))).toBe('漢字 😀 é');
    expect(sanitizeText(new Uint8Array([0x61, 0xff, 0x62, 0xc3]))).toBe('a\\xffb\\xc3');
    expect(sanitizeText(new Uint8Array([0xc3, 0xa9, 0xe2, 0x82, 0x41]))).toBe('é\\xe2\\x82A');
    // Overlong `/`, a surrogate, beyond U+10FFFF, and a C1 control in two bytes.
    expect(sanitizeText(new Uint8Array([0xc0, 0xaf]))).toBe('\\xc0\\xaf');
    expect(sanitizeText(new Uint8Array([0xed, 0xa0, 0x80]))).toBe('\\xed\\xa0\\x80');
    expect(sanitizeText(new Uint8Array([0xf4, 0x90, 0x80, 0x80]))).toBe('\\xf4\\x90\\x80\\x80');
    expect(sanitizeText(new Uint8Array([0xc2, 0x9b, 0xff]))).toBe('\\x9b\\xff');
    expect(sanitizeText(new Uint8Array([0xef, 0xbb, 0xbf, 0x41]))).toBe('\ufeffA');
  });

  it('cuts by columns', () => {
    expect(sanitizeText('nginx: worker', { maxWidth: 13 })).toBe('nginx: worker');
    expect(sanitizeText('nginx: worker', { maxWidth: 8 })).toBe('nginx: …');
    expect(sanitizeText('漢字漢字', { maxWidth: 8 })).toBe('漢字漢字');
    expect(sanitizeText('漢字漢字', { maxWidth: 7 })).toBe('漢字漢…');
    expect(sanitizeText('漢字漢字', { maxWidth: 6 })).toBe('漢字…');
    expect(sanitizeText('ab', { maxWidth: 1 })).toBe('…');
    expect(sanitizeText('e\u0301e\u0301e\u0301', { maxWidth: 2 })).toBe('e\u0301…');
    expect(sanitizeText('\u001b\u001b', { maxWidth: 5 })).toBe('\\x1b…');
    expect(() => sanitizeText('a', { maxWidth: 0 })).toThrow(RangeError);
  });

  it('lets nothing hostile through, whatever the bytes, and keeps the width', () => {
    const rng = random(SEED);
    for (let n = 0; n < 3000; n++) {
      const bytes = rng
        .bytes(rng.below(24))
        .map((byte) => (rng.oneIn(2) ? byte : rng.pick([0x1b, 0xe2, 0x80, 0xae, 0xf0, 0x9f, 0x98])));
      const units = String.fromCharCode(
        ...Array.from({ length: 12 }, () =>
          rng.pick([rng.below(0x100), rng.below(0x10000), 0xd800 + rng.below(0x800), 0x2028 + rng.below(8)]),
        ),
      );
      for (const text of [bytes, units]) {
        const maxWidth = rng.between(1, 30);
        const where = `seed ${SEED}, text ${n}: ${JSON.stringify(text)} to ${maxWidth}`;
        expect(sanitizeText(text), where).not.toMatch(HOSTILE);
        const cut = sanitizeText(text, { maxWidth });
        expect(cut, where).not.toMatch(HOSTILE);
        expect(stringWidth(cut), where).toBeLessThanOrEqual(maxWidth);
      }
    }
  });

  it('finds the same sequences as the platform does', () => {
    const rng = random(SEED + 2);
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const pieces = [
      0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff,
    ];
    for (let n = 0; n < 20_000; n++) {
      const bytes = Uint8Array.from({ length: rng.between(1, 8) }, () => rng.pick(pieces));
      // Whatever the platform replaces is escaped here, a byte at a time instead of one sign for several.
      const kept = sanitizeText(bytes).replaceAll(/\\x[0-9a-f]{2}|\\u\{[0-9a-f]+\}/g, '');
      const expected = decoder.decode(bytes).replaceAll('\ufffd', '').replaceAll(new RegExp(HOSTILE.source, 'gu'), '');
      expect(kept, `seed ${SEED + 2}: ${Buffer.from(bytes).toString('hex')}`).toBe(expected);
    }
  });

  it('takes time in proportion to the text', () => {
    for (const byte of [0xff, 0xc3, 0x1b, 0xf0]) {
      const bytes = new Uint8Array(500_000).fill(byte);
      expect(sanitizeText(bytes)).toHaveLength(4 * bytes.length);
      expect(sanitizeText(bytes, { maxWidth: 10 })).toHaveLength(10);
    }
  });

  it('decodes whole UTF-8 as it is', () => {
    const rng = random(SEED + 1);
    for (let n = 0; n < 2000; n++) {
      const text = String.fromCodePoint(
        ...Array.from({ length: 8 }, () => rng.pick([0x41, 0xe9, 0x6f22, 0x1f600, 0x10ffff])),
      );
      // A broken byte at the end takes the other way through the decoder.
      expect(sanitizeText(Buffer.from(text))).toBe(text);
      expect(sanitizeText(Buffer.concat([Buffer.from(text), Buffer.from([0xff])]))).toBe(`${text}\\xff`);
    }
  });
});

describe('csvCell', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['=1+1', "'=1+1"],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ['+cmd', "'+cmd"],
    ['-cmd', "'-cmd"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\rx', '"\'\rx"'],
    ['-12.5', '-12.5'],
    ['+3e10', '+3e10'],
    ['-', "'-"],
    ['-1-cmd', "'-1-cmd"],
    ['', ''],
    [' leading', ' leading'],
  ])('writes %j as %s', (value, cell) => expect(csvCell(value)).toBe(cell));

  it('writes numbers and what is missing', () => {
    expect([csvCell(-1), csvCell(1.5), csvCell(12n), csvCell(true), csvCell(null), csvCell(undefined)]).toEqual([
      '-1',
      '1.5',
      '12',
      'true',
      '',
      '',
    ]);
  });

  it('leaves formulas alone when asked to', () => {
    expect(csvCell('=1+1', { raw: true })).toBe('=1+1');
    expect(csvCell('=1,1', { raw: true })).toBe('"=1,1"');
  });
});
