/** Where the page is served: on this machine only, or on another of its addresses, then over TLS. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { FParserError, messageOf } from '../../errors.ts';

/** As the options say it. */
export interface ListenOptions {
  readonly port: number;
  readonly listen: string;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
}

export interface Listening {
  readonly port: number;
  readonly address: string;
  /** Undefined: plain HTTP. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** Origins of the server's pages once it has its port, the one to show first. */
  origins(port: number): readonly string[];
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');
const UNSPECIFIED = new BlockList();
UNSPECIFIED.addAddress('0.0.0.0');
UNSPECIFIED.addAddress('::', 'ipv6');

/**
 * @throws {RangeError} for what is no address, and for one beyond this machine without TLS
 * @throws {FParserError} ERR_READ: the certificate or its key cannot be read
 */
export function listening({ port, listen, tlsCert, tlsKey }: ListenOptions): Listening {
  const family = isIP(listen) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(listen) === 0 || UNSPECIFIED.check(listen, family))
    throw new RangeError(`--listen is '${listen}'; it must be one IPv4 or IPv6 address of this machine`);
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new RangeError('--tls-cert and --tls-key belong together; give both');
  const isLocal = LOOPBACK.check(listen, family);
  if (!isLocal && tlsCert === undefined)
    throw new RangeError(`--listen ${listen} is beyond this machine and needs --tls-cert and --tls-key`);
  const tls = tlsCert === undefined || tlsKey === undefined ? undefined : { cert: read(tlsCert), key: read(tlsKey) };
  const local = isLocal ? ['127.0.0.1', 'localhost', '[::1]'] : [];
  const own = family === 'ipv6' ? `[${listen}]` : listen;
  const names = tls === undefined ? [] : namesOf(tls.cert, tlsCert as string);
  const hosts = [...new Set([own, ...names, ...local])];
  const scheme = tls === undefined ? 'http' : 'https';
  return { port, address: listen, tls, origins: (chosen) => hosts.map((host) => `${scheme}://${host}:${chosen}`) };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new FParserError('ERR_READ', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** Names of hosts that the certificate is for, in small letters, without patterns. */
function namesOf(cert: Buffer, path: string): readonly string[] {
  try {
    const names = new X509Certificate(cert).subjectAltName ?? '';
    return [...names.matchAll(/DNS:([\w.-]+)/g)].map(([, name = '']) => name.toLowerCase());
  } catch (error) {
    const message = `${path} is no certificate in PEM: ${messageOf(error)}`;
    throw new FParserError('ERR_READ', message, { cause: error });
  }
}
