/** Parses what tcpdump prints on standard error, versions 4.9 to 4.99. */
import { FParserError } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';
import { downError } from '../live/interfaces.ts';

/** `tcpdump: listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes` */
export const isListening = (text: string): boolean => text.includes('listening on ');

/**
 * While running `tcpdump: 5 packets captured, 5 packets received by filter, 0 packets dropped by kernel`, at the end the
 * same on lines of their own. Undefined when there is none.
 */
export function packetsDropped(line: string): number | undefined {
  const found = /(\d+) packets? dropped by kernel/.exec(line)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** The version, or the device, does not have `--time-stamp-precision=nano`. */
export const refusesNanoseconds = (text: string): boolean => /time.?stamp.?precision|tstamp.precision/i.test(text);

const CAUSES: readonly (readonly [pattern: RegExp, code: ErrorCode])[] = [
  [/permission|not permitted/i, 'ERR_PERMISSION'],
  [/no such device|interface disappeared/i, 'ERR_NO_SUCH_DEVICE'],
  [/no VLAN support/i, 'ERR_FILTER_UNSUPPORTED'],
  [/is not up|went down|network is down/i, 'ERR_DEVICE_DOWN'],
  [
    /filter expression|syntax error|rejects all packets|unknown (host|port|network|protocol|ether host|osi proto)|illegal|not supported on linktype/i,
    'ERR_FILTER_SYNTAX',
  ],
];

/**
 * The error behind the last messages of a tcpdump that exited unexpectedly.
 * @param otherwise the code when none of them is known
 */
export function errorOf(device: string, text: string, otherwise: ErrorCode, status: string): FParserError {
  const code = CAUSES.find(([pattern]) => pattern.test(text))?.[1] ?? otherwise;
  const words = complaint(text);
  switch (code) {
    case 'ERR_PERMISSION':
      return permissionError(device, words);
    case 'ERR_DEVICE_DOWN':
      return downError(device);
    case 'ERR_NO_SUCH_DEVICE':
      return new FParserError(code, `${device}: ${words || 'no such interface'}`);
    case 'ERR_FILTER_UNSUPPORTED':
      return new FParserError(code, `${device}: a filter cannot ask for VLAN tags there (${words}); name an interface`);
    default:
      return new FParserError(code, `${device}: tcpdump ended (${status})${words === '' ? '' : `: ${words}`}`);
  }
}

/** Only tcpdump needs privileges; the program that starts it does not. */
export function permissionError(device: string, words: string): FParserError {
  return new FParserError(
    'ERR_PERMISSION',
    `${device}: no permission to capture with tcpdump (${words}); one of these helps:\n` +
      '  sudo setcap cap_net_raw,cap_net_admin+ep "$(command -v tcpdump)"   gives every user that may start tcpdump the right\n' +
      '  sudo usermod -aG pcap "$USER"   where a group may use tcpdump (see `ls -l "$(command -v tcpdump)"`), then log in again\n' +
      '  run this program with sudo',
  );
}

/** The lines that are not reports, without the name of the program. */
function complaint(text: string): string {
  return text
    .split('\n')
    .filter(
      (line) =>
        line.trim() !== '' &&
        !isListening(line) &&
        !/data link type|dropped privs|packets? (captured|received|dropped)/.test(line),
    )
    .map((line) => line.replace(/^\S*tcpdump: /, '').trim())
    .join(' ');
}
