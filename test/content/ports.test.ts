import { describe, expect, it } from 'vitest';
import { identify } from '../../src/content/index.ts';
import { nodeCrypto } from '../../src/content/node_crypto.ts';
import { payloadOf, tcp, udp } from './messages/sample.ts';

const named = (sample: ReturnType<typeof tcp>, portGuess = true) => {
  const { app, appBy, appConfidence } = identify(payloadOf(sample), nodeCrypto, { portGuess });
  return [app, appBy, appConfidence];
};
const BINARY = Uint8Array.of(0xde, 0xad, 0xbe, 0xef);

describe('a name by the port', () => {
  it('is that of the responder', () => {
    expect(named(tcp('', 443, BINARY, '', {}))).toEqual(['tls', 'port', 0]);
    expect(named(udp('', [53, 40_000], BINARY, '', {}))).toEqual([null, null, null]);
  });

  it('a guess by port needs payload', () => {
    expect(named(tcp('', 443, '', '', {}))).toEqual([null, null, null]);
  });

  it('is not given when the content contradicts it', () => {
    expect(named(tcp('', 443, 'hello world', '', {}))).toEqual([null, null, null]);
    expect(named(tcp('', 21, BINARY, '', {}))).toEqual([null, null, null]);
    expect(named(tcp('', 21, 'NOOP\r\n', '', {}))).toEqual(['ftp', 'port', 0]);
  });

  it('can be turned off', () => {
    expect(named(tcp('', 443, BINARY, '', {}), false)).toEqual([null, null, null]);
  });

  it('gives way to content', () => {
    expect(named(tcp('', 443, 'SSH-2.0-x\r\n', '', {}))).toEqual(['ssh', 'content', 3]);
  });
});
