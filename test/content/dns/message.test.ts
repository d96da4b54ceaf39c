import { describe, expect, it } from 'vitest';
import { concat, u16, zeros } from '../../builders/bytes.ts';
import { dnsTypeName, parseDnsMessage } from '../../../src/content/dns/message.ts';
import { nameAt, netbiosName } from '../../../src/content/dns/name.ts';
import { dnsMessage, dnsName, dnsRecord, netbiosLetters, RESPONSE } from '../messages/dns.ts';
import { hex, join, vector8 } from '../messages/sample.ts';

describe('a domain name', () => {
  it('is labels with dots', () => {
    expect(nameAt(dnsName('a.Bc.example'), 0)).toEqual({ text: 'a.Bc.example', next: 14 });
    expect(nameAt(zeros(1), 0)).toEqual({ text: '.', next: 1 });
  });

  it('shows what is not printable as numbers, and escapes dots and backslashes', () => {
    expect(nameAt(join(vector8('a.b\\\x07\u00e9 '), zeros(1)), 0)?.text).toBe('a\\.b\\\\\\007\\195\\169 ');
  });

  it('follows pointers that point back', () => {
    const message = concat(dnsName('example'), vector8('www'), u16(0xc000));
    expect(nameAt(message, 9)).toEqual({ text: 'www.example', next: 15 });
  });

  it.each([
    ['a pointer to itself', u16(0xc000), 0],
    ['a pointer forward', concat(u16(0xc002), dnsName('a')), 0],
    ['a pointer into its own labels', concat(vector8('ab'), u16(0xc000)), 0],
    ['two pointers that point at each other', concat(u16(0xc002), u16(0xc000)), 2],
    ['a label of 64 bytes', concat(hex('40'), zeros(64)), 0],
    ['a cut label', hex('03 61 62'), 0],
    ['a cut pointer', hex('c0'), 0],
    ['256 bytes of labels', concat(...Array.from({ length: 64 }, () => vector8('abc')), zeros(1)), 0],
  ])('is refused with %s', (_, bytes, at) => {
    expect(nameAt(bytes, at)).toBeUndefined();
  });

  it('may jump 16 times, not 17', () => {
    const chain = (jumps: number) =>
      concat(zeros(1), ...Array.from({ length: jumps }, (_, n) => u16(0xc000 | (n === 0 ? 0 : 1 + (n - 1) * 2))));
    expect(nameAt(chain(16), 31)?.text).toBe('.');
    expect(nameAt(chain(17), 33)).toBeUndefined();
  });

  it('holds a NetBIOS name as 32 letters', () => {
    expect(netbiosName(netbiosLetters('PRINTER', 0x1c))).toEqual({ name: 'PRINTER', suffix: 0x1c });
    expect(netbiosName('short')).toBeUndefined();
    expect(netbiosName('Z'.repeat(32))).toBeUndefined();
  });
});

describe('a DNS message', () => {
  it('is read to its end', () => {
    const message = dnsMessage({
      id: 7,
      flags: RESPONSE | 3,
      questions: [['a.example', 28]],
      answers: [
        dnsRecord(12, 28, hex('fe80 0000 0000 0000 0000 0000 0000 0001'), 0xffffffff),
        dnsRecord('b', 1, zeros(3)),
      ],
      additional: [dnsRecord('c', 1, zeros(4))],
    });
    expect(parseDnsMessage(message)).toEqual({
      id: 7,
      response: true,
      opcode: 0,
      rcode: 3,
      question: { name: 'a.example', type: 28 },
      questions: 1,
      addresses: [{ address: 'fe80::1', key: 'fe80::1', ttl: 86_400 }],
      malformed: false,
      size: message.length,
    });
  });

  it('keeps what came before it was cut', () => {
    const message = dnsMessage({
      flags: RESPONSE,
      questions: [['a', 1]],
      answers: [dnsRecord('a', 1, zeros(4)), dnsRecord('a', 1, zeros(4))],
    });
    for (let size = 0; size < message.length; size++) {
      const part = parseDnsMessage(message.subarray(0, size));
      if (size < 12) expect(part).toBeUndefined();
      else expect(part).toMatchObject({ malformed: true, addresses: size < message.length - 17 ? [] : [{}] });
    }
  });

  it.each([
    ['operation 7', hex('0000 3800 0000 0000 0000 0000')],
    ['the reserved bit', hex('0000 0040 0000 0000 0000 0000')],
    ['33 questions', hex('0000 0000 0021 0000 0000 0000')],
    ['65 answers', hex('0000 8000 0000 0041 0000 0000')],
    ['65 additional records', hex('0000 8000 0000 0000 0000 0041')],
  ])('is not one with %s', (_, bytes) => {
    expect(parseDnsMessage(bytes)).toBeUndefined();
  });

  it('has types with names and types with numbers', () => {
    expect([1, 65, 33, 4321].map((type) => dnsTypeName(type))).toEqual(['A', 'HTTPS', 'SRV', 'TYPE4321']);
    expect(dnsTypeName(33, true)).toBe('NBSTAT');
  });
});
