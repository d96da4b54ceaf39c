/**
 * conn.log: engine against model on random conversations, and against rows that a third implementation of the rules
 * made of given captures. A failure prints its seed; PCAPFLOW_SEED=n runs that one alone, PCAPFLOW_SCENARIOS=n so many
 * captures.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCapture } from '../../models/index.ts';
import { zeekConnections, type ConnRow } from '../../models/groups/zeek.ts';
import { ZEEK_EXCEPTIONS } from '../../models/groups/zeek_exceptions.ts';
import { connLines, type ConnLine } from './conn_log.ts';
import { longConnection, missedConnection, zeekCapture } from './zeek_conversations.ts';

const CAPTURES = Number(process.env.PCAPFLOW_SCENARIOS ?? 40);
const CONVERSATIONS = 100;
const only = process.env.PCAPFLOW_SEED;

/** Whole microseconds. */
const micros = (ns: bigint): number => Number(ns / 1000n);

interface Comparable {
  readonly row: string;
  readonly micros: number | null;
}

/** As Zeek has it, whose clock has microseconds: no more than that is no duration, and no bytes. */
function ofModel({ startNs, durationNs, ...row }: ConnRow): Comparable {
  const duration = micros(startNs + (durationNs ?? 0n)) - micros(startNs);
  const bytes = duration === 0 ? { orig_bytes: null, resp_bytes: null } : {};
  return {
    row: JSON.stringify({ start: micros(startNs), ...row, ...bytes }),
    micros: duration === 0 ? null : duration,
  };
}

function ofLine(line: ConnLine): Comparable {
  const row = {
    start: Math.round(Number(line.ts) * 1e6),
    orig_h: line['id.orig_h'],
    orig_p: line['id.orig_p'],
    resp_h: line['id.resp_h'],
    resp_p: line['id.resp_p'],
    proto: line.proto,
    orig_bytes: line.orig_bytes ?? null,
    resp_bytes: line.resp_bytes ?? null,
    missed_bytes: line.missed_bytes,
    orig_pkts: line.orig_pkts,
    orig_ip_bytes: line.orig_ip_bytes,
    resp_pkts: line.resp_pkts,
    resp_ip_bytes: line.resp_ip_bytes,
    conn_state: line.conn_state,
    history: line.history ?? null,
  };
  return {
    row: JSON.stringify(row),
    micros: line.duration === undefined ? null : Math.round(Number(line.duration) * 1e6),
  };
}

const inOrder = (rows: readonly Comparable[]): Comparable[] =>
  [...rows].sort((a, b) => (a.row < b.row ? -1 : a.row > b.row ? 1 : (a.micros ?? -1) - (b.micros ?? -1)));

const seen = new Map<string, number>();
const note = (name: string): void => void seen.set(name, (seen.get(name) ?? 0) + 1);

const compare = (seed: number): Promise<void> => compareFile(zeekCapture(seed, CONVERSATIONS), `seed ${seed}`);

async function compareFile(file: Uint8Array, what: string): Promise<void> {
  const want = zeekConnections(readCapture(file).records);
  const { lines } = await connLines(file);
  expect(inOrder(lines.map(ofLine)), what).toEqual(inOrder(want.map(ofModel)));
  for (const { proto, conn_state, history, missed_bytes, orig_bytes } of want) {
    note(proto);
    note(conn_state);
    for (const letter of history ?? '') note(letter);
    if (missed_bytes > 0) note('missed');
    if (Number(orig_bytes) > 2 ** 32) note('wrap');
  }
  note('captures');
}

describe('the engine has the conn.log of the model', () => {
  if (only !== undefined) {
    it(`for seed ${only}`, () => compare(Number(only)));
    return;
  }
  it(`for ${CAPTURES} captures of ${CONVERSATIONS} random conversations`, { timeout: 1_800_000 }, async () => {
    for (let seed = 1; seed <= CAPTURES; seed++) await compare(seed);
  });
  it('for a SYN again 4 GiB behind the first one, which is another letter', () => compare(163));
  it('for counts and histories of any length', async () => {
    for (const count of [4, 10, 40, 510, 513, 2100]) await compareFile(longConnection(count), `${count} segments`);
  });
  it('for more gaps than a record counts by itself', async () => {
    for (const count of [120, 65_600]) await compareFile(missedConnection(count), `${count} gaps`);
  });
  it('with all that can happen in them', () => {
    const names = [
      ...'ShHAaDdFfRrIiQqGgTtWw^sX',
      ...'tcp udp icmp unknown_transport missed wrap'.split(' '),
      ...'OTH S0 S1 S2 S3 SF SH SHR REJ RSTO RSTR RSTOS0 RSTRH'.split(' '),
    ];
    expect(names.filter((name) => !seen.has(name))).toEqual([]);
  });
});

const withoutStart = (row: string): string => row.replace(/^\{"start":\d+,/, '{');

const FOLDER = new URL('../../../../shared/captures/', import.meta.url);
const ORACLE = new URL('oracle-zeek-conn.json', FOLDER);

type OracleRow = Omit<ConnRow, 'startNs' | 'durationNs'> & { readonly duration: number | null };

const oracle = existsSync(ORACLE)
  ? (JSON.parse(readFileSync(ORACLE, 'utf8')) as { captures: Record<string, OracleRow[]> })
  : undefined;

describe.skipIf(oracle === undefined)('the engine has the conn.log of oracle-zeek-conn.json', () => {
  let compared = 0;
  for (const [file, rows] of Object.entries(oracle?.captures ?? {})) {
    if (file in ZEEK_EXCEPTIONS) continue;
    it(file, async () => {
      const { lines } = await connLines(readFileSync(new URL(file, FOLDER)));
      const ours = inOrder(lines.map(ofLine).map(({ row, micros }) => ({ row: withoutStart(row), micros })));
      const wanted = rows.map(({ duration, ...row }) => ({
        row: JSON.stringify(row),
        micros: duration === null ? null : Math.round(duration * 1e6),
      }));
      const theirs = inOrder(wanted);
      expect(ours.map(({ row }) => row)).toEqual(theirs.map(({ row }) => row));
      ours.forEach(({ micros: ourMicros }, n) => {
        const theirMicros = theirs[n]?.micros ?? null;
        expect(ourMicros === null).toBe(theirMicros === null);
        expect(Math.abs((ourMicros ?? 0) - (theirMicros ?? 0))).toBeLessThanOrEqual(1);
      });
      compared += rows.length;
    });
  }
  it('compares nearly all rows', () => {
    const all = Object.values(oracle?.captures ?? {}).reduce((sum, rows) => sum + rows.length, 0);
    expect(compared).toBeGreaterThan(0.96 * all);
  });
});
