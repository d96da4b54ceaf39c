/** What stands in place of the table while help is shown. */
import { span } from './line.ts';
import type { Line } from './line.ts';

const HELP = [
  'Tab          next view: flows, processes, hosts, ports (totals of their flows)',
  'r b p a      sort by rate, bytes, packets, age; again: reverse order',
  '1 2 3        rates are means of the last 2, 10, 40 seconds',
  '/            filter: words that must all be part of protocol, addresses, ports,',
  '             names; or an expression as --where has: bytes > 1MB and port = 443',
  '             Enter keeps it, Esc takes it back, Ctrl-U empties it',
  'Esc          no filter',
  'c            hide flows that are closed and only wait for their timeout',
  'n            names of hosts, or their addresses (with --names)',
  'Space        pause or resume the table',
  'arrows, PgUp, PgDn, Home, End   scroll',
  'Ctrl-L       redraw the screen',
  '? h          this help; any key goes back',
  'q Ctrl-C     quit',
  '',
  'b/s: bits per second of whole frames; k M G are powers of 1000. FWD is what the',
  'first sender sends, REV the answer. BYTES are of both directions, Ki Mi Gi are',
  'powers of 1024. drops: packets lost because the ring was full, and packets lost',
  'by the kernel (? if unknown).',
];

export function helpLines(): Line[] {
  return HELP.map((text) => [span(text)]);
}
