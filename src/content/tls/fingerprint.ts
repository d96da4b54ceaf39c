/** JA3 and JA3S (salesforce/ja3, BSD-3-Clause) and the client's JA4 (FoxIO-LLC/ja4, BSD-3-Clause) of whole hellos. */

import { hex } from '../bytes.ts';
import { withoutGrease } from './grease.ts';
import type { ContentCrypto } from '../crypto.ts';
import type { ClientHello } from './client_hello.ts';
import type { ServerHello } from './server_hello.ts';

const utf8 = new TextEncoder();

/**
 * The text that JA3 hashes: version, ciphers, extensions, groups and point formats in decimal, as sent, without GREASE.
 */
export function ja3Text(hello: ClientHello): string {
  const lists = [hello.ciphers, hello.extensions, hello.groups].map((list) => withoutGrease(list).join('-'));
  return [hello.version, ...lists, hello.pointFormats.join('-')].join(',');
}

export const ja3 = (hello: ClientHello, crypto: ContentCrypto): string => md5(ja3Text(hello), crypto);

export const ja3s = (hello: ServerHello, crypto: ContentCrypto): string =>
  md5(`${hello.version},${hello.cipher},${withoutGrease(hello.extensions).join('-')}`, crypto);

/** MD5 in hexadecimal. */
export const md5 = (text: string, crypto: ContentCrypto): string => hex(crypto.digest('md5', utf8.encode(text)));

const JA4_VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0200, 's2'],
  [0x0100, 's1'],
  [0xfeff, 'd1'],
  [0xfefd, 'd2'],
  [0xfefc, 'd3'],
]);
const SERVER_NAME = 0;
const ALPN = 16;

/** @param carrier `t` TLS over TCP, `q` QUIC, `d` DTLS */
export function ja4(hello: ClientHello, carrier: 't' | 'q' | 'd', crypto: ContentCrypto): string {
  const ciphers = withoutGrease(hello.ciphers);
  const extensions = withoutGrease(hello.extensions);
  const version = JA4_VERSIONS.get(highestVersion(hello)) ?? '00';
  const name = extensions.includes(SERVER_NAME) ? 'd' : 'i';
  const head = `${carrier}${version}${name}${count(ciphers)}${count(extensions)}${alpnCharacters(hello.alpn[0])}`;
  return `${head}_${hash12(hexList(ciphers).sort().join(','), crypto)}_${extensionHash(hello, extensions, crypto)}`;
}

function extensionHash(hello: ClientHello, extensions: readonly number[], crypto: ContentCrypto): string {
  if (extensions.length === 0) return hash12('', crypto);
  const hashed = extensions.filter((type) => type !== SERVER_NAME && type !== ALPN);
  const algorithms = hexList(withoutGrease(hello.signatureAlgorithms)).join(',');
  return hash12(hexList(hashed).sort().join(',') + (algorithms === '' ? '' : `_${algorithms}`), crypto);
}

/** For DTLS the newer version has the smaller number. */
function highestVersion(hello: ClientHello): number {
  const offered = withoutGrease(hello.supportedVersions);
  if (offered.length === 0) return hello.version;
  return offered.some((version) => version >= 0xfe00) ? Math.min(...offered) : Math.max(...offered);
}

const count = (list: readonly number[]): string => String(Math.min(99, list.length)).padStart(2, '0');

function alpnCharacters(name: Uint8Array | undefined): string {
  if (name === undefined || name.length === 0) return '00';
  const character = (byte: number): string => (byte >= 0x80 ? '9' : String.fromCharCode(byte));
  const first = character(name[0] ?? 0);
  return name.length === 1 ? `${first}0` : first + character(name[name.length - 1] ?? 0);
}

const hexList = (values: readonly number[]): string[] => values.map((value) => value.toString(16).padStart(4, '0'));

const hash12 = (text: string, crypto: ContentCrypto): string =>
  text === '' ? '000000000000' : hex(crypto.digest('sha256', utf8.encode(text))).slice(0, 12);
