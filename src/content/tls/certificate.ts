/** Names in a server's certificate (RFC 5280): common name and dNSNames. Read, not verified. */

import { equalBytes, Reader } from '../bytes.ts';
import { LIST_MAX } from '../../flow/identity.ts';
import { NAME_MAX, textOf } from '../text.ts';
import { expectElement, nextElement } from './der.ts';

export interface CertificateNames {
  readonly subject: string | undefined;
  readonly names: readonly string[];
}

const SEQUENCE = 0x30;
const SET = 0x31;
const OID = 0x06;
const OCTET_STRING = 0x04;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;
const BMP_STRING = 0x1e;
const COMMON_NAME = new Uint8Array([0x55, 0x04, 0x03]);
const SUBJECT_ALT_NAME = new Uint8Array([0x55, 0x1d, 0x11]);

/** The first certificate in the body of a Certificate message below TLS 1.3; undefined when it is not there whole. */
export function firstCertificate(body: Uint8Array): Uint8Array | undefined {
  const reader = new Reader(body);
  reader.skip(3);
  const size = reader.u24();
  const certificate = reader.take(size);
  return reader.short || size === 0 ? undefined : certificate;
}

/** @param der one certificate; undefined when it is not one */
export function certificateNames(der: Uint8Array): CertificateNames | undefined {
  const certificate = expectElement(new Reader(der), SEQUENCE);
  const tbs = certificate && expectElement(certificate, SEQUENCE);
  if (tbs === undefined) return undefined;
  if (tbs.bytes[tbs.at] === VERSION) nextElement(tbs);
  // Serial number, signature algorithm, issuer, validity.
  for (let n = 0; n < 4; n++) if (nextElement(tbs) === undefined) return undefined;
  const subject = expectElement(tbs, SEQUENCE);
  if (subject === undefined) return undefined;
  return { subject: commonName(subject), names: alternativeNames(tbs) };
}

function commonName(subject: Reader): string | undefined {
  while (subject.left > 0) {
    const set = expectElement(subject, SET);
    if (set === undefined) return undefined;
    while (set.left > 0) {
      const pair = expectElement(set, SEQUENCE);
      const type = pair && expectElement(pair, OID);
      const value = pair && nextElement(pair);
      if (type === undefined || value === undefined) return undefined;
      const bytes = value.content.take(value.content.left);
      if (equalBytes(type.take(type.left), COMMON_NAME)) return stringOf(value.tag, bytes);
    }
  }
  return undefined;
}

/** Text of a directory string; BMPString has two bytes a character. */
function stringOf(tag: number, bytes: Uint8Array): string {
  if (tag !== BMP_STRING) return textOf(bytes);
  let text = '';
  for (let at = 0; at + 1 < bytes.length && text.length < 255; at += 2)
    text += String.fromCharCode(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  return textOf(new TextEncoder().encode(text));
}

function alternativeNames(tbs: Reader): string[] {
  while (tbs.left > 0) {
    const element = nextElement(tbs);
    if (element === undefined) return [];
    if (element.tag === EXTENSIONS) return namesInExtensions(element.content);
  }
  return [];
}

function namesInExtensions(wrapper: Reader): string[] {
  const list = expectElement(wrapper, SEQUENCE);
  while (list !== undefined && list.left > 0) {
    const extension = expectElement(list, SEQUENCE);
    const id = extension && expectElement(extension, OID);
    if (extension === undefined || id === undefined) return [];
    if (!equalBytes(id.take(id.left), SUBJECT_ALT_NAME)) continue;
    // After the identifier: perhaps the boolean `critical`, then the octet string with the value.
    for (let element = nextElement(extension); element !== undefined; element = nextElement(extension))
      if (element.tag === OCTET_STRING) return dnsNames(element.content);
    return [];
  }
  return [];
}

function dnsNames(value: Reader): string[] {
  const names: string[] = [];
  const list = expectElement(value, SEQUENCE);
  while (list !== undefined && list.left > 0 && names.length < LIST_MAX) {
    const name = nextElement(list);
    if (name === undefined) break;
    if (name.tag === DNS_NAME) names.push(textOf(name.content.take(name.content.left), NAME_MAX).toLowerCase());
  }
  return names;
}
