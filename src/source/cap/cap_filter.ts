/**
 * The filter text for libpcap when capturing on device `any`: the filter, restricted to interfaces. It must run in the
 * kernel: libpcap's own interpreter knows neither `ifindex` nor `inbound`, and rejects every packet.
 */
import type { WatchedInterface } from '../live/device_watch.ts';

export interface FilteredInterface extends WatchedInterface {
  readonly loopback: boolean;
}

/**
 * @param interfaces those wanted; empty: all
 * @param loopback index of the loopback interface, when there is one that is up
 * @param filter pcap-filter(7) text; empty: everything
 */
export function restrictedFilter(
  interfaces: readonly FilteredInterface[],
  loopback: number | undefined,
  filter: string,
): string {
  const here = interfaces.length > 0 ? interfaces.map(condition).join(' or ') : onceOnly(loopback);
  return [here, filter.trim()]
    .filter((part) => part !== '')
    .map((part) => `(${part})`)
    .join(' and ');
}

/** Loopback shows each packet twice, outgoing and incoming. One is enough and saves kernel buffer space. */
function condition({ index, loopback }: FilteredInterface): string {
  return loopback ? `(ifindex ${index} and inbound)` : `ifindex ${index}`;
}

function onceOnly(loopback: number | undefined): string {
  return loopback === undefined ? '' : `not ifindex ${loopback} or inbound`;
}
