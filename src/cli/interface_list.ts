/** The interfaces of this machine, for people. */
import { sanitizeText } from '../text/sanitize.ts';
import { listInterfaces } from '../source/live/interfaces.ts';

/** One line each; needs no rights. */
export function interfaceList(): string {
  const rows = listInterfaces().map((one) => [
    sanitizeText(one.name),
    String(one.index),
    one.up ? 'up' : 'down',
    one.addresses.join(' '),
  ]);
  const all = [['NAME', 'INDEX', 'STATE', 'ADDRESSES'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
