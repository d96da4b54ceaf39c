/**
 * Network interfaces of this network namespace, from /proc/net/dev (names) and /sys/class/net (the rest). Needs no
 * privileges. /sys belongs to the namespace in which it was mounted: after `nsenter --net` it may show the interfaces
 * of another one, which is detected and reported.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { FParserError } from '../../errors.ts';

/** All interfaces at once, as libpcap calls them. */
export const ANY = 'any';

export interface NetworkInterface {
  readonly name: string;
  /** Number of the interface in the kernel; a re-created interface of the same name has another. */
  readonly index: number;
  /** Set up by the administrator (IFF_UP). */
  readonly up: boolean;
  /** Up and with a carrier: operational state `up`, or `unknown` for devices that have none. */
  readonly running: boolean;
  readonly loopback: boolean;
  /** ARPHRD_ value of linux/if_arp.h: 1 is Ethernet. */
  readonly hardwareType: number;
  /** Name of the hardware type, `other` for rare ones. */
  readonly linkLayer: string;
  /** Link-layer address; undefined when it has none, or only zeros. */
  readonly mac: string | undefined;
  /** IPv4 and IPv6 addresses with their prefix length, `192.0.2.1/24`. None known while the interface is down. */
  readonly addresses: readonly string[];
}

export interface InterfaceState {
  readonly index: number;
  readonly up: boolean;
  readonly loopback: boolean;
}

const SYSFS = '/sys/class/net';
const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;

const LINK_LAYERS: ReadonlyMap<number, string> = new Map([
  [1, 'ethernet'],
  [32, 'infiniband'],
  [280, 'can'],
  [512, 'ppp'],
  [519, 'rawip'],
  [768, 'ipip'],
  [769, 'ip6tunnel'],
  [772, 'loopback'],
  [776, 'sit'],
  [778, 'gre'],
  [801, 'wifi'],
  [802, 'wifi'],
  [803, 'wifi'],
  [823, 'gre6'],
  [824, 'netlink'],
  [65534, 'none'],
]);

/** Interfaces in the order of their numbers. @throws {FParserError} ERR_LIVE_UNAVAILABLE */
export function listInterfaces(): NetworkInterface[] {
  checkSysfs();
  const addresses = networkInterfaces();
  return interfaceNames()
    .map((name) =>
      describe(
        name,
        (addresses[name] ?? []).flatMap(({ cidr }) => cidr ?? []),
      ),
    )
    .filter((found) => found !== undefined)
    .sort((a, b) => a.index - b.index);
}

/**
 * The interface, which exists and is up.
 * @throws {FParserError} ERR_NO_SUCH_DEVICE with the names that exist, ERR_DEVICE_DOWN, ERR_LIVE_UNAVAILABLE
 */
export function checkInterface(name: string): InterfaceState {
  checkSysfs();
  const state = interfaceNames().includes(name) ? interfaceState(name) : undefined;
  if (state === undefined) {
    throw new FParserError(
      'ERR_NO_SUCH_DEVICE',
      `${name}: no such interface (available: ${[...interfaceNames(), ANY].join(', ')})`,
    );
  }
  if (!state.up) throw downError(name);
  return state;
}

export function downError(name: string): FParserError {
  return new FParserError(
    'ERR_DEVICE_DOWN',
    `${name}: the interface is down; set it up with \`ip link set ${name} up\``,
  );
}

/**
 * Reads the current state from the kernel; undefined when there is no such interface. Two small files: about 20
 * microseconds.
 */
export function interfaceState(name: string): InterfaceState | undefined {
  const flags = Number(attribute(name, 'flags') ?? NaN);
  const index = Number(attribute(name, 'ifindex') ?? NaN);
  if (Number.isNaN(flags) || Number.isNaN(index)) return undefined;
  return { index, up: (flags & IFF_UP) !== 0, loopback: (flags & IFF_LOOPBACK) !== 0 };
}

/** The present name of an interface, which may have been renamed; undefined when there is none of this number. */
export function interfaceNamed(index: number): string | undefined {
  return interfaceNames().find((name) => interfaceState(name)?.index === index);
}

/** Names in this network namespace, whatever /sys shows. */
function interfaceNames(): string[] {
  return parseNetDev(readText('/proc/self/net/dev') ?? '');
}

/** Names of lines such as `  eth0: 1296  14 0 0 0 0 0 0 1296 14 0 0 0 0 0 0`; two lines of headings come first. */
export function parseNetDev(text: string): string[] {
  return text
    .split('\n')
    .slice(2)
    .flatMap((line) => /^\s*(.+):(?=\s*\d)/.exec(line)?.[1] ?? []);
}

/** @throws {FParserError} ERR_LIVE_UNAVAILABLE when /sys is not that of this network namespace */
function checkSysfs(): void {
  let shown: string[];
  try {
    shown = readdirSync(SYSFS);
  } catch (cause) {
    throw new FParserError(
      'ERR_LIVE_UNAVAILABLE',
      `${SYSFS} cannot be read, so interfaces cannot be watched; mount sysfs on /sys`,
      { cause },
    );
  }
  const names = interfaceNames();
  const missing = names.find((name) => !shown.includes(name) || isAnother(name));
  if (missing === undefined) return;
  // An interface may have come or gone between the two readings.
  if (!interfaceNames().includes(missing) || (readdirSync(SYSFS).includes(missing) && !isAnother(missing))) return;
  throw new FParserError(
    'ERR_LIVE_UNAVAILABLE',
    `/sys shows the interfaces of another network namespace (${missing} is not among them), so they cannot be watched; ` +
      'enter the namespace with `ip netns exec NAME`, or mount a new sysfs on /sys after `nsenter`',
  );
}

/** The same name stands for different interfaces in /sys and in this namespace. Unknown where IPv6 is off. */
function isAnother(name: string): boolean {
  const statistics = readText(`/proc/self/net/dev_snmp6/${name}`);
  const index = /^ifIndex\s+(\d+)/m.exec(statistics ?? '')?.[1];
  const shown = attribute(name, 'ifindex');
  return index !== undefined && shown !== undefined && Number(index) !== Number(shown);
}

function describe(name: string, addresses: readonly string[]): NetworkInterface | undefined {
  const state = interfaceState(name);
  const hardwareType = Number(attribute(name, 'type') ?? NaN);
  if (state === undefined || Number.isNaN(hardwareType)) return undefined; // It has gone meanwhile.
  const mac = attribute(name, 'address') ?? '';
  return {
    name,
    ...state,
    running: state.up && ['up', 'unknown'].includes(attribute(name, 'operstate') ?? ''),
    hardwareType,
    linkLayer: LINK_LAYERS.get(hardwareType) ?? 'other',
    mac: /[1-9a-f]/.test(mac) ? mac : undefined,
    addresses,
  };
}

function attribute(name: string, file: string): string | undefined {
  return readText(`${SYSFS}/${name}/${file}`)?.trim();
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
