/** What another program computed from tshark's header fields: ../shared/captures/oracle-analytics.json. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ORACLE_EXCEPTIONS } from '../models/groups/oracle_exceptions.ts';

const FOLDER = new URL('../../../shared/captures/', import.meta.url);
const ORACLE = new URL('oracle-analytics.json', FOLDER);
/** Captures of link types that are not supported. */
const OTHER_LINKS = new Set(['td-arcnet-rfc1201-arp-icmp-http.pcap', 'td-ipoib.pcap']);

export interface OracleSummary {
  readonly n: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly sd: number;
}

/** A direction, or both. */
export interface OracleScope {
  readonly size: OracleSummary | null;
  readonly payload: OracleSummary | null;
  readonly gap_ns: OracleSummary | null;
}

export interface OracleDirection extends OracleScope {
  readonly [name: string]: unknown;
  readonly packets: number;
  readonly rtt_ns?: OracleSummary | null;
  readonly flag_counts?: Readonly<Record<string, number>>;
}

export interface OracleFlow extends OracleScope {
  readonly proto: string;
  readonly a: string;
  readonly a_port: number;
  readonly b: string;
  readonly b_port: number;
  readonly ab: OracleDirection;
  readonly ba: OracleDirection | null;
  readonly handshake?: { rtt_synack_ns: number | null; rtt_ack_ns: number | null; syn_repeated: boolean };
}

/** Name and flows of each capture that can be compared; undefined without that folder. */
export const oracleCaptures: readonly (readonly [file: string, flows: readonly OracleFlow[]])[] | undefined =
  existsSync(ORACLE)
    ? Object.entries(
        (JSON.parse(readFileSync(ORACLE, 'utf8')) as { captures: Record<string, { flows: OracleFlow[] }> }).captures,
      )
        .filter(([file]) => !(file in ORACLE_EXCEPTIONS) && !OTHER_LINKS.has(file))
        .map(([file, { flows }]) => [file, flows.filter((flow) => !isException(file, flow))])
    : undefined;

function isException(file: string, { a, a_port }: OracleFlow): boolean {
  return `${file} ${a}:${a_port}` in ORACLE_EXCEPTIONS;
}

export function oraclePath(file: string): string {
  return fileURLToPath(new URL(file, FOLDER));
}

/** A conversation, whoever began it. */
export function conversationName(protocol: number, a: string, aPort: number, b: string, bPort: number): string {
  return `${protocol} ${[`${a} ${aPort}`, `${b} ${bPort}`].sort().join(' ')}`;
}
