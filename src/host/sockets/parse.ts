/**
 * The text of a socket table to rows. Any text will do: lines that are no rows are counted, nothing is thrown.
 *
 *   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
 *    0: 0100007F:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 12345 1 ffff88 100 0 0 10 0
 *
 * The heading names more columns than there are: `tx_queue:rx_queue` and `tr:tm->when` are one field each.
 */
import { endianness as hostEndianness } from 'node:os';

import { isMappedText, unmapAddress } from '../address.ts';
import type { Endpoint } from '../endpoint.ts';
import { hexAddress } from '../hex_address.ts';
import type { Endianness } from '../hex_address.ts';
import type { SocketRow } from './row.ts';
import { socketState } from './state.ts';
import { isIpv6Table, isTcpTable } from './table_name.ts';
import type { TableName } from './table_name.ts';
import { timerKind } from './timer.ts';

export interface ParsedTable {
  /** In the order of the text; rows that the kernel printed twice are kept once. */
  readonly rows: readonly SocketRow[];
  /** Lines that are no rows. */
  readonly malformed: number;
}

/** Fields without which a line is no row: up to the inode. */
const FIELDS_MIN = 10;
/** Fields of a line that was not cut short, up to the kernel address. */
const FIELDS_WHOLE = 12;
const BLANKS = /[ \t]+/;
const HEX = /^[0-9a-f]{1,13}$/i;
const DECIMAL = /^-?[0-9]{1,15}$/;

/** @param options.endianness byte order of the host that printed the text; default: this host's */
export function parseSocketTable(
  text: string,
  table: TableName,
  options: { readonly endianness?: Endianness } = {},
): ParsedTable {
  const endpoints = endpointReader(isIpv6Table(table), options.endianness ?? hostEndianness());
  const rows: SocketRow[] = [];
  const seen = new Set<string>();
  let malformed = 0;
  const heading = text.indexOf('\n');
  for (let at = heading < 0 ? text.length : heading + 1; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const fields = text.slice(at, end).trim().split(BLANKS);
    at = end + 1;
    // The kernel ends every line. One without its end was cut, and so, maybe, was the last of its numbers.
    const whole = fields.length >= (newline < 0 ? FIELDS_WHOLE : FIELDS_MIN);
    const row = whole ? parseRow(fields, table, endpoints) : undefined;
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

function parseRow(fields: readonly string[], table: TableName, endpoint: EndpointReader): SocketRow | undefined {
  const [slot = '', localHex = '', remoteHex = '', state = '', queues = '', timer = '', retransmits = ''] = fields;
  const local = endpoint(localHex);
  const remote = endpoint(remoteHex);
  if (local === undefined || remote === undefined || !slot.endsWith(':')) return undefined;
  const [txQueue, rxQueue] = hexPair(queues);
  const [timerCode, timerExpiresTicks] = hexPair(timer);
  const stateCode = hex(state);
  const row = {
    table,
    slot: decimal(slot.slice(0, -1)),
    local,
    remote,
    localHex,
    remoteHex,
    stateCode,
    state: socketState(stateCode),
    txQueue,
    rxQueue,
    timer: timerKind(timerCode),
    timerExpiresTicks,
    retransmits: hex(retransmits),
    uid: decimal(fields[7]),
    timeout: decimal(fields[8]),
    inode: decimal(fields[9]),
    refCount: decimalIfAny(fields[10]),
    pointer: fields[11],
    ...(isTcpTable(table) ? tcpColumns(fields) : datagramColumns(fields)),
    mapped: isMappedText(local.address) || isMappedText(remote.address),
    unmapped: isMappedText(local.address) ? unmapAddress(local.address) : undefined,
  };
  const { uid, inode, timeout } = row;
  // A sum is not a number as soon as one of its terms is none.
  const sum = row.slot + stateCode + txQueue + rxQueue + timerCode + timerExpiresTicks + row.retransmits + uid + timeout + inode;
  return Number.isNaN(sum) || uid < 0 || inode < 0 || row.slot < 0 ? undefined : row;
}

function tcpColumns(fields: readonly string[]): Pick<SocketRow, 'rtoTicks' | 'atoTicks' | 'quickAckPingPong' | 'cwnd' | 'ssthresh' | 'drops'> {
  return {
    rtoTicks: decimalIfAny(fields[12]),
    atoTicks: decimalIfAny(fields[13]),
    quickAckPingPong: decimalIfAny(fields[14]),
    cwnd: decimalIfAny(fields[15]),
    ssthresh: decimalIfAny(fields[16]),
    drops: undefined,
  };
}

function datagramColumns(fields: readonly string[]): ReturnType<typeof tcpColumns> {
  return {
    rtoTicks: undefined,
    atoTicks: undefined,
    quickAckPingPong: undefined,
    cwnd: undefined,
    ssthresh: undefined,
    drops: decimalIfAny(fields[12]),
  };
}

type EndpointReader = (hex: string) => Endpoint | undefined;

/** Most rows of a table share a few addresses: each is decoded once. */
function endpointReader(ipv6: boolean, endianness: Endianness): EndpointReader {
  const digits = ipv6 ? 32 : 8;
  const addresses = new Map<string, string | undefined>();
  return (text) => {
    if (text.length !== digits + 5 || text[digits] !== ':') return undefined;
    const port = hex(text.slice(digits + 1));
    const addressHex = text.slice(0, digits);
    let address = addresses.get(addressHex);
    if (address === undefined) {
      address = hexAddress(addressHex, endianness);
      addresses.set(addressHex, address);
    }
    return address === undefined || Number.isNaN(port) ? undefined : { address, port };
  };
}

function hexPair(text: string): [number, number] {
  const colon = text.indexOf(':');
  return [hex(text.slice(0, Math.max(0, colon))), hex(text.slice(colon + 1))];
}

/** @returns NaN when it is no number */
function hex(text: string): number {
  return HEX.test(text) ? Number.parseInt(text, 16) : Number.NaN;
}

function decimal(text = ''): number {
  return DECIMAL.test(text) ? Number(text) : Number.NaN;
}

/** A last column that is missing, or that only newer kernels fill with something else, leaves the row a row. */
function decimalIfAny(text: string | undefined): number | undefined {
  const value = decimal(text);
  return Number.isNaN(value) ? undefined : value;
}
