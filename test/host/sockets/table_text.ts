/** Text of socket tables as the kernel prints it: `tcp4_seq_show`, `udp4_format_sock` and their IPv6 counterparts. */
import { addressToBytes } from '../../../src/host/address/address.ts';
import type { Endianness } from '../../../src/host/address/hex_address.ts';

export interface TextRow {
  readonly slot?: number;
  readonly local?: string;
  readonly localPort?: number;
  readonly remote?: string;
  readonly remotePort?: number;
  readonly state?: number;
  readonly txQueue?: number;
  readonly rxQueue?: number;
  readonly timer?: number;
  readonly expires?: number;
  readonly retransmits?: number;
  readonly uid?: number;
  readonly timeout?: number;
  readonly inode?: number;
  /** What follows the kernel's address. Default: five numbers for a whole tcp row. */
  readonly tail?: string;
}

export const TCP_HEADING =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'.padEnd(149);
export const UDP_HEADING =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops'.padEnd(
    127,
  );

/** @param rows addresses of one family */
export function tableText(rows: readonly TextRow[], heading = TCP_HEADING, endianness: Endianness = 'LE'): string {
  return [heading, ...rows.map((row) => rowText(row, endianness))].map((line) => `${line}\n`).join('');
}

export function rowText(row: TextRow, endianness: Endianness = 'LE'): string {
  const {
    slot = 0,
    local = '127.0.0.1',
    localPort = 53,
    timer = 0,
    expires = 0,
    uid = 0,
    timeout = 0,
    inode = 12345,
  } = row;
  const remote = row.remote ?? (local.includes(':') ? '::' : '0.0.0.0');
  const queues = `${hex(row.txQueue ?? 0, 8)}:${hex(row.rxQueue ?? 0, 8)}`;
  return [
    `${String(slot).padStart(4)}:`,
    `${words(local, endianness)}:${hex(localPort, 4)}`,
    `${words(remote, endianness)}:${hex(row.remotePort ?? 0, 4)}`,
    hex(row.state ?? 0x0a, 2),
    queues,
    `${hex(timer, 2)}:${hex(expires, 8)}`,
    hex(row.retransmits ?? 0, 8),
    String(uid).padStart(5),
    String(timeout).padStart(8),
    `${inode} 1 00000000d1a2b3c4 ${row.tail ?? '100 0 0 10 0'}`,
  ]
    .join(' ')
    .padEnd(149);
}

/** 32-bit words as the host holds them. */
function words(address: string, endianness: Endianness): string {
  const bytes = Buffer.from(addressToBytes(address));
  return (endianness === 'LE' ? bytes.swap32() : bytes).toString('hex').toUpperCase();
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
