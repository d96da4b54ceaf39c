/**
 * Filters to measure with on `mix`. Each comes in two forms. `literal` is the expression as people write it: it drops
 * nearly everything. `passing` keeps every packet, so that a run does all its other work too: the same tests in the
 * same shape, for addresses that the workload has nowhere, and turned round. A packet goes through the same
 * instructions as in the literal form up to the return. In both forms the EtherType alone decides over IPv6 packets and
 * those behind a VLAN tag, two of five: none of these expressions looks into them.
 */
export interface MeasuredFilter {
  readonly name: string;
  readonly literal: string;
  readonly passing: string;
}

/** Hosts of the workload's site are 10.0.0.0/20, servers 32.0.0.0/3; nobody is in 172.16.0.0/12. */
export const FILTERS: readonly MeasuredFilter[] = [
  {
    name: 'port and host',
    literal: 'tcp port 443 and host 10.0.0.1',
    passing: 'not (tcp port 443 and host 172.16.0.1)',
  },
  {
    name: '100 hosts',
    literal: hostList('10.0', 100),
    passing: `not ${hostList('172.16', 100)}`,
  },
  {
    name: 'length and net',
    literal: 'ip[2:2] > 500 and not net 10.0.0.0/8',
    passing: 'not (ip[2:2] < 20 or net 172.16.0.0/12)',
  },
];

/** `host A or B or ...` of consecutive addresses. @param prefix the first two bytes of each @param count 1..65,536 */
export function hostList(prefix: string, count: number): string {
  const hosts = Array.from({ length: count }, (_, n) => `${prefix}.${n >>> 8}.${n & 0xff}`);
  return `host (${hosts.join(' or ')})`;
}
