/**
 * Interfaces that show the same packets, so that a capture of both has each of them twice: a bridge, bond or VLAN
 * interface and what it runs over, and the two ends of a veth pair in one network namespace. Tunnels are not among
 * them: outside of a tunnel there are other packets than inside.
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface SamePackets {
  /** The interface that is above, or one of the two ends. */
  readonly upper: string;
  readonly lower: string;
  /** What the lower one is to the upper one. */
  readonly relation: 'a port of' | 'below' | 'the other end of';
}

const SYSFS = '/sys/class/net';
const IFF_UP = 0x1;
/** Links from an interface to those below it: `lower_eth0`. */
const LOWER = 'lower_';

/** Pairs among these interfaces, which are up. @param root where the interfaces are described */
export function samePackets(names: readonly string[], root = SYSFS): SamePackets[] {
  const up = names.filter((name) => (Number(read(`${root}/${name}/flags`)) & IFF_UP) !== 0);
  return up.flatMap((upper) => [...stacked(upper, up, root), ...otherEnd(upper, up, root)]);
}

/** All interfaces of the present namespace. */
export function interfacesIn(root = SYSFS): readonly string[] {
  return entries(root);
}

function stacked(upper: string, names: readonly string[], root: string): SamePackets[] {
  const inside = entries(`${root}/${upper}`);
  const relation = inside.includes('bridge') || inside.includes('bonding') ? 'a port of' : 'below';
  return inside
    .filter((entry) => entry.startsWith(LOWER))
    .map((entry) => entry.slice(LOWER.length))
    .filter((lower) => names.includes(lower))
    .map((lower) => ({ upper, lower, relation }));
}

/** Each pair once: at the end with the lower number. An end's link is the number of the other one. */
function otherEnd(name: string, names: readonly string[], root: string): SamePackets[] {
  const number = (of: string, attribute: string): number => Number(read(`${root}/${of}/${attribute}`) || Number.NaN);
  const index = number(name, 'ifindex');
  const link = number(name, 'iflink');
  const other = names.find((one) => number(one, 'ifindex') === link && number(one, 'iflink') === index);
  return other === undefined || index >= link ? [] : [{ upper: name, lower: other, relation: 'the other end of' }];
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1').trim();
  } catch {
    return '';
  }
}
