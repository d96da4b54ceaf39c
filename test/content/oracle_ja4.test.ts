import { describe, expect, it } from 'vitest';
import { haveCaptures, IdentifiedCapture, oracle } from './captures.ts';

interface Row {
  readonly proto: string;
  readonly client: string;
  readonly client_port: number;
  readonly server: string;
  readonly server_port: number;
  readonly sni: string | null;
  readonly alpn: readonly string[];
  readonly ja3: string;
  readonly ja4: string;
}

describe.skipIf(!haveCaptures)('a model of JA4 in Python (skipped where ../shared/captures is absent)', () => {
  it('gives the same name, protocols, JA3 and JA4 for every ClientHello', () => {
    let count = 0;
    const { captures } = oracle<{ captures: Record<string, readonly Row[]> }>('oracle-ja4.json');
    for (const [name, rows] of Object.entries(captures)) {
      const capture = new IdentifiedCapture(name, false);
      for (const row of rows) {
        const ends = {
          proto: row.proto,
          a: row.client,
          a_port: row.client_port,
          b: row.server,
          b_port: row.server_port,
        };
        const identity = capture.find(ends)?.identity;
        const { serverName, alpn, ja3, ja4 } = identity ?? {};
        expect({ sni: serverName, alpn: alpn ?? [], ja3, ja4 }, `${name} ${row.client_port}`).toEqual({
          sni: row.sni,
          alpn: row.alpn,
          ja3: row.ja3,
          ja4: row.ja4,
        });
        count++;
      }
    }
    expect(count).toBe(22);
  });
});
