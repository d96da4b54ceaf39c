/** What `ss` and `netstat` print, one line a socket: `table local port remote port state[ pid N]...`, sorted. */

/** `ss` and `netstat` names of states, without their dashes and underscores. */
const STATES: Readonly<Record<string, string>> = {
  ESTAB: 'established',
  ESTABLISHED: 'established',
  SYNSENT: 'synSent',
  SYNRECV: 'synRecv',
  FINWAIT1: 'finWait1',
  FINWAIT2: 'finWait2',
  TIMEWAIT: 'timeWait',
  UNCONN: 'close',
  CLOSE: 'close',
  CLOSEWAIT: 'closeWait',
  LASTACK: 'lastAck',
  LISTEN: 'listen',
  CLOSING: 'closing',
};

/**
 * Example: `tcp ESTAB 0 0 127.0.0.1:44415 127.0.0.1:443 users:(("tor",pid=15843,fd=9))`; without `-t` and `-u` together
 * the first column is missing. @param protocol of all rows, when ss does not print it
 */
export function ssRows(text: string, protocol?: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const fields = line.trim().split(/\s+/);
      const [name = '', state = '', , , local = '', remote = '', ...users] =
        protocol === undefined ? fields : [protocol, ...fields];
      const ipv6 = local.startsWith('[') || local.startsWith('*:');
      const pids = new Set([...users.join(' ').matchAll(/pid=(\d+)/g)].map(([, pid]) => ` pid ${pid}`));
      return `${name}${ipv6 ? '6' : ''} ${endpoint(local, ipv6)} ${endpoint(remote, ipv6)} ${stateName(state)}${[...pids].join('')}`;
    })
    .sort();
}

/** Example: `tcp6  0  0 ::1:44284  ::1:443  ESTABLISHED 15843/tor`; a udp socket without a peer has no state. */
export function netstatRows(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => /^(?:tcp|udp)/.test(line))
    .map((line) => {
      const [table = '', , , local = '', remote = '', ...rest] = line.trim().split(/\s+/);
      const state = /^[A-Z]/.test(rest[0] ?? '') ? rest.shift() : 'CLOSE';
      const pid = /^(\d+)\//.exec(rest[0] ?? '')?.[1];
      const ipv6 = table.endsWith('6');
      return `${table} ${endpoint(local, ipv6)} ${endpoint(remote, ipv6)} ${stateName(state ?? '')}${pid === undefined ? '' : ` pid ${pid}`}`;
    })
    .sort();
}

/** Both write a port of 0 as `*`, and ss the address that stands for all of a dual-stack socket too. */
function endpoint(text: string, ipv6: boolean): string {
  const colon = text.lastIndexOf(':');
  const address = text.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  const port = text.slice(colon + 1);
  return `${address === '*' ? (ipv6 ? '::' : '0.0.0.0') : address} ${port === '*' ? '0' : port}`;
}

function stateName(text: string): string {
  const name = STATES[text.replaceAll(/[-_]/g, '')];
  if (name === undefined) throw new Error(`unknown state ${text}`);
  return name;
}
