import { describe, expect, it } from 'vitest';
import { identify } from '../../src/content/index.ts';
import { nodeCrypto } from '../../src/content/node_crypto.ts';
import { payloadOf, SAMPLES } from './messages/index.ts';

const shown = (secrets: boolean) =>
  SAMPLES.map((sample) => JSON.stringify(identify(payloadOf(sample), nodeCrypto, { secrets }))).join('\n');

describe('secrets', () => {
  it('are not reported unless asked for: no user, no caller, no nick name', () => {
    for (const name of ['anonymous', 'alice', '"me"', 'bob@']) expect(shown(false).includes(name), name).toBe(false);
  });

  it('are user names when asked for', () => {
    for (const name of ['anonymous', 'sip:alice@a.example', 'alice', '"me"'])
      expect(shown(true).includes(name), name).toBe(true);
  });

  it('are never passwords or cookies', () => {
    // The samples of HTTP, FTP, POP3, IMAP and IRC have it in a password or a cookie.
    for (const secrets of [false, true]) expect(shown(secrets).includes('secret')).toBe(false);
  });
});

describe('options', () => {
  const [http] = SAMPLES.filter(({ name }) => name === 'http');
  const payload = payloadOf(http ?? expect.unreachable());

  it('keep the query of a path on request', () => {
    expect(identify(payload, nodeCrypto).httpPath).toBe('/a/b');
    expect(identify(payload, nodeCrypto, { httpQuery: true }).httpPath).toBe('/a/b?q=1');
  });

  it('take only the protocols asked for', () => {
    expect(identify(payload, nodeCrypto, { apps: new Set(['tls']) }).app).toBeNull();
    expect(identify(payload, nodeCrypto, { apps: new Set(['http']) }).app).toBe('http');
  });
});
