/** Recognises the format of a file by its first bytes. */

export const MAGIC_SIZE = 4;
const ZSTD = 0xfd2fb528;
/** Zstandard frames to be skipped have the magics 0x184d2a50 to 0x184d2a5f (RFC 8878 §3.1.2). */
const ZSTD_SKIPPABLE = 0x184d2a5;

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

export function isZstd(head: Uint8Array): boolean {
  return magicOf(head) === ZSTD || isZstdSkippable(head);
}

export function isZstdSkippable(head: Uint8Array): boolean {
  const magic = magicOf(head);
  return magic !== undefined && magic >>> 4 === ZSTD_SKIPPABLE;
}

/** A format that is not supported, and the command that converts it. */
export interface ForeignFormat {
  readonly name: string;
  /** FILE stands for the file's name. */
  readonly remedy: string;
}

const FOREIGN: readonly (readonly [magic: readonly number[], name: string, remedy: string])[] = [
  [[0xfd, 0x37, 0x7a, 0x58], 'xz', 'xz -dc FILE | pcapflow read -'],
  [bytesOf('BZh'), 'bzip2', 'bzip2 -dc FILE | pcapflow read -'],
  [[0x04, 0x22, 0x4d, 0x18], 'lz4', 'lz4 -dc FILE | pcapflow read -'],
  [[0x02, 0x21, 0x4c, 0x18], 'lz4 (legacy)', 'lz4 -dc FILE | pcapflow read -'],
  [bytesOf('LZIP'), 'lzip', 'lzip -dc FILE | pcapflow read -'],
  [[0x1f, 0x9d], 'compress (.Z)', 'gzip -dc FILE | pcapflow read -'],
  [bytesOf('PK\x03\x04'), 'zip', 'unzip -p FILE | pcapflow read -'],
  [bytesOf('7z\xbc\xaf'), '7z', '7z x -so FILE | pcapflow read -'],
  [bytesOf('snoo'), 'snoop', 'editcap -F pcap FILE - | pcapflow read -'],
  [bytesOf('btsn'), 'btsnoop', 'editcap -F pcap FILE - | pcapflow read -'],
  [bytesOf('GMBU'), 'Network Monitor 2', 'editcap -F pcap FILE - | pcapflow read -'],
  [bytesOf('RTSS'), 'Network Monitor 1', 'editcap -F pcap FILE - | pcapflow read -'],
  [bytesOf('TRSN'), 'Sniffer', 'editcap -F pcap FILE - | pcapflow read -'],
  [bytesOf('ipta'), 'iptrace', 'editcap -F pcap FILE - | pcapflow read -'],
];

/** Undefined for unknown bytes. @param head the first four bytes */
export function foreignFormat(head: Uint8Array): ForeignFormat | undefined {
  const found = FOREIGN.find(([magic]) => magic.every((byte, n) => head[n] === byte));
  return found === undefined ? undefined : { name: found[1], remedy: found[2] };
}

function bytesOf(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

/** Little-endian. Fewer bytes than four have no magic. */
function magicOf(head: Uint8Array): number | undefined {
  if (head.length < MAGIC_SIZE) return undefined;
  return new DataView(head.buffer, head.byteOffset, MAGIC_SIZE).getUint32(0, true);
}
