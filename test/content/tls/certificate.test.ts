import { describe, expect, it } from 'vitest';
import { concat, u8, zeros } from '../../builders/bytes.ts';
import { certificateNames, firstCertificate } from '../../../src/content/tls/certificate.ts';
import { der, hex } from '../messages/sample.ts';
import { certificate, certificateDer } from '../messages/tls.ts';

const NAMES = { subject: 'host.example', names: ['a.example', 'b.example'] };
const DER = certificateDer('host.example', ['a.example', 'B.example']);

describe('a certificate', () => {
  it('gives common name and DNS names', () => {
    expect(certificateNames(DER)).toEqual(NAMES);
  });

  it('is the first one of the message', () => {
    const body = certificate(DER, certificateDer('issuer', [])).subarray(4);
    expect(firstCertificate(body)).toEqual(DER);
    // The second one need not be there.
    expect(firstCertificate(body.subarray(0, 6 + DER.length))).toEqual(DER);
    for (let size = 0; size < 6 + DER.length; size++) expect(firstCertificate(body.subarray(0, size))).toBeUndefined();
  });

  it('may have a subject in UTF-16', () => {
    expect(certificateNames(certificateDer(hex('0061 00e9'), [], 0x1e))?.subject).toBe('a\u00e9');
  });

  it('has at most 16 names', () => {
    const names = Array.from({ length: 20 }, (_, n) => `h${n}.example`);
    expect(certificateNames(certificateDer('x', names))?.names).toEqual(names.slice(0, 16));
  });

  it('shows control characters as escapes', () => {
    expect(certificateNames(certificateDer('a\x1b[31m\0b', []))?.subject).toBe('a\\x1b[31m\\x00b');
  });

  it('gives nothing that the whole does not have when it is cut', () => {
    for (let size = 0; size < DER.length; size++) expect(certificateNames(DER.subarray(0, size))).toBeUndefined();
  });

  it.each([
    ['an indefinite length', concat(hex('30 80'), zeros(40))],
    ['a length of more than four bytes', concat(hex('30 85 0000000010'), zeros(40))],
    ['a length beyond the end', concat(hex('30 84 ffffffff'), zeros(40))],
    ['sequences in sequences', Array.from({ length: 200 }).reduce<Uint8Array>((inner) => der(0x30, inner), u8(5))],
  ])('is refused with %s', (_, bytes) => {
    expect(certificateNames(bytes)).toBeUndefined();
  });
});
