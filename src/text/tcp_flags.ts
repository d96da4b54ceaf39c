/** TCP flags as text, in the order in which a connection usually shows them. RFC 9293, ECN RFC 3168. */
const FLAG_LETTERS: readonly (readonly [number, string])[] = [
  [0x02, 'S'],
  [0x10, 'A'],
  [0x08, 'P'],
  [0x20, 'U'],
  [0x01, 'F'],
  [0x04, 'R'],
  [0x40, 'E'],
  [0x80, 'C'],
];

/** A letter for each TCP flag; a dot when there is none. */
export function flagsText(flags: number): string {
  const text = FLAG_LETTERS.filter(([bit]) => (flags & bit) !== 0)
    .map(([, letter]) => letter)
    .join('');
  return text === '' ? '.' : text;
}

const FLAG_BITS: ReadonlyMap<string, number> = new Map([
  ['fin', 0x01],
  ['syn', 0x02],
  ['rst', 0x04],
  ['psh', 0x08],
  ['ack', 0x10],
  ['urg', 0x20],
  ['ece', 0x40],
  ['cwr', 0x80],
  ['ns', 0x100],
]);

export const FLAG_NAMES: readonly string[] = [...FLAG_BITS.keys()];

/** The bit of a TCP flag by its name, in any case. */
export function flagNamed(name: string): number | undefined {
  return FLAG_BITS.get(name.toLowerCase());
}
