/** The interfaces of this machine, for people. */
import { sanitizeText } from '../text/sanitize.ts';
import { tableLines } from '../text/table.ts';
import { listInterfaces } from '../source/live/interfaces.ts';

const TITLES = ['NAME', 'INDEX', 'STATE', 'ADDRESSES'];

/** One line each; needs no privileges. */
export function interfaceList(): string {
  const rows = listInterfaces().map((one) => [
    sanitizeText(one.name),
    String(one.index),
    one.up ? 'up' : 'down',
    one.addresses.join(' '),
  ]);
  return [...tableLines({ titles: TITLES }, rows)].join('');
}
