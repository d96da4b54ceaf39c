import { describe, expect, it } from 'vitest';
import { random } from '../builders/random.ts';
import { hex } from './messages/sample.ts';
import { lineAt, textOf, wordAt } from '../../src/content/text.ts';

const utf8 = new TextEncoder();
const text = (value: string) => textOf(utf8.encode(value));

describe('text of a packet', () => {
  it('is kept where it is printable', () => {
    expect(text('a~ \\"\u00e9\u4e2d\u{1f600}')).toBe('a~ \\"\u00e9\u4e2d\u{1f600}');
  });

  it('shows controls, bidirectional marks and line separators byte by byte', () => {
    expect(text('\x1b[2J\x00\x7f\n')).toBe('\\x1b[2J\\x00\\x7f\\x0a');
    expect(text('\u009b')).toBe('\\xc2\\x9b');
    expect(text('\u202e\u2066\u2028\u200f\u061c')).toBe(
      '\\xe2\\x80\\xae\\xe2\\x81\\xa6\\xe2\\x80\\xa8\\xe2\\x80\\x8f\\xd8\\x9c',
    );
  });

  it.each(['c0 80', 'ed a0 80', 'f4 90 80 80', 'ff', '80', 'e2 82', 'e0 80 80', 'f0 80 80 80'])(
    'shows %s, which is not UTF-8, byte by byte',
    (bytes) => {
      expect(textOf(hex(bytes))).toBe(
        bytes
          .split(' ')
          .map((byte) => `\\x${byte}`)
          .join(''),
      );
    },
  );

  it('ends behind the last character or escape that fits in 255 bytes', () => {
    expect(text('a'.repeat(300))).toHaveLength(255);
    expect(text('\u00e9'.repeat(300))).toBe('\u00e9'.repeat(127));
    expect(text('\0'.repeat(300))).toBe('\\x00'.repeat(63));
    expect(textOf(utf8.encode('abc'), 2)).toBe('ab');
  });

  it('never has a control character, whatever the bytes, and never more than 255 bytes', () => {
    const r = random(9);
    for (let round = 0; round < 2000; round++) {
      const shown = textOf(r.bytes(r.below(300)));
      expect(shown).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\ufffd]/);
      expect(utf8.encode(shown).length).toBeLessThanOrEqual(255);
    }
  });
});

describe('lines', () => {
  it('end with LF or CRLF', () => {
    const bytes = utf8.encode('ab\r\nc\nd');
    expect(lineAt(bytes, 0)).toEqual({ start: 0, end: 2, next: 4, whole: true });
    expect(lineAt(bytes, 4)).toEqual({ start: 4, end: 5, next: 6, whole: true });
    expect(lineAt(bytes, 6)).toEqual({ start: 6, end: 7, next: 7, whole: false });
    expect(lineAt(bytes, 7)).toBeUndefined();
  });

  it('start with a word', () => {
    expect(wordAt(utf8.encode('m-search * x'), 0)).toBe('M-SEARCH');
    expect(wordAt(utf8.encode('abcdefghijklmnopqrst'), 0)).toBe('ABCDEFGHIJKLMNOP');
  });
});
