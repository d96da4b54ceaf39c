/** The names of the Python program `inetstat`: docs/mapping/inetstat.md. */
import { hexToIp, processDetails, socketOwners, ticksToMs } from '../host/index.ts';
import type { HostOptions } from '../host/index.ts';
import { CymruSource, localAddress } from '../owner/index.ts';
import type { CymruOptions } from '../owner/index.ts';

export const tcp_states: Readonly<Record<string, string>> = {
  '01': 'ESTABLISHED',
  '02': 'SYN_SENT',
  '03': 'SYN_RECV',
  '04': 'FIN_WAIT1',
  '05': 'FIN_WAIT2',
  '06': 'TIME_WAIT',
  '07': 'CLOSE',
  '08': 'CLOSE_WAIT',
  '09': 'LAST_ACK',
  '0A': 'LISTEN',
  '0B': 'CLOSING',
};

export const tcp_timers: Readonly<Record<string, string>> = {
  '00': 'z_no_timer',
  '01': 'retransmit',
  '02': 'keep_alive',
  '03': 'time_wait',
  '04': 'window_probe',
};

/** What the original writes where it knows nothing. */
const UNKNOWN_PID = '-NA-';
const UNKNOWN = '---';
const TICKS_PER_SECOND = 1000;

export interface ProcessInfo {
  readonly pname: string;
  readonly pumask: string;
  readonly pstate: string;
  readonly th: string;
  readonly pmem: string;
}

/** A row of the answer of the service, with its own headings. */
export interface AsnData {
  readonly as: string;
  readonly ip: string;
  readonly bgp_prefix: string;
  readonly cc: string;
  readonly registry: string;
  readonly allocated: string;
  readonly as_name: string;
}

export function hex2dec(hex_value: string): string {
  return String(Number.parseInt(hex_value, 16));
}

/** Of a little-endian table: `0100007F` is 127.0.0.1. @throws {RangeError} */
export function reversed_endian2octets(hex_ip: string): string {
  return hexToIp(hex_ip, { endianness: 'LE' });
}

/** The lowest pid that holds the socket, as text; `-NA-` when none does, or none can be seen. */
export function get_pid_of_inode(inode: number | string, options: HostOptions = {}): string {
  const wanted = Number(inode);
  const owners = socketOwners({ ...options, inodes: new Set([wanted]) }).owners.get(wanted);
  return owners?.[0] === undefined ? UNKNOWN_PID : String(owners[0].pid);
}

/** Texts; `---` for what the kernel does not say, and for a process that is not there. */
export function get_process_info(pid_number: number | string, options: HostOptions = {}): ProcessInfo {
  const pid = Number(pid_number);
  const details = Number.isSafeInteger(pid) && pid > 0 ? processDetails(pid, options) : null;
  const { name = null, umask = null, state = null, threads = null, memory = null } = details ?? {};
  return {
    pname: name ?? UNKNOWN,
    pumask: umask ?? UNKNOWN,
    pstate: state?.word ?? UNKNOWN,
    th: threads === null ? UNKNOWN : String(threads),
    pmem: memory === null ? UNKNOWN : `${memory / 1024} kB`,
  };
}

/** Type of the timer, and whole seconds left. @param jiffy hexadecimal ticks of the clock @throws {RangeError} */
export function timers_and_jiffies(tcp_timer: string, jiffy: string): readonly [type: string, seconds: number] {
  const type = tcp_timers[tcp_timer];
  if (type === undefined) {
    throw new RangeError(`${JSON.stringify(tcp_timer)} is not a timer; it must be one of ${Object.keys(tcp_timers)}`);
  }
  return [type, Math.floor(ticksToMs(Number.parseInt(jiffy, 16)) / TICKS_PER_SECOND)];
}

/** Looks up networks at the service of Team Cymru. */
export class MinimalWhois {
  readonly #source: CymruSource;

  constructor(options: CymruOptions = {}) {
    this.#source = new CymruSource(options);
  }

  /** The address that this host would send from. */
  async check_local_ip(): Promise<string> {
    return (await localAddress()).address;
  }

  /** What the service says of an address; null when it does not answer. */
  async lookup(ip_address: string): Promise<AsnData | null> {
    const origin = (await this.#source.ask([ip_address])).origins.get(ip_address)?.[0];
    if (origin === undefined) return null;
    return {
      as: origin.asn === null ? 'NA' : String(origin.asn),
      ip: ip_address,
      bgp_prefix: origin.prefix ?? '',
      cc: origin.country ?? '',
      registry: origin.registry ?? '',
      allocated: origin.allocated ?? '',
      as_name: origin.name ?? '',
    };
  }
}
