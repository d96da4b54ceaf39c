/** `lsof +c 0 -wnPi` (checked on 4.95), on Linux and Mac. */
import type { Connection } from './connection.ts';
import { cutBytes, fieldsOf, pidOf } from './fields.ts';
import { parseLines, protocolOf } from './parse_lines.ts';
import type { LineFilter, LineFormat } from './parse_lines.ts';

/** Bytes of a `comm`. */
const COMM_BYTES = 15;

/** A connection is recognised by its arrow. Type IPv6 describes the socket, not how its addresses are written. */
const format: LineFormat = {
  // tor     15843 atagar    9u  IPv4 34188132      0t0  TCP 192.168.0.1:44415->38.229.79.2:443 (ESTABLISHED)
  // Web\x20Content 2024 me  11u IPv6 0x1a2b3c4d5e  0t0  UDP [::1]:39497->[::1]:9999
  read(line) {
    const [name, pidText, , , , , , node, addresses, state] = fieldsOf(line, 10);
    const protocol = protocolOf(node);
    const pid = pidOf(pidText);
    const arrow = addresses?.indexOf('->') ?? -1;
    if (protocol === undefined || pid === undefined || name === undefined || addresses === undefined || arrow < 0)
      return undefined;
    if (protocol === 'tcp' && state !== '(ESTABLISHED)') return undefined;
    return { protocol, local: addresses.slice(0, arrow), remote: addresses.slice(arrow + 2), owners: [{ pid, name }] };
  },

  printedName: (name) => escaped(balanced(cutBytes(name, COMM_BYTES))),
};

/** lsof takes the name from `/proc/PID/stat`, up to the bracket that closes the one before the name. */
function balanced(name: string): string {
  let depth = 0;
  for (let at = 0; at < name.length; at++) {
    if (name[at] === '(') depth++;
    else if (name[at] === ')' && --depth < 0) return name.slice(0, at);
  }
  return name;
}

const LETTERS: Readonly<Record<number, string>> = { 8: 'b', 9: 't', 10: 'n', 12: 'f', 13: 'r', 92: '\\' };

/** In the C locale: `\t`, `^[`, `\x20` for a blank, and `\xc3\xa9` for bytes beyond ASCII. */
function escaped(name: string): string {
  return Array.from(Buffer.from(name), (byte) => {
    const letter = LETTERS[byte];
    if (letter !== undefined) return `\\${letter}`;
    if (byte < 32) return `^${String.fromCharCode(byte + 64)}`;
    return byte === 32 || byte > 126 ? `\\x${byte.toString(16)}` : String.fromCharCode(byte);
  }).join('');
}

export function parseLsof(lines: Iterable<string>, filter: LineFilter = {}): Connection[] {
  return parseLines(lines, format, filter);
}
