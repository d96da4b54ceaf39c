/** What stands in place of the table while help is shown. */
import { span } from './line.ts';
import type { Line } from './line.ts';

const HELP = [
  'r b p a      sort by rate, bytes, packets, age; again: reverse order',
  '/            filter: words that must all be part of protocol, addresses, ports or names',
  '             Enter keeps it, Esc takes it back, Ctrl-U empties it',
  'Esc          no filter',
  'Space        pause or resume the table',
  'arrows, PgUp, PgDn, Home, End   scroll',
  'Ctrl-L       redraw the screen',
  '? h          this help; any key goes back',
  'q Ctrl-C     quit',
  '',
  'BIT/S is the mean since the last refresh, k M G are powers of 1000; BYTES are whole',
  'frames in both directions, Ki Mi Gi are powers of 1024. drops: packets lost because',
  'the ring was full, and packets lost by the kernel (? if unknown).',
];

export function helpLines(): Line[] {
  return HELP.map((text) => [span(text)]);
}
