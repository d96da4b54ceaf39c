/** The socket tables of /proc/net. */

export const TABLE_NAMES = [
  'tcp',
  'tcp6',
  'udp',
  'udp6',
  'udplite',
  'udplite6',
  'raw',
  'raw6',
  'icmp',
  'icmp6',
] as const;

/** A file of /proc/net. For `raw` and `raw6` the local "port" is the IP protocol number. */
export type TableName = (typeof TABLE_NAMES)[number];

/** Tables that every kernel with networking has: when one is absent, /proc cannot be used. */
const NEEDED: readonly TableName[] = ['tcp', 'udp'];

export function isNeeded(table: TableName): boolean {
  return NEEDED.includes(table);
}

export function isIpv6Table(table: TableName): boolean {
  return table.endsWith('6');
}

export function isTcpTable(table: TableName): boolean {
  return table === 'tcp' || table === 'tcp6';
}

/** @throws {RangeError} */
export function checkTableName(table: TableName): TableName {
  if (!TABLE_NAMES.includes(table)) {
    throw new RangeError(`unknown socket table ${String(table)}; expected one of ${TABLE_NAMES.join(', ')}`);
  }
  return table;
}
