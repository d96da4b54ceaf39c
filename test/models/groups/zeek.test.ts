/**
 * The model of Zeek's connections against rows that another program made by the same rules
 * (../shared/captures/oracle-zeek-conn.json). Skipped without that folder.
 */

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../capture.ts';
import { zeekConnections, type ConnRow } from './zeek.ts';
import { ZEEK_EXCEPTIONS } from './zeek_exceptions.ts';

const FOLDER = new URL('../../../../shared/captures/', import.meta.url);
const ORACLE = new URL('oracle-zeek-conn.json', FOLDER);

type OracleRow = Omit<ConnRow, 'startNs' | 'durationNs'> & { readonly duration: number | null };

const oracle = existsSync(ORACLE)
  ? (JSON.parse(readFileSync(ORACLE, 'utf8')) as { captures: Record<string, OracleRow[]> })
  : undefined;

/** In an order that does not depend on times: the oracle has no times of day. */
function sorted(rows: readonly OracleRow[]): OracleRow[] {
  const text = ({ duration, ...row }: OracleRow): string => `${JSON.stringify(row)} ${duration ?? -1}`;
  return [...rows].sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

function ours(file: string): OracleRow[] {
  const { records } = readCapture(readFileSync(new URL(file, FOLDER)));
  return zeekConnections(records).map(
    ({ startNs: _startNs, durationNs, orig_h, orig_p, resp_h, resp_p, proto, ...row }) => ({
      orig_h,
      orig_p,
      resp_h,
      resp_p,
      proto,
      duration: durationNs === null ? null : Number(durationNs) / 1e9,
      ...row,
    }),
  );
}

function withoutDuration({ duration: _duration, ...row }: OracleRow): object {
  return row;
}

describe.skipIf(oracle === undefined)('the model of conn.log', () => {
  let compared = 0;
  for (const [file, rows] of Object.entries(oracle?.captures ?? {})) {
    if (file in ZEEK_EXCEPTIONS) continue;
    test(`agrees with the oracle on ${file}`, () => {
      const [have, want] = [sorted(ours(file)), sorted(rows)];
      expect(have.map(withoutDuration)).toEqual(want.map(withoutDuration));
      // Cut to microseconds there, or rounded.
      have.forEach(({ duration, history }, n) => {
        const told = want[n]?.duration ?? null;
        expect(duration === null, `row ${n}, ${history}`).toBe(told === null);
        expect(Math.abs((duration ?? 0) - (told ?? 0)), `row ${n}, ${history}`).toBeLessThan(1.5e-6);
      });
      compared += rows.length;
    });
  }

  test('compares nearly all rows', () => {
    const all = Object.values(oracle?.captures ?? {}).reduce((sum, rows) => sum + rows.length, 0);
    expect(compared).toBeGreaterThan(0.9 * all);
  });
});
