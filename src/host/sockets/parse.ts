/**
 * Parses the text of a socket table to rows. Any text is accepted: lines that are not rows are counted, and nothing is
 * thrown.
 *
 * sl local_address rem_address st tx_queue rx_queue tr tm->when retrnsmt uid timeout inode 0: 0100007F:0035
 * 00000000:0000 0A 00000000:00000000 00:00000000 00000000 101 0 12345 1 ffff88 100 0 0 10 0
 *
 * The heading names more columns than there are: `tx_queue:rx_queue` and `tr:tm->when` are one field each.
 */
import { endianness as hostEndianness } from 'node:os';

import { isMappedText, unmapAddress } from '../address/address.ts';
import type { Endpoint } from '../endpoint.ts';
import { hexAddress } from '../address/hex_address.ts';
import type { Endianness } from '../address/hex_address.ts';
import { Line, hexNumber } from './line.ts';
import type { SocketRow } from './row.ts';
import { socketState } from './state.ts';
import { isIpv6Table, isTcpTable } from './table_name.ts';
import type { TableName } from './table_name.ts';
import { timerKind } from './timer.ts';

export interface ParsedTable {
  /** In the order of the text; rows that the kernel printed twice are kept once. */
  readonly rows: readonly SocketRow[];
  /** Lines that are not rows. */
  readonly malformed: number;
}

/** Fields without which a line is not a row: up to the inode. */
const FIELDS_MIN = 10;
/** Fields of a line that was not cut short, up to the kernel address. */
const FIELDS_WHOLE = 12;

/** @param options.endianness byte order of the host that printed the text; default: this host's */
export function parseSocketTable(
  text: string,
  table: TableName,
  options: { readonly endianness?: Endianness } = {},
): ParsedTable {
  const line = new Line(text);
  const endpoints = endpointReader(isIpv6Table(table), options.endianness ?? hostEndianness());
  const rows: SocketRow[] = [];
  const seen = new Set<string>();
  let malformed = 0;
  const heading = text.indexOf('\n');
  for (let at = heading < 0 ? text.length : heading + 1; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    line.split(at, end);
    at = end + 1;
    // The kernel ends every line. One without its end was cut, and so, maybe, was the last of its numbers.
    const whole = line.fieldCount >= (newline < 0 ? FIELDS_WHOLE : FIELDS_MIN);
    const row = whole ? parseRow(line, table, endpoints) : undefined;
    if (row === undefined) {
      malformed++;
      continue;
    }
    const key = `${row.localHex} ${row.remoteHex} ${row.inode} ${row.stateCode}`;
    if (!seen.has(key)) rows.push(row);
    seen.add(key);
  }
  return { rows, malformed };
}

function parseRow(line: Line, table: TableName, endpoint: EndpointReader): SocketRow | undefined {
  const localHex = line.text(1);
  const remoteHex = line.text(2);
  const local = endpoint(localHex);
  const remote = endpoint(remoteHex);
  if (local === undefined || remote === undefined) return undefined;
  const tcp = isTcpTable(table);
  const stateCode = line.hex(3);
  const timerCode = line.hexBeforeColon(5);
  const row = {
    table,
    slot: line.decimalBeforeColon(0),
    local,
    remote,
    localHex,
    remoteHex,
    stateCode,
    state: socketState(stateCode),
    txQueue: line.hexBeforeColon(4),
    rxQueue: line.hexAfterColon(4),
    timer: timerKind(timerCode),
    timerExpiresTicks: line.hexAfterColon(5),
    retransmits: line.hex(6),
    uid: line.decimal(7),
    timeout: line.decimal(8),
    inode: line.decimal(9),
    refCount: known(line.decimal(10)),
    pointer: line.fieldCount > 11 ? line.text(11) : undefined,
    rtoTicks: tcp ? known(line.decimal(12)) : undefined,
    atoTicks: tcp ? known(line.decimal(13)) : undefined,
    quickAckPingPong: tcp ? known(line.decimal(14)) : undefined,
    cwnd: tcp ? known(line.decimal(15)) : undefined,
    ssthresh: tcp ? known(line.decimal(16)) : undefined,
    drops: tcp ? undefined : known(line.decimal(12)),
    mapped: isMappedText(local.address) || isMappedText(remote.address),
    unmapped: isMappedText(local.address) ? unmapAddress(local.address) : undefined,
  };
  return isSound(row) && !Number.isNaN(timerCode) ? row : undefined;
}

/** A sum is NaN as soon as one of its terms is. */
function isSound(row: SocketRow): boolean {
  const { slot, stateCode, txQueue, rxQueue, timerExpiresTicks, retransmits, uid, timeout, inode } = row;
  const sum = slot + stateCode + txQueue + rxQueue + timerExpiresTicks + retransmits + uid + timeout + inode;
  return !Number.isNaN(sum) && slot >= 0 && uid >= 0 && inode >= 0;
}

/** A last column that is missing, or that some kernel fills with something else, leaves the row a row. */
function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

type EndpointReader = (hex: string) => Endpoint | undefined;

/** Most rows of a table share a few addresses: each is decoded once. */
function endpointReader(ipv6: boolean, endianness: Endianness): EndpointReader {
  const digits = ipv6 ? 32 : 8;
  const addresses = new Map<string, string>();
  return (text) => {
    if (text.length !== digits + 5 || text[digits] !== ':') return undefined;
    const port = hexNumber(text, digits + 1, text.length);
    const hex = text.slice(0, digits);
    const address = addresses.get(hex) ?? hexAddress(hex, endianness);
    if (address === undefined || Number.isNaN(port)) return undefined;
    addresses.set(hex, address);
    return { address, port };
  };
}
